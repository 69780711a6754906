import { expect, test } from "vitest";
import { testAt } from "../../src/debug/test-at.ts";

const text = `import pytest

@pytest.mark.parametrize(
    "n", [1, 2])
@pytest.mark.slow
def test_one(n):
    def helper():
        return n

    assert helper()

x = 3

class TestLoss:
    """Of the loss."""

    rate = 0.1

    class TestInner:
        async def test_deep(self):
            pass

    def test_nan(self):
        text = """
zero
"""
        assert text

    def helper(self):
        pass

def plain():
    pass
`;
const lineOf = (of: string): number => text.split("\n").findIndex((line) => line.includes(of)) + 1;

test.each([
  ["import pytest", undefined],
  ["@pytest.mark.parametrize", "test_one"],
  ["@pytest.mark.slow", "test_one"],
  ["def test_one", "test_one"],
  ["return n", "test_one"],
  ["assert helper()", "test_one"],
  ["x = 3", undefined],
  ["class TestLoss", "TestLoss"],
  ["Of the loss", "TestLoss"],
  ["rate = 0.1", "TestLoss"],
  ["class TestInner", "TestLoss::TestInner"],
  ["async def test_deep", "TestLoss::TestInner::test_deep"],
  ["def test_nan", "TestLoss::test_nan"],
  ["assert text", "TestLoss::test_nan"],
  ["def helper(self)", "TestLoss"],
  ["def plain", undefined],
])("at %j the test is %j", (line, test) => {
  expect(testAt(text, lineOf(line))).toBe(test);
});

test("behind the end of a file, and in an empty one, there is none or the last", () => {
  expect(testAt("", 1)).toBeUndefined();
  expect(testAt("def test_a():\n    pass\n", 99)).toBe("test_a");
});
