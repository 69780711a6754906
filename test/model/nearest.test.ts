import fc from "fast-check";
import { expect, test } from "vitest";
import { nearest } from "../../src/model/nearest.ts";

test.each([
  ["bulid", ["build", "clean"], "build"],
  ["biuld", ["build", "clean"], "build"],
  ["PUSH", ["push"], "push"],
  ["host", ["hosts", "host_groups"], "hosts"],
  ["xyz", ["push", "docker"], undefined],
  ["", ["push"], undefined],
  ["push", [], undefined],
])("%j among %j is probably %j", (given, known, meant) => {
  expect(nearest(given, known)).toBe(meant);
});

test("a known word is nearest to itself", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{1,9}$/), { minLength: 1 }), (known) => {
      for (const word of known) expect(nearest(word, known)).toBe(word);
    }),
  );
});
