import { expect, test } from "vitest";
import { withValues } from "../../src/remote/env-input.ts";

const values = new Map([
  ["TOKEN", "a=b"],
  ["PEM", "one\ntwo\\"],
  ["EMPTY", ""],
]);

test("variables that are only named get their values, and nothing else changes", () => {
  const inputs = { in_dir: "TOKEN", in_env: "A=1\nTOKEN\nPEM\nEMPTY\nB=TOKEN" };
  expect(withValues(inputs, values)).toEqual({
    in_dir: "TOKEN",
    in_env: "A=1\nTOKEN=a=b\nPEM=one\\0012two\\0134\nEMPTY=\nB=TOKEN",
  });
});

test.each([{}, { in_env: "" }, { in_env: "A=1" }])("%j needs none", (inputs) => {
  expect(withValues(inputs, new Map())).toEqual(inputs);
});

test("a variable without a value is never sent as an empty one", () => {
  expect(() => withValues({ in_env: "OTHER" }, values)).toThrow("OTHER has no value");
});
