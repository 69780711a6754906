import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { highlightGroups } from "../../src/nvim/marked-lines.ts";
import { configKeys } from "../../src/project/config-keys.ts";
import { readConfig } from "../../src/project/config-read.ts";
import { editorHelp } from "../../src/request/editor-help.ts";
import { highlightsIn, mapsIn, optionsIn } from "../../src/request/lua-tables.ts";
import { failureText } from "../../src/view/failure-text.ts";
import { samples } from "../view/failure-samples.ts";
import type { Failure } from "../../src/model/failure.ts";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

test("doc/igor.txt is what the source says; `npm run doc` writes it", async () => {
  const failures = Object.entries<Record<string, Failure>>(samples).map(([reason, byCause]) => ({
    reason,
    cases: Object.values(byCause).map((failure) => failureText(failure)),
  }));
  const help = editorHelp({
    template: read("doc/igor.template"),
    keys: configKeys(),
    failures,
    options: optionsIn(read("lua/igor/options.lua")),
    maps: mapsIn(read("lua/igor/maps.lua")),
    highlights: highlightsIn(read("lua/igor/highlights.lua")),
  });
  await expect(help).toMatchFileSnapshot("../../doc/igor.txt");
});

test("the configuration that the help shows is valid", () => {
  const [, block = ""] = />json\n\n((?: {4}.*\n)+)/.exec(read("doc/igor.txt")) ?? [];
  expect(readConfig(block).ok).toBe(true);
});

test("every highlight group that is drawn with is linked and explained", () => {
  const explained = highlightsIn(read("lua/igor/highlights.lua")).map(({ group }) => group);
  expect(highlightGroups.length).toBeGreaterThan(5);
  expect(explained).toEqual(expect.arrayContaining([...highlightGroups]));
});
