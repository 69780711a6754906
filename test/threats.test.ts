import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { configKeys } from "../src/project/config-keys.ts";

const page = readFileSync(new URL("../doc/threats.md", import.meta.url), "utf8");
const inRoot = (path: string) => new URL(`../${path}`, import.meta.url);

/** The rows of the tables: what is tried, what stops it, and its tests. */
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("| ") && !/^\| (?:what they try|-)/.test(line))
  .map((line) => line.split("|").slice(1, -1));

const testsIn = (cell: string) =>
  [...cell.matchAll(/`(test\/[^`]+)`: "([^"]+)"/g)].map(([, file = "", title = ""]) => ({
    file,
    title,
  }));

/** Every title in the file, of one test or of each of several. */
function titlesIn(file: string): readonly string[] {
  const text = readFileSync(inRoot(file), "utf8");
  return [...text.matchAll(/(?:\btest|\))\(\s*"((?:[^"\\]|\\.)+)",/g)].map(
    ([, title = ""]) => title,
  );
}

describe("the page of threats", () => {
  test("has three cells in every row, a defence that is there, and a test", () => {
    expect(rows.length).toBeGreaterThan(20);
    for (const [what = "", defence = "", tests = "", ...rest] of rows) {
      const parts = [...defence.matchAll(/`(src\/[^`]+)`/g)].map(([, file = ""]) => file);
      const row = { what, hasDefence: parts.length > 0, hasTest: testsIn(tests).length > 0, rest };
      expect(row).toEqual({ what, hasDefence: true, hasTest: true, rest: [] });
      // Nothing but tests and what stands between them.
      expect(tests.replace(/`test\/[^`]+`: "[^"]+"/g, "").trim()).toMatch(/^[; ]*$/);
      for (const file of parts) expect([file, existsSync(inRoot(file))]).toEqual([file, true]);
    }
  });

  test.each(rows.flatMap(([, , tests = ""]) => testsIn(tests)))(
    "names a test that exists: $file, $title",
    ({ file, title }) => {
      expect(titlesIn(file)).toContain(title);
    },
  );
});

test("the help says who reaches a published port", () => {
  const helpOf = (key: string) => configKeys().find((known) => known.key === key)?.description;
  expect(helpOf("debug_port")).toContain("Everybody with an account on the host can reach it");
  expect(helpOf("ports")).toContain("every account on the host does");
});
