import { lstatSync, readdirSync, readlinkSync } from "node:fs";
import type { BigIntStats, Dirent } from "node:fs";
import { join } from "node:path";
import type { FileState, FileStatus, Tree } from "../model/manifest.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";

/** A save that is younger than this when it is read may be followed by another that looks the same. */
const racyNs = 20_000_000n;
/** So many milliseconds after a save a file can be told from its next state, where it has fractions of seconds. */
export const settledAfterMs = Number(racyNs / 1_000_000n) + 1;
/** The same on a file system that keeps whole seconds. */
const racyWholeSecondsNs = 2_000_000_000n;

/**
 * Every file and link below a directory, as paths relative to it; directories and special files are not listed.
 * `skip` is asked for each file, and for each directory with a slash at its end before anything in it is looked at.
 */
export function walk(root: string, skip: (path: string) => boolean): Result<readonly string[]> {
  const paths: string[] = [];
  const visit = (below: string): string | undefined => {
    const entries = entriesOf(join(root, below));
    if (entries === "unreadable") return below === "" ? "." : below;
    for (const entry of entries) {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (skip(entry.isDirectory() ? `${path}/` : path)) continue;
      if (entry.isDirectory()) {
        const unreadable = visit(path);
        if (unreadable !== undefined) return unreadable;
      } else if (entry.isFile() || entry.isSymbolicLink()) paths.push(path);
    }
    return undefined;
  };
  const unreadable = visit("");
  if (unreadable === undefined) return ok(paths);
  return fail({ reason: "unreadable-file", path: unreadable, cause: "no-permission" });
}

/** The directories in a directory (empty for the root), as paths from the root; links are none, and git's own is left out. */
export function directoriesIn(root: string, directory: string): readonly string[] {
  const entries = entriesOf(join(root, directory));
  if (entries === "unreadable") return [];
  return entries
    .filter((entry) => entry.isDirectory() && entry.name !== ".git")
    .map(({ name }) => (directory === "" ? name : `${directory}/${name}`));
}

function entriesOf(directory: string): readonly Dirent[] | "unreadable" {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    return isGone(error) ? [] : "unreadable";
  }
}

/** What a list of paths turned out to be. */
export interface Found {
  readonly tree: Tree;
  /** Listed paths that are directories: submodules. */
  readonly directories: readonly string[];
  /** Files that have other names, too: hard links. */
  readonly linked: readonly string[];
}

/**
 * What the listed paths look like now. Left out are paths that are gone, special files, and what is only reached through
 * a symbolic link or outside the root: git still lists the files of a directory that became a link.
 * What cannot be looked at is a failure: it must not be taken for deleted.
 */
export function readTree(root: string, paths: Iterable<string>): Result<Found> {
  const tree = new Map<string, FileState>();
  const directories: string[] = [];
  const linked: string[] = [];
  const isInside = insideOf(root);
  for (const path of paths) {
    if (path.includes("\uFFFD"))
      return fail({ reason: "unreadable-file", path, cause: "not-utf8" });
    if (!isInside(path)) continue;
    // Not join(): normalizing 50,000 paths takes as long as reading the manifest.
    const found = look(`${root}/${path}`);
    if (found === "gone") continue;
    if (found === "unreadable")
      return fail({ reason: "unreadable-file", path, cause: "no-permission" });
    if (found.isDirectory()) directories.push(path);
    else if (found.isFile()) {
      tree.set(path, stateOf(found));
      if (found.nlink > 1n) linked.push(path);
    } else if (found.isSymbolicLink()) {
      const target = linkAt(join(root, path));
      if (target === undefined) continue;
      if (target.includes("\uFFFD"))
        return fail({ reason: "unreadable-file", path, cause: "target-not-utf8" });
      tree.set(path, `l ${target}`);
    }
  }
  return ok({ tree, directories, linked });
}

/** Tells of a path whether every directory on its way is one, and not a link; each is looked at once. */
export function insideOf(root: string): (path: string) => boolean {
  const known = new Map<string, boolean>([["", true]]);
  const isDirectory = (directory: string): boolean => {
    const before = known.get(directory);
    if (before !== undefined) return before;
    const slash = directory.lastIndexOf("/");
    const name = directory.slice(slash + 1);
    const isOne =
      name !== "" &&
      name !== ".." &&
      isDirectory(directory.slice(0, Math.max(slash, 0))) &&
      !isLink(join(root, directory));
    known.set(directory, isOne);
    return isOne;
  };
  return (path) => isDirectory(path.slice(0, Math.max(path.lastIndexOf("/"), 0)));
}

/** Where a link points; undefined when it has gone in this moment. */
function linkAt(file: string): string | undefined {
  try {
    return readlinkSync(file);
  } catch {
    return undefined;
  }
}

function isLink(directory: string): boolean {
  const found = look(directory);
  return typeof found === "object" && found.isSymbolicLink();
}

/** How one file or link looks now; undefined when it is gone, or anything else. */
export function lookAt(file: string): BigIntStats | { readonly link: string } | undefined {
  const found = look(file);
  if (typeof found === "string") return undefined;
  const link = found.isSymbolicLink() ? linkAt(file) : undefined;
  if (link !== undefined) return { link };
  return found.isFile() ? found : undefined;
}

/**
 * Whether a path that was pushed is still here: as a file or a link, not as a directory of that name.
 * What cannot be looked at may be.
 */
export function isThere(file: string): boolean {
  const found = look(file);
  return found === "unreadable" || (found !== "gone" && !found.isDirectory());
}

function look(file: string): BigIntStats | "gone" | "unreadable" {
  try {
    return lstatSync(file, { bigint: true, throwIfNoEntry: false }) ?? "gone";
  } catch (error) {
    return isGone(error) ? "gone" : "unreadable";
  }
}

/** ENOTDIR: a directory on the way became a file. */
function isGone(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ENOENT" || code === "ENOTDIR";
}

/** The state of a file whose `stat` is known. */
export function stateOf(found: FileStatus): FileState {
  const mtime = timeText(found.mtimeNs);
  const ctime = timeText(found.ctimeNs);
  const state = `f ${String(found.size)} ${mtime} ${(found.mode & 0o777n).toString(8)}`;
  return ctime === mtime ? state : `${state} ${ctime}`;
}

/** As `stat --format %.9Y` tells it. e.g. `-1.500000000` */
export function timeText(nanoseconds: bigint): string {
  const [sign, length] = nanoseconds < 0n ? ["-", -nanoseconds] : ["", nanoseconds];
  const fraction = (length % 1_000_000_000n).toString().padStart(9, "0");
  return `${sign}${String(length / 1_000_000_000n)}.${fraction}`;
}

/**
 * Whether a file could be changed again without looking different (git calls such an entry racy).
 * Its state is then noted so that it never compares equal, and it is sent once more.
 */
export function isRacy({ ctimeNs }: Pick<FileStatus, "ctimeNs">, nowMs: number): boolean {
  const age = BigInt(nowMs) * 1_000_000n - ctimeNs;
  return age < (ctimeNs % 1_000_000_000n === 0n ? racyWholeSecondsNs : racyNs);
}
