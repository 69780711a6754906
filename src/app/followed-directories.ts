import { parentsOf } from "../plan/difference.ts";
import { isToldOf } from "../project/told-by-system.ts";
import { TreeWatch } from "../project/tree-watch.ts";
import type { Touch } from "../project/tree-watch.ts";
import { directoriesIn } from "../project/walk.ts";
import { reachedAmong } from "./sent-among.ts";
import type { Listing } from "./sent-among.ts";

/** The directories of a project in which there may be a file that is sent: they are watched. */
export class FollowedDirectories implements Disposable {
  readonly #root: string;
  readonly #watch: TreeWatch;
  readonly #all = new Set<string>();
  /** Those of which the system does not tell. */
  readonly #unwatched = new Set<string>();
  #areOnOwnDisks = true;
  #isOver = false;

  constructor(root: string, onTouched: (path: string, touch: Touch) => void) {
    this.#root = root;
    this.#watch = new TreeWatch(root, onTouched);
  }

  get all(): ReadonlySet<string> {
    return this.#all;
  }

  get unwatched(): number {
    return this.#unwatched.size;
  }

  /** Whether the system tells of every write in them, as far as it was asked. */
  get areTold(): boolean {
    return this.unwatched === 0 && this.#areOnOwnDisks;
  }

  askWhetherTold(): void {
    this.#areOnOwnDisks = isToldOf(this.#root, this.#all);
  }

  follow(directories: Iterable<string>): void {
    const wanted = new Set(directories);
    for (const directory of wanted) {
      this.#all.add(directory);
      this.#unwatched.delete(directory);
    }
    for (const directory of this.#watch.add(wanted)) this.#unwatched.add(directory);
  }

  /** Follows a directory and all below it, but those that are left out: a file that is sent may be made in an empty one. */
  async followBelow(top: string, listing: Listing): Promise<void> {
    let level: readonly string[] = top === "" ? directoriesIn(this.#root, "") : [top];
    while (level.length > 0 && !this.#isOver) {
      const kept = await reachedAmong(listing, level);
      this.follow(kept);
      level = kept.flatMap((directory) => directoriesIn(this.#root, directory));
    }
  }

  /** Directories that were touched may be others now, and so may those below them: they are let go; the value is these. */
  dropTouched(touched: ReadonlySet<string>): ReadonlySet<string> {
    const isTouched = (path: string): boolean => touched.has(path);
    const dropped = [...this.#all].filter(
      (directory) => isTouched(directory) || parentsOf(directory).some(isTouched),
    );
    for (const directory of dropped) this.#all.delete(directory);
    this.#watch.drop(dropped);
    return new Set(dropped);
  }

  /** Watches what is not watched, or no longer, whatever was told of that. */
  followAgain(): void {
    this.follow([...this.#watch.dropReplaced(), ...this.#unwatched]);
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#watch[Symbol.dispose]();
  }
}
