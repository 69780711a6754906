import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { inWholeDirectories } from "../../src/run/whole-directories.ts";
import { temporaryDirectory } from "../support/temporary.ts";

let root = "";
beforeEach(() => {
  root = temporaryDirectory("igor-whole-");
});

function listOf(files: readonly string[], others: readonly string[] = []): readonly string[] {
  for (const path of [...files, ...others]) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), "");
  }
  return inWholeDirectories(root, files);
}

test("a directory that holds nothing else stands for its files", () => {
  expect(listOf(["a/b", "a/c/d", "a/c/e/f", "g", "h/i"])).toEqual(["a", "g", "h"]);
});

test("one with an ignored file is taken apart, and only that", () => {
  expect(listOf(["a/b", "a/c/d", "a/e/f/g", "a/e/h"], ["a/c/x.pyc"])).toEqual([
    "a/b",
    "a/c/d",
    "a/e",
  ]);
});

test("what came, went or changed its kind meanwhile is not taken for whole", () => {
  listOf(["a/b", "c/d", "e/f", "g/h", "i/j"]);
  writeFileSync(join(root, "a/new"), "");
  mkdirSync(join(root, "c/empty"));
  rmSync(join(root, "e"), { recursive: true });
  rmSync(join(root, "g/h"));
  mkdirSync(join(root, "g/h"));
  writeFileSync(join(root, "g/h/secret"), "");
  rmSync(join(root, "i"), { recursive: true });
  symlinkSync("a", join(root, "i"));
  const files = ["a/b", "c/d", "e/f", "g/h", "i/j"];
  expect(inWholeDirectories(root, files)).toEqual(files);
});

test("links to directories are files, and the root is never whole", () => {
  mkdirSync(join(root, "a"));
  symlinkSync("../elsewhere", join(root, "a/link"));
  expect(inWholeDirectories(root, ["a/link"])).toEqual(["a"]);
  expect(listOf(["b"])).toEqual(["b"]);
});
