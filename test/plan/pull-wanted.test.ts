import { expect, test } from "vitest";
import { leadsTo, wantedInput, wantedOf } from "../../src/plan/pull-wanted.ts";

const at = (word: string, directory = "") => wantedOf(word, { root: "/home/dino/p", directory });

test.each([
  ["runs/", "./runs", "*"],
  ["./runs//a/", "./runs/a", "*"],
  [".", ".", "*"],
  ["checkpoints/*.pt", "./checkpoints", "./checkpoints/*.pt"],
  ["*.pt", ".", "./*.pt"],
  ["**/metrics.json", ".", "./*metrics.json"],
  ["runs/**/best.pt", "./runs", "./runs/*best.pt"],
  ["runs/[^a]", "./runs", "./runs/*"],
  ["runs/r?sum?.[tc]*", "./runs", "./runs/r*sum*.**"],
  ["runs/\\?\\[a]?", "./runs", "./runs/\\?\\[a]*"],
  ["/home/dino/p/runs", "./runs", "*"],
])("%s begins at %s and matches %s there", (word, start, match) => {
  expect(at(word)).toMatchObject({ word, start, match });
});

test.each(["../x", "..", "", "runs/../../x", "/home/dino/other", "/home/dino", "/"])(
  "%j leads out of the project",
  (word) => expect(at(word)).toBeUndefined(),
);

test("words are relative to where they are said, and a directory of any name is no pattern", () => {
  expect(at("a", "src")?.start).toBe("./src/a");
  expect(at("..", "src")?.start).toBe(".");
  expect(at("../..", "src")).toBeUndefined();
  expect(at("a", "odd[1]")?.has("odd[1]/a/b")).toBe(true);
  expect(at("*.pt", "odd[1]")?.has("odd[1]/x.pt")).toBe(true);
});

test.each([
  ["runs", "runs/a/b", true],
  ["runs", "runs2/a", false],
  ["runs", "runs", true],
  ["runs/*", "runs/a/b", true],
  ["checkpoints/*.pt", "checkpoints/a.pt", true],
  ["checkpoints/*.pt", "checkpoints/x/a.pt", false],
  ["checkpoints/*.pt", "checkpoints/dir.pt/a", true],
  ["**/a.json", "a.json", true],
  ["**/a.json", "x/y/a.json", true],
  ["runs/[!a]", "runs/a", false],
  ["runs/[!a]", "runs/b", true],
  ["runs/r?sum?", "runs/résumé", true],
  ["runs/?[é-ü]", "runs/😀ö", true],
  ["runs/?", "runs/ab", false],
])("%s has %s: %s", (word, path, has) => expect(at(word)?.has(path)).toBe(has));

test("the host gets two lines for each, whatever is in them", () => {
  const wanted = ["a\nb", "c\\[1]"].flatMap((word) => at(word) ?? []);
  expect(wantedInput(wanted)).toBe("./a\\0012b\n*\n.\n./c\\0134[1]");
  expect(leadsTo("a", wanted)).toBe(false);
  expect(
    leadsTo(
      "runs",
      [at("runs/a")].flatMap((each) => each ?? []),
    ),
  ).toBe(true);
});
