import { expect, test } from "vitest";
import { changeLists } from "../../src/remote/changes.ts";

test("changes become two lists: what must go first, and then the rest, each with what may be there", () => {
  const lists = changeLists([
    { kind: "unblock", path: "a", expected: [{ kind: "file", size: "1", mtime: "2.000000000" }] },
    { kind: "replace", path: "a/b c", expected: [] },
    {
      kind: "replace",
      path: "d\ne\\f",
      expected: [
        { kind: "symlink", target: "x\ny" },
        { kind: "file", size: "3", mtime: "4.500000000" },
      ],
    },
    { kind: "delete", path: "g", expected: [{ kind: "file", size: "5", mtime: "6.000000000" }] },
  ]);
  expect(lists.first).toBe("e 1 2.000000000\nd a\n");
  expect(lists.then).toBe(
    "r a/b c\nt x\\0012y\ne 3 4.500000000\nr d\\0012e\\0134f\ne 5 6.000000000\nd g\n",
  );
});

test("no changes are two empty lists", () => {
  expect(changeLists([])).toEqual({ first: "", then: "" });
});
