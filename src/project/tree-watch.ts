import { watch } from "node:fs";
import type { FSWatcher } from "node:fs";
import { join } from "node:path";
import { directoryId } from "./identity.ts";
import { countTold } from "./told-by-system.ts";

/**
 * How a tree is watched: one watch for each directory of interest, or one for all that is below the root.
 * Linux watches directories, and a tree holds some (`.venv`, `node_modules`) that are larger than the project; macOS
 * tells what happens in files only to those who watch a whole tree.
 */
export type WatchMode = "each-directory" | "whole-tree";

/** What became of a path: `change` of what it holds, or `rename`: it may be gone, be there now, or be something else. */
export type Touch = "change" | "rename";

/**
 * Tells which paths of a tree were touched, as soon as the system does: made, written, renamed, removed. Node does not go
 * on for its sake.
 */
export class TreeWatch implements Disposable {
  readonly #root: string;
  readonly #mode: WatchMode;
  readonly #onTouched: (path: string, touch: Touch) => void;
  readonly #watchers = new Map<string, { readonly watcher: FSWatcher; readonly id: string }>();

  constructor(
    root: string,
    onTouched: (path: string, touch: Touch) => void,
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

  /** Other directories may stand there now: forgets the watches of these. */
  drop(directories: Iterable<string>): void {
    if (this.#mode === "whole-tree") return;
    for (const directory of directories) {
      this.#watchers.get(directory)?.watcher.close();
      this.#watchers.delete(directory);
    }
  }

  /** Forgets the watches of directories in whose place there is another one now, or none; the value is those, whatever was told of that. */
  dropReplaced(): readonly string[] {
    const watched = [...this.#watchers];
    const isReplaced = (path: string, id: string): boolean =>
      directoryId(join(this.#root, path)) !== id;
    const replaced = watched.flatMap(([path, { id }]) => (isReplaced(path, id) ? [path] : []));
    this.drop(replaced);
    return replaced;
  }

  [Symbol.dispose](): void {
    for (const { watcher } of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #watch(directory: string): "watched" | "gone" | "no-watch-left" {
    try {
      const how = { recursive: this.#mode === "whole-tree", persistent: false };
      const watcher = watch(join(this.#root, directory), how, (touch, name) => {
        countTold();
        if (name !== null) this.#onTouched(directory === "" ? name : `${directory}/${name}`, touch);
      });
      // It went away; the directory above tells so.
      watcher.on("error", () => undefined);
      const id = directoryId(join(this.#root, directory));
      this.#watchers.set(directory, { watcher, id });
      return "watched";
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      // ENOSPC: System limit for number of file watchers reached
      return code === "ENOSPC" || code === "EMFILE" ? "no-watch-left" : "gone";
    }
  }
}
