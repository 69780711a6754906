import { watch } from "node:fs";
import type { FSWatcher } from "node:fs";
import { join } from "node:path";

/**
 * How a tree is watched: one watch for each directory of interest, or one for all that is below the root.
 * Linux watches directories, and a tree holds some (`.venv`, `node_modules`) that are larger than the project; macOS
 * tells what happens in files only to those who watch a whole tree.
 */
export type WatchMode = "each-directory" | "whole-tree";

/** Tells which paths of a tree were touched, as soon as the system does: made, written, renamed, removed. */
export class TreeWatch implements Disposable {
  readonly #root: string;
  readonly #mode: WatchMode;
  readonly #onTouched: (path: string) => void;
  readonly #watchers = new Map<string, FSWatcher>();

  constructor(
    root: string,
    onTouched: (path: string) => void,
    mode: WatchMode = process.platform === "linux" ? "each-directory" : "whole-tree",
  ) {
    this.#root = root;
    this.#onTouched = onTouched;
    this.#mode = mode;
  }

  /**
   * Watches these directories (relative, empty for the root) from now on, too. Those that are gone are left out; the value
   * is those for which the system has no watch left.
   */
  add(directories: ReadonlySet<string>): readonly string[] {
    const wanted = this.#mode === "whole-tree" ? [""] : [...directories];
    const more = wanted.filter((directory) => !this.#watchers.has(directory));
    return more.filter((directory) => this.#watch(directory) === "no-watch-left");
  }

  /** Another directory may stand there now: forgets the watch of this one and of all below it. */
  drop(directory: string): void {
    if (this.#mode === "whole-tree") return;
    for (const [watched, watcher] of this.#watchers) {
      if (watched !== directory && !watched.startsWith(`${directory}/`)) continue;
      this.#watchers.delete(watched);
      watcher.close();
    }
  }

  [Symbol.dispose](): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #watch(directory: string): "watched" | "gone" | "no-watch-left" {
    try {
      const recursive = this.#mode === "whole-tree";
      const watcher = watch(join(this.#root, directory), { recursive }, (_, name) => {
        if (name !== null) this.#onTouched(directory === "" ? name : `${directory}/${name}`);
      });
      // It went away; the directory above tells so.
      watcher.on("error", () => undefined);
      this.#watchers.set(directory, watcher);
      return "watched";
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      // ENOSPC: System limit for number of file watchers reached
      return code === "ENOSPC" || code === "EMFILE" ? "no-watch-left" : "gone";
    }
  }
}
