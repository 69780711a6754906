import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assignments, quote } from "../../src/remote/quote.ts";
import { localShells } from "../support/local-shells.ts";

/** Any text that an argument can hold. Half of it is made of what shells like to read in another way. */
const word = fc.oneof(
  fc.string({ unit: "binary" }).filter((text) => !text.includes("\0")),
  fc.string({
    unit: fc.constantFrom(
      "'",
      '"',
      "\\",
      "$",
      "`",
      "!",
      "\n",
      "\t",
      " ",
      "*",
      "~",
      "#",
      "&",
      ";",
      "(",
      "-",
      "=",
      "a",
      "é",
    ),
  }),
);

describe.each(localShells)("in $name", ({ sh, path }) => {
  const run = (text: string) =>
    spawnSync(sh, ["-c", text], { env: { PATH: path, LC_ALL: "C" }, encoding: "utf8" });

  test("any words arrive as they were", () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (words) => {
        const { stdout } = run(`printf '%s\\0' ${words.map(quote).join(" ")}`);
        expect(stdout).toBe(words.map((each) => `${each}\0`).join(""));
      }),
      { numRuns: 25 },
    );
  });

  test("inputs are assigned and nothing else happens", () => {
    fc.assert(
      fc.property(word, (value) => {
        const { stdout, stderr } = run(
          `${assignments({ in_a: value, in_b: "after" })}printf '%s\\0' "$in_a" "$in_b"`,
        );
        expect({ stdout, stderr }).toEqual({ stdout: `${value}\0after\0`, stderr: "" });
      }),
      { numRuns: 25 },
    );
  });
});

test("a name that is not one of an input, or a value that no shell can hold, is a bug", () => {
  expect(() => assignments({ "in_a;id": "x" })).toThrow("not the name of an input");
  expect(() => assignments({ PATH: "x" })).toThrow("not the name of an input");
  expect(() => assignments({ in_a: "x\0y" })).toThrow("NUL");
});
