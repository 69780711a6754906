import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ok } from "../../src/model/result.ts";
import { changedSinceIndex, firstCommit, listGitFiles } from "../../src/run/git-files.ts";
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

describe("a repository whose configuration names programs", () => {
  const missing = "1".repeat(40);
  /** The first commit is missing, and git is told how to fetch it. */
  const promised = (pwned: string) =>
    `[core]\n\trepositoryformatversion = 1\n\tbare = true\n\tfsmonitor = "touch ${pwned};"\n` +
    "[extensions]\n\tpartialClone = origin\n" +
    `[remote "origin"]\n\turl = .\n\tpromisor = true\n\tuploadpack = "touch ${pwned};"\n`;

  test("that came as plain files with a clone is no repository, and runs nothing", async () => {
    const pwned = join(root, "pwned");
    const files = { HEAD: "ref: refs/heads/main\n", "refs/heads/main": `${missing}\n` };
    writeThings(root, { ...files, config: promised(pwned), "objects/x": "" });
    expect(await listGitFiles(root)).toEqual(ok(undefined));
    expect(await firstCommit(root)).toBe("-");
    expect(await changedSinceIndex(root)).toBeUndefined();
    expect(existsSync(pwned)).toBe(false);
  });

  test("that came with an archive fetches nothing, and starts no monitor", async () => {
    const pwned = join(root, "pwned");
    const files = { ".git/HEAD": "ref: refs/heads/main\n", "a.py": "" };
    const config = promised(pwned).replace("bare = true", "bare = false");
    writeThings(root, { ...files, ".git/refs/heads/main": `${missing}\n`, ".git/objects/x": "" });
    writeFileSync(join(root, ".git/config"), `${config}[protocol "file"]\n\tallow = always\n`);
    expect(await firstCommit(root)).toBe("-");
    expect(await listGitFiles(root)).toEqual(ok(["a.py"]));
    expect(await changedSinceIndex(root)).toEqual(["a.py"]);
    expect(existsSync(pwned)).toBe(false);
  });
});
