import type { FileState } from "../model/manifest.ts";

/** A file that may still be written to is looked at again after so long. */
export const againMs = 30;
const largeBytes = 1_000_000;
/** What is written to without an end counts all the same after so long. */
const longestMs = 1000;

/** How a file looked, and since when its end is waited for. */
interface Waited {
  readonly state: FileState;
  readonly since: number;
}

/**
 * Files that do not look like the end of a save: emptied, as editors and copies do before they fill one, or so large that
 * they are written in pieces. Such a file counts when it looks the same twice.
 */
export class Unfinished {
  readonly #waited = new Map<string, Waited>();

  /** Whether this file may still be written to; from one look to the next, which is to come `againMs` later. */
  has(
    path: string,
    { known, now }: { readonly known: FileState | undefined; readonly now: FileState | undefined },
  ): boolean {
    const waited = this.#waited.get(path);
    this.#waited.delete(path);
    if (now === undefined || now === known) return false;
    const size = sizeIn(now);
    if (size <= largeBytes && (size > 0 || sizeIn(known) === 0)) return false;
    const since = waited?.since ?? performance.now();
    if (waited?.state === now || performance.now() - since > longestMs) return false;
    this.#waited.set(path, { state: now, since });
    return true;
  }
}

/** Bytes of a file; 0 for a link, and for what is not known. e.g. `f 120 1700000000.000000000 644` */
function sizeIn(state = ""): number {
  return state.startsWith("f ") ? Number(state.split(" ", 2)[1]) : 0;
}
