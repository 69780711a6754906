import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { readText } from "./read.ts";

/** Git's list of what it tracks, with how each file looked when git last read it. */
export interface GitIndex {
  /** The last bytes of the file: git's own digest of the rest. */
  readonly digest: string;
  /** Milliseconds of the epoch. */
  readonly writtenAt: number;
}

/** A SHA-1 or the end of a SHA-256. */
const digestBytes = 20;

/** The index of the repository around a directory; undefined when there is none, or one without a digest (`index.skipHash`). */
export function readGitIndex(directory: string): GitIndex | undefined {
  const file = indexOf(directory);
  if (file === undefined) return undefined;
  let opened: number | undefined;
  try {
    opened = openSync(file, "r");
    const { size, mtimeMs } = fstatSync(opened);
    const end = Buffer.alloc(digestBytes);
    if (readSync(opened, end, 0, digestBytes, size - digestBytes) !== digestBytes) return undefined;
    return end.every((byte) => byte === 0)
      ? undefined
      : { digest: end.toString("hex"), writtenAt: mtimeMs };
  } catch {
    // Nothing was added yet.
    return undefined;
  } finally {
    if (opened !== undefined) closeSync(opened);
  }
}

/** A work tree or submodule has a file there, e.g. `gitdir: /home/dino/mnist/.git/worktrees/trial`. */
function indexOf(directory: string): string | undefined {
  const place = join(directory, ".git");
  const found = statSync(place, { throwIfNoEntry: false });
  if (found === undefined) {
    const parent = dirname(directory);
    return parent === directory ? undefined : indexOf(parent);
  }
  if (found.isDirectory()) return join(place, "index");
  const [, target] = /^gitdir: (.+)/.exec(readText(place) ?? "") ?? [];
  return target === undefined ? undefined : join(resolve(directory, target), "index");
}
