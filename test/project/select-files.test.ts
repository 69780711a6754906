import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Project } from "../../src/model/project.ts";
import { fileFilter, isNeverSent } from "../../src/project/select-files.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "igor-select-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Only what the filter looks at. */
const project = (exclude: readonly string[] = [], rebuildFiles: readonly string[] = []) =>
  ({
    root,
    image: { dockerfile: "docker/Dockerfile", rebuildFiles, buildArgs: {} },
    sync: { exclude, outputs: [], shared: [] },
  }) as unknown as Project;

describe("never pushed is", () => {
  test.each([
    ".git",
    ".git/config",
    "sub/.git",
    "sub/.git/HEAD",
    ".GIT/config",
    ".igor",
    ".igor/host",
    ".igor/host/marker",
    ".Igor/HOST/marker",
  ])("%s", (path) => {
    expect(isNeverSent(path)).toBe(true);
    expect(fileFilter(project())(path)).toBe(false);
  });
});

test.each([
  ".gitignore",
  ".github/x",
  "a.git",
  ".igor/config.json",
  ".igor/experiments/host.json",
  ".igor/hosts",
  "d/.igor/host",
])("pushed is %s", (path) => expect(fileFilter(project())(path)).toBe(true));

test("a pattern means names as they are written", () => {
  writeFileSync(join(root, ".igorignore"), "Data/\r\n*.LOG\r\n");
  const names = ["data/load.py", "train.log", "Data/big", "x.LOG"];
  expect(names.filter(fileFilter(project()))).toEqual(["data/load.py", "train.log"]);
});

test("patterns of .igorignore and of the configuration hold, with their negations, but not for what builds the image", () => {
  writeFileSync(join(root, ".igorignore"), "# notes\n*.ckpt\n!best.ckpt\n/data/\ndocker/\n");
  const isSent = fileFilter(project(["out", "*.tmp"], ["data/req.txt"]));
  const sent = [
    "a.py",
    "best.ckpt",
    "sub/data/x",
    "docker/Dockerfile",
    "data/req.txt",
    ".dockerignore",
  ];
  const left = ["last.ckpt", "data/x", "out/log", "sub/out", "x.tmp", "docker/notes"];
  expect([...sent, ...left].filter(isSent)).toEqual(sent);
});
