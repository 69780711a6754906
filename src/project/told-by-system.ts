import { statSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { readText } from "./read.ts";

/**
 * Types of file systems that only this machine writes to, as `statfs` tells them: Linux tells of each write there before
 * the call that wrote returns. On others, e.g. a network's, what another machine writes is told by nobody.
 */
const ownFileSystems = new Set([
  0xef53, // ext2, 3, 4
  0x58465342, // xfs
  0x9123683e, // btrfs
  0x2fc12fc1, // zfs
  0xf2f52010, // f2fs
  0xca451a4e, // bcachefs
  0x3153464a, // jfs
  0x52654973, // reiserfs
  0x01021994, // tmpfs
  0x794c7630, // overlayfs
  0xf15f, // ecryptfs
]);

/** Whether the system tells of every write in these directories of a tree. Nobody knows how late macOS does. */
export function isToldOf(root: string, directories: Iterable<string>): boolean {
  if (process.platform !== "linux") return false;
  const seen = new Set<number>();
  try {
    for (const directory of directories) {
      const path = join(root, directory);
      const found = statSync(path, { throwIfNoEntry: false });
      if (found === undefined || seen.has(found.dev)) continue;
      seen.add(found.dev);
      if (!ownFileSystems.has(statfsSync(path).type)) return false;
    }
    return true;
  } catch {
    // A directory that cannot be looked at.
    return false;
  }
}

/**
 * Resolves when the system has told of everything that was done before. Node asks it once in each turn, and takes all
 * there is: the turn after this one begins, and ends, later than this call.
 */
export async function toldUntilNow(): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/**
 * The system keeps so many notices, 16,384 mostly, and drops those that come after, of which Node says nothing. All that
 * were kept come within one turn, so far fewer in one turn mean that none was dropped.
 */
const mostInOneTurn = Math.min(
  2000,
  Number(readText("/proc/sys/fs/inotify/max_queued_events") ?? 16_384) / 4,
);

let toldInThisTurn = 0;
const listeners = new Set<() => void>();

/** Counts a notice of the system, for all watches of this process together: they share its memory. */
export function countTold(): void {
  if (toldInThisTurn === 0) setImmediate(() => (toldInThisTurn = 0));
  toldInThisTurn += 1;
  if (toldInThisTurn === mostInOneTurn) for (const listener of listeners) listener();
}

/** Tells when the system may have dropped notices. */
export function onMaybeDropped(listener: () => void): Disposable {
  listeners.add(listener);
  return { [Symbol.dispose]: () => void listeners.delete(listener) };
}
