import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { lastLines } from "./connection.ts";
import { runToEnd } from "./spawn.ts";

/**
 * A file system monitor of git may not be running, or may be another program: git is to look for itself. A repository
 * without a work tree can come with a clone, as plain files with a configuration of its own, which may name programs: git
 * is to look for none (from git 2.38 on).
 */
const git = ["git", "-c", "core.fsmonitor=false", "-c", "safe.bareRepository=explicit"] as const;
const others = ["--others", "--exclude-standard"] as const;
const listing = ["ls-files", "-z", "--cached", ...others] as const;

/**
 * Where git is said to look for a repository, in a hook, an alias or `git rebase --exec`: it is to look where the project is.
 * `git rev-parse --local-env-vars` tells them. And git fetches nothing.
 */
const env = {
  GIT_DIR: undefined,
  GIT_WORK_TREE: undefined,
  GIT_IMPLICIT_WORK_TREE: undefined,
  GIT_INDEX_FILE: undefined,
  GIT_COMMON_DIR: undefined,
  GIT_PREFIX: undefined,
  // What is missing in a partial clone stays missing: fetching it would run what the repository's configuration names.
  GIT_ALLOW_PROTOCOL: "none",
};

/**
 * What git tracks or would track below `root`: negated patterns, nested and global ignore files, all as git itself
 * decides; each untracked nested repository by a call of its own (a submodule is
 * one path here; see `listNestedFiles`). Undefined when `root` is not in a git work tree, or in one that ignores it.
 * A repository that cannot be read is a failure: what it ignores must not travel.
 */
export async function listGitFiles(root: string): Promise<Result<readonly string[] | undefined>> {
  const listed = await runToEnd([...git, ...listing], { cwd: root, env });
  if (listed.missing && !isInRepository(root)) return ok(undefined);
  if (listed.exitCode !== 0) {
    // fatal: not a git repository (or any of the parent directories): .git
    // And not `fatal: not a git repository: /home/dino/mnist/.git/worktrees/x`, where a link to it is broken.
    // fatal: cannot use bare repository '/home/dino/mnist' (safe.bareRepository is 'explicit')
    const none =
      /not a git repository \(or any|must be run in a work tree|cannot use bare repository/;
    if (none.test(listed.stderr)) return ok(undefined);
    const lastWords = listed.missing ? ["git: not found"] : lastLines(listed.stderr);
    return fail({ reason: "laptop-tool-failed", program: "git", lastWords });
  }
  const paths = new Set(listed.stdout.toString("utf8").split("\0"));
  paths.delete("");
  if (paths.size === 0 && (await isIgnored(root))) return ok(undefined);
  // An untracked repository is listed as a directory; what is in it, its own git says.
  for (const path of [...paths].filter((listedPath) => listedPath.endsWith("/"))) {
    paths.delete(path);
    const inside = await listNestedFiles(root, path.slice(0, -1));
    if (!inside.ok) return inside;
    for (const file of inside.value) paths.add(file);
  }
  return ok([...paths]);
}

function isInRepository(directory: string): boolean {
  if (existsSync(join(directory, ".git"))) return true;
  const parent = dirname(directory);
  return parent !== directory && isInRepository(parent);
}

/** By a repository around it, e.g. a home directory whose repository holds only a few files. */
async function isIgnored(root: string): Promise<boolean> {
  if (existsSync(join(root, ".git"))) return false;
  const { exitCode } = await runToEnd([...git, "check-ignore", "-q", "."], { cwd: root, env });
  return exitCode === 0;
}

/** The files of a repository inside another one (a submodule, or one that git only sees as a directory), as paths of the outer one. */
export async function listNestedFiles(
  root: string,
  path: string,
): Promise<Result<readonly string[]>> {
  // A submodule that was not checked out is an empty directory; git would answer for the outer repository.
  if (!existsSync(join(root, path, ".git"))) return ok([]);
  const inside = await listGitFiles(join(root, path));
  return inside.ok ? ok((inside.value ?? []).map((file) => `${path}/${file}`)) : inside;
}

/**
 * The same for some paths only, and for what is below them. Undefined when git does not tell: they are in a repository
 * of their own.
 */
export async function listGitFilesAt(
  root: string,
  paths: readonly string[],
): Promise<readonly string[] | undefined> {
  const words = ["--literal-pathspecs", ...listing, "--", ...paths];
  const listed = await runToEnd([...git, ...words], { cwd: root, env });
  const files = listed.stdout.toString("utf8").split("\0").slice(0, -1);
  return listed.exitCode === 0 && files.every((file) => !file.endsWith("/")) ? files : undefined;
}

/** Those of some directories in which git would track a file. All of them where git does not tell. */
export async function notIgnoredByGit(
  root: string,
  directories: readonly string[],
): Promise<readonly string[]> {
  const input = directories.map((directory) => `${directory}/\0`).join("");
  const asked = await runToEnd([...git, "check-ignore", "-z", "--stdin"], {
    cwd: root,
    env,
    input,
  });
  const ignored = new Set(asked.stdout.toString("utf8").split("\0"));
  return directories.filter((directory) => !ignored.has(`${directory}/`));
}

/**
 * The paths below `root` that do not look as git's index says (gone ones too), and those that are not in it. Git looks at
 * 50,000 files in a third of the time that Node takes. Undefined when that is not for git to tell: an untracked
 * repository is there, or git fails.
 */
export async function changedSinceIndex(root: string): Promise<readonly string[] | undefined> {
  // Whatever the configuration says, a file is unchanged only if its ctime and its x bit are.
  const strictly = ["core.trustctime=true", "core.checkStat=default", "core.fileMode=true"];
  const settings = strictly.flatMap((setting) => ["-c", setting]);
  const differing = ["diff-files", "--name-only", "-z", "--relative", "--ignore-submodules=all"];
  const [changed, untracked] = await Promise.all([
    pathsOf([...git, ...settings, ...differing], root),
    pathsOf([...git, "ls-files", "-z", ...others], root),
  ]);
  if (changed === undefined || untracked === undefined) return undefined;
  return untracked.some((path) => path.endsWith("/")) ? undefined : [...changed, ...untracked];
}

/** Tracked files of which the index is told to say nothing (`skip-worktree`, `assume-unchanged`). Undefined when git fails. */
export async function unwatchedByIndex(root: string): Promise<readonly string[] | undefined> {
  const tagged = await pathsOf([...git, "ls-files", "-z", "-v"], root);
  // e.g. `H main.py`, `S weights.bin`, `h local.py`
  return tagged?.filter((line) => !line.startsWith("H ")).map((line) => line.slice(2));
}

/** The paths below `root`, as one text, that git tracks although they are ignored. Undefined when git fails. */
export async function trackedAndIgnored(root: string): Promise<string | undefined> {
  const paths = await pathsOf(
    [...git, "ls-files", "-z", "--cached", "--ignored", "--exclude-standard"],
    root,
  );
  return paths?.join("\0");
}

async function pathsOf(
  argv: readonly [string, ...string[]],
  cwd: string,
): Promise<readonly string[] | undefined> {
  const listed = await runToEnd(argv, { cwd, env });
  return listed.exitCode === 0
    ? listed.stdout.toString("utf8").split("\0").slice(0, -1)
    : undefined;
}

/** The files that git has its configuration from, and the one it names with what the user ignores everywhere. */
export async function gitConfiguration(root: string): Promise<readonly string[]> {
  const listed = await runToEnd([...git, "config", "--list", "--show-origin", "-z"], {
    cwd: root,
    env,
  });
  // e.g. `file:.git/config`, NUL, `core.excludesfile`, newline, `~/.ignored`, NUL
  const words = listed.stdout.toString("utf8").split("\0");
  return words.flatMap((word) => {
    const [, file] = /^file:(.+)$/s.exec(word) ?? /^core\.excludesfile\n(.+)$/s.exec(word) ?? [];
    return file === undefined ? [] : [resolve(root, file.replace(/^~(?=\/)/, homedir()))];
  });
}

/** The first commit of the history: the same in every clone of a project. `-` outside git, before the first commit, or in a shallow clone. */
export async function firstCommit(root: string): Promise<string> {
  const shallow = await runToEnd([...git, "rev-parse", "--is-shallow-repository"], {
    cwd: root,
    env,
  });
  if (shallow.stdout.toString("utf8").trim() !== "false") return "-";
  const roots = await runToEnd([...git, "rev-list", "--max-parents=0", "HEAD"], { cwd: root, env });
  const commits = roots.stdout
    .toString("utf8")
    .split("\n")
    .filter((line) => /^[0-9a-f]{40,64}$/.test(line));
  return commits.sort()[0] ?? "-";
}
