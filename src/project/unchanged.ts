import { lstatSync } from "node:fs";
import type { StatSyncFn } from "node:fs";
import { Worker } from "node:worker_threads";
import type { FileState, Tree } from "../model/manifest.ts";
import { insideOf } from "./walk.ts";

/** Looks at files of a directory; the numbers are those of `lookAtFiles`. */
export type Look = (root: string, paths: readonly string[]) => Promise<Float64Array>;

/** How much the thread looks at; where the caller looks too, the thread begins a little later, and the caller has more to do. */
const shareOfThread = { most: 0.6, all: 1 } as const;

/** The bit of a file that has other names, too; see `lookAtFiles`. */
const otherNames = 0o1000000;

/** Looks at once. */
export const lookAtOnce: Look = (root, paths) =>
  Promise.resolve(lookAtFiles(lstatSync, root, paths));

/**
 * Looks at files in a thread of its own, while the caller looks at the rest, or does other work. The thread is
 * started now and looks once. Starting it takes as long as looking at 10,000 files: it is for large trees.
 */
export function lookInThread(share: keyof typeof shareOfThread): Look {
  const thread = new Worker(
    `${lookAtFiles.toString()}
    const { lstatSync } = require("node:fs");
    const { parentPort } = require("node:worker_threads");
    parentPort.once("message", ({ root, paths }) => {
      const found = ${lookAtFiles.name}(lstatSync, root, paths.split("\\0"));
      parentPort.postMessage(found, [found.buffer]);
    });`,
    { eval: true },
  );
  // A thread that nobody asks keeps no igor from ending.
  thread.unref();
  return async (root, paths) => {
    const count = Math.ceil(paths.length * shareOfThread[share]);
    const there = new Promise<Float64Array>((resolve, reject) => {
      thread.once("message", resolve);
      thread.once("error", reject);
      thread.ref();
      // One long text is handed over in no time, 50,000 short ones are not.
      thread.postMessage({ root, paths: paths.slice(0, count).join("\0") });
    });
    const here = lookAtFiles(lstatSync, root, paths.slice(count));
    const found = new Float64Array(paths.length * 4);
    found.set(await there);
    found.set(here, count * 4);
    return found;
  };
}

/**
 * Size in bytes, type and permissions (not setuid and its like) and above them a bit for a file that has other names, too,
 * and the times of the last change of the content and of anything (`mtime`, `ctime`), in milliseconds, of each file, one
 * after the other; NaN for what is gone or cannot be looked at. Node keeps a time in a double: it is good to a quarter of
 * a microsecond.
 *
 * Also runs where there is nothing but its own text, so it uses nothing from around it but
 * `lstatSync`, which it is given.
 */
function lookAtFiles(lstatSync: StatSyncFn, root: string, paths: readonly string[]): Float64Array {
  const found = new Float64Array(paths.length * 4).fill(NaN);
  for (let index = 0; index < paths.length; index += 1) {
    try {
      // Not join(): normalizing 50,000 paths takes as long as reading the manifest.
      const stats = lstatSync(`${root}/${paths[index] ?? ""}`, { throwIfNoEntry: false });
      if (stats === undefined) continue;
      found[index * 4] = stats.size;
      found[index * 4 + 1] = (stats.mode & 0o170777) | (stats.nlink > 1 ? 0o1000000 : 0);
      found[index * 4 + 2] = stats.mtimeMs;
      found[index * 4 + 3] = stats.ctimeMs;
    } catch {
      // Whatever it is, `readTree` has the words for it.
    }
  }
  return found;
}

/** What of a known tree is as it was. */
export interface Unchanged {
  readonly tree: Tree;
  /** Those of its files that have other names, too. */
  readonly linked: readonly string[];
}

/**
 * The files of a tree that still look as they did, by size, times and mode. This is most of a large tree, and looked at in
 * half the time that `readTree` takes; everything else is for that.
 */
export async function unchangedOf(root: string, known: Tree, look: Look): Promise<Unchanged> {
  const looking = look(root, [...known.keys()]);
  // Done while a thread looks.
  const expected = looksOf(root, known);
  const found = await looking;
  const tree = new Map<string, FileState>();
  const linked: string[] = [];
  let index = 0;
  for (const [path, state] of known) {
    // NaN equals nothing.
    const mode = found[index + 1] ?? NaN;
    const isSame =
      found[index] === expected[index] &&
      (mode & ~otherNames) === expected[index + 1] &&
      found[index + 2] === expected[index + 2] &&
      found[index + 3] === expected[index + 3];
    if (isSame) tree.set(path, state);
    if (isSame && mode >= otherNames) linked.push(path);
    index += 4;
  }
  return { tree, linked };
}

/** What `lookAtFiles` must find where nothing changed; NaN for links, racy files, and what is only reached through a link. */
function looksOf(root: string, tree: Tree): Float64Array {
  const isInside = insideOf(root);
  const looks = new Float64Array(tree.size * 4).fill(NaN);
  let index = 0;
  for (const [path, state] of tree) {
    const [type, size, mtime = "", mode = "", ctime = mtime, ...more] = state.split(" ");
    if (type === "f" && more.length === 0 && isInside(path)) {
      const writtenAt = millisecondsOf(mtime);
      looks[index] = Number(size);
      looks[index + 1] = 0o100000 | parseInt(mode, 8);
      looks[index + 2] = writtenAt;
      looks[index + 3] = ctime === mtime ? writtenAt : millisecondsOf(ctime);
    }
    index += 4;
  }
  return looks;
}

/** e.g. `-1.500000000` is -1500. NaN for the word that marks a racy file. */
function millisecondsOf(time: string): number {
  const fraction = Number(time.slice(-9)) / 1e6;
  return Number(time.slice(0, -10)) * 1000 + (time.startsWith("-") ? -fraction : fraction);
}
