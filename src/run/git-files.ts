import { existsSync } from "node:fs";
import { join } from "node:path";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { lastLines } from "./connection.ts";
import { runToEnd } from "./spawn.ts";
import type { Finished } from "./spawn.ts";

/** A file system monitor of git may not be running, or may be another program: git is to look for itself. */
const git = ["git", "-c", "core.fsmonitor=false"] as const;
const listing = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"] as const;

/**
 * What git tracks or would track below `root`: negated patterns, nested and global ignore files, all as git itself
 * decides; each untracked nested repository by a call of its own (a submodule is
 * one path here; see `listNestedFiles`). Undefined when `root` is not in a git work tree.
 */
export async function listGitFiles(root: string): Promise<Result<readonly string[] | undefined>> {
  const listed = await runToEnd([...git, ...listing], { cwd: root });
  if (listed.missing || isNotGit(listed)) return ok(undefined);
  if (listed.exitCode !== 0) {
    return fail({
      reason: "laptop-tool-failed",
      program: "git",
      lastWords: lastLines(listed.stderr),
    });
  }
  const paths = new Set(listed.stdout.toString("utf8").split("\0"));
  paths.delete("");
  // An untracked repository is listed as a directory; what is in it, its own git says.
  for (const path of [...paths].filter((listedPath) => listedPath.endsWith("/"))) {
    paths.delete(path);
    const inside = await listNestedFiles(root, path.slice(0, -1));
    if (!inside.ok) return inside;
    for (const file of inside.value) paths.add(file);
  }
  return ok([...paths]);
}

/**
 * The same for some paths only, and for what is below them. Undefined when git does not tell: they are in a repository
 * of their own.
 */
export async function listGitFilesAt(
  root: string,
  paths: readonly string[],
): Promise<readonly string[] | "not-git" | undefined> {
  const words = ["--literal-pathspecs", ...listing, "--", ...paths];
  const listed = await runToEnd([...git, ...words], { cwd: root });
  if (listed.missing || isNotGit(listed)) return "not-git";
  const files = listed.stdout.toString("utf8").split("\0").slice(0, -1);
  return listed.exitCode === 0 && files.every((file) => !file.endsWith("/")) ? files : undefined;
}

/** Those of some directories in which git would track a file. All of them where git does not tell. */
export async function notIgnoredByGit(
  root: string,
  directories: readonly string[],
): Promise<readonly string[]> {
  const words = ["check-ignore", "-z", "--stdin"];
  const input = directories.map((directory) => `${directory}/\0`).join("");
  const asked = await runToEnd([...git, ...words], { cwd: root, input });
  const ignored = new Set(asked.stdout.toString("utf8").split("\0"));
  return directories.filter((directory) => !ignored.has(`${directory}/`));
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

function isNotGit({ exitCode, stderr }: Finished): boolean {
  // fatal: not a git repository (or any of the parent directories): .git
  return exitCode !== 0 && /not a git repository|must be run in a work tree/.test(stderr);
}

/** The first commit of the history: the same in every clone of a project. `-` outside git, before the first commit, or in a shallow clone. */
export async function firstCommit(root: string): Promise<string> {
  const shallow = await runToEnd(["git", "rev-parse", "--is-shallow-repository"], { cwd: root });
  if (shallow.stdout.toString("utf8").trim() !== "false") return "-";
  const roots = await runToEnd(["git", "rev-list", "--max-parents=0", "HEAD"], { cwd: root });
  const commits = roots.stdout
    .toString("utf8")
    .split("\n")
    .filter((line) => /^[0-9a-f]{40,64}$/.test(line));
  return commits.sort()[0] ?? "-";
}
