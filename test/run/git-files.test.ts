import { execFileSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ok } from "../../src/model/result.ts";
import { listGitFiles } from "../../src/run/git-files.ts";
import { writeThings } from "../support/tree.ts";

let root = "";
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "igor-git-")));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

const git = (...words: readonly string[]) => execFileSync("git", words, { cwd: root });
const listed = async (directory: string) => {
  const files = await listGitFiles(directory);
  return files.ok ? ok([...(files.value ?? [])].sort()) : files;
};

test("a hook of the repository around a project does not bring ignored files", async () => {
  writeThings(root, { ".gitignore": "secret\n", "p/a.py": "", "p/secret": "" });
  git("init", "-q");
  vi.stubEnv("GIT_DIR", ".git");
  vi.stubEnv("GIT_INDEX_FILE", ".git/index");
  vi.stubEnv("GIT_WORK_TREE", root);
  expect(await listed(join(root, "p"))).toEqual(ok(["a.py"]));
});

test("a repository that cannot be read is a failure, and no directory without one", async () => {
  writeThings(root, { ".git": "gitdir: /nonexistent/worktrees/x\n", secret: "" });
  expect(await listGitFiles(root)).toMatchObject({
    failure: {
      reason: "laptop-tool-failed",
      lastWords: [expect.stringContaining("not a git repository")],
    },
  });
});

test("without git, a repository is a failure, and other directories are looked at without it", async () => {
  writeThings(root, { "p/a.py": "" });
  vi.stubEnv("PATH", root);
  expect(await listGitFiles(join(root, "p"))).toEqual(ok(undefined));
  writeFileSync(join(root, ".git"), "");
  expect(await listGitFiles(join(root, "p"))).toMatchObject({
    failure: { reason: "laptop-tool-failed", lastWords: ["git: not found"] },
  });
});

test("a project that the repository around it ignores is not of that repository", async () => {
  writeThings(root, { ".gitignore": "*\n", "p/a.py": "" });
  git("init", "-q");
  expect(await listGitFiles(join(root, "p"))).toEqual(ok(undefined));
  expect(await listGitFiles(root)).toEqual(ok([]));
});
