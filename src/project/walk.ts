import { lstatSync, readdirSync, readlinkSync } from "node:fs";
import type { BigIntStats } from "node:fs";
import { join } from "node:path";
import type { FileState, Tree } from "../model/manifest.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";

/** A save that is younger than this when it is read may be followed by another that looks the same. */
const racyNs = 20_000_000n;
/** The same on a file system that keeps whole seconds. */
const racyWholeSecondsNs = 2_000_000_000n;

/**
 * Every file and link below a directory, as paths relative to it; directories and special files are not listed.
 * `skip` is asked for each file, and for each directory with a slash at its end before anything in it is looked at.
 */
export function walk(root: string, skip: (path: string) => boolean): readonly string[] {
  const paths: string[] = [];
  const visit = (below: string): void => {
    for (const entry of readdirSync(join(root, below), { withFileTypes: true })) {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (skip(entry.isDirectory() ? `${path}/` : path)) continue;
      if (entry.isDirectory()) visit(path);
      else if (entry.isFile() || entry.isSymbolicLink()) paths.push(path);
    }
  };
  visit("");
  return paths;
}

/** What a list of paths turned out to be. */
export interface Found {
  readonly tree: Tree;
  /** Listed paths that are directories: submodules. */
  readonly directories: readonly string[];
}

/** What the listed paths look like now. Paths that are gone, and special files, are left out. */
export function readTree(root: string, paths: Iterable<string>): Result<Found> {
  const tree = new Map<string, FileState>();
  const directories: string[] = [];
  for (const path of paths) {
    if (path.includes("\uFFFD"))
      return fail({ reason: "unreadable-file", path, cause: "not-utf8" });
    const file = join(root, path);
    const found = look(file);
    if (found === undefined) continue;
    if (found.isFile()) tree.set(path, stateOf(found));
    else if (found.isSymbolicLink()) tree.set(path, `l ${readlinkSync(file)}`);
    else if (found.isDirectory()) directories.push(path);
  }
  return ok({ tree, directories });
}

/** Whether a path that was pushed is still here: as a file or a link, not as a directory of that name. */
export function isThere(file: string): boolean {
  return look(file)?.isDirectory() === false;
}

function look(file: string): BigIntStats | undefined {
  try {
    return lstatSync(file, { bigint: true, throwIfNoEntry: false });
  } catch {
    // ENOTDIR: a directory on the way became a file. EACCES: what cannot be seen cannot be sent.
    return undefined;
  }
}

/** The state of a file whose `stat` is known. */
export function stateOf(found: {
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly mode: bigint;
}): FileState {
  const seconds = found.mtimeNs / 1_000_000_000n;
  const nanoseconds = (found.mtimeNs % 1_000_000_000n).toString().padStart(9, "0");
  return `f ${String(found.size)} ${String(seconds)}.${nanoseconds} ${(found.mode & 0o777n).toString(8)}`;
}

/**
 * Whether a file could be saved again without looking different (git calls such an entry racy).
 * Its state is then noted so that it never compares equal, and it is sent once more.
 */
export function isRacy(mtimeNs: bigint, nowMs: number): boolean {
  const age = BigInt(nowMs) * 1_000_000n - mtimeNs;
  return age < (mtimeNs % 1_000_000_000n === 0n ? racyWholeSecondsNs : racyNs);
}
