import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { TreeWatch } from "../../src/project/tree-watch.ts";
import type { WatchMode } from "../../src/project/tree-watch.ts";
import { until } from "../support/until.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "igor-tree-watch-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe.each<WatchMode>(["each-directory", "whole-tree"])("a watch of %s", (mode) => {
  test("tells what is made, written, renamed and removed, by its path from the root", async () => {
    mkdirSync(join(root, "d/e"), { recursive: true });
    writeFileSync(join(root, "d/e/a"), "1");
    const touched = new Set<string>();
    using watch = new TreeWatch(root, (path) => touched.add(path), mode);
    expect(watch.add(new Set(["", "d", "d/e", "gone"]))).toEqual([]);
    const steps: readonly [string, () => void][] = [
      ["d/e/a", () => writeFileSync(join(root, "d/e/a"), "2")],
      ["top", () => writeFileSync(join(root, "top"), "1")],
      ["d/moved", () => renameSync(join(root, "top"), join(root, "d/moved"))],
      ["d/moved", () => rmSync(join(root, "d/moved"))],
      ["d/e", () => renameSync(join(root, "d/e"), join(root, "d/f"))],
    ];
    for (const [path, step] of steps) {
      touched.clear();
      step();
      await until(`${path} to be told`, () => touched.has(path), 5000);
    }
  });
});

test("a directory that was replaced is watched again after it was dropped", async () => {
  mkdirSync(join(root, "d"));
  const touched = new Set<string>();
  using watch = new TreeWatch(root, (path) => touched.add(path), "each-directory");
  watch.add(new Set(["", "d"]));
  renameSync(join(root, "d"), join(root, "old"));
  mkdirSync(join(root, "d"));
  watch.drop(["d"]);
  watch.add(new Set(["d"]));
  touched.clear();
  writeFileSync(join(root, "old/a"), "1");
  writeFileSync(join(root, "d/b"), "1");
  await until("the new one", () => touched.has("d/b"), 5000);
  expect(touched.has("d/a")).toBe(false);
});
