import type { FileState, Tree } from "../model/manifest.ts";

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

  /** The files that are waited for. */
  get paths(): readonly string[] {
    return [...this.#waited.keys()];
  }

  /** These are taken as they are. */
  forget(paths: Iterable<string>): void {
    for (const path of paths) this.#waited.delete(path);
  }

  /** Takes out of the paths those that may still be written to: they are to be looked at once more, `againMs` later. */
  takeFrom(
    paths: Set<string>,
    { known, now }: { readonly known: Tree; readonly now: Tree },
  ): readonly string[] {
    const taken = [...paths].filter((path) =>
      this.#has(path, { known: known.get(path), now: now.get(path) }),
    );
    for (const path of taken) paths.delete(path);
    return taken;
  }

  #has(
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
