import type { Failure } from "../model/failure.ts";
import type { FileState, Tree } from "../model/manifest.ts";
import type { Project } from "../model/project.ts";
import type { Result } from "../model/result.ts";
import { parentsOf } from "../plan/difference.ts";
import { alwaysSent, fileFilter } from "../project/select-files.ts";
import { TreeWatch } from "../project/tree-watch.ts";
import { directoriesIn, readTree } from "../project/walk.ts";
import { listGitFilesAt, notIgnoredByGit } from "../run/git-files.ts";
import type { Scan } from "./scan.ts";
import { Unfinished, againMs } from "./unfinished.ts";

/** A save is over when nothing was touched for so long; what is written without a pause is looked at all the same. */
const quietMs = 3;
const mostMs = 100;
/** More than this is looked at as a whole: another branch was checked out, and the system may have dropped some of it. */
const mostTouched = 500;
/** So long after the last touch everything is looked at once more: what the system did not tell, and what git did. */
const settledMs = 3000;
/** So often everything is looked at while there are directories of which the system tells nothing. */
const unwatchedMs = 5000;
/** Files that say which other files are sent. */
const rules = /(^|\/)\.(gitignore|gitmodules|igorignore)$/;

/** What a watch works with. */
export interface Watching {
  readonly project: Project;
  /** What was there before the watch. */
  readonly scan: Scan;
  /** Looks at everything; what is known helps. */
  readonly rescan: (known: () => Tree) => Promise<Result<Scan>>;
  /** Told which paths may differ from what was known. */
  readonly onChanged: (paths: ReadonlySet<string>) => void;
  /** Told why a look failed; the next touch leads to another one. */
  readonly onFailure: (failure: Failure) => void;
  /** Told of how many directories the system will not tell; what is saved there is found by a look at everything. */
  readonly onUnwatched: (directories: number) => void;
}

/**
 * The files that a push would send, kept up to date by what the system tells of the tree: a save costs a look at one
 * file, however large the tree is.
 */
export class WatchedFiles implements Disposable {
  readonly #watching: Watching;
  readonly #watch: TreeWatch;
  readonly #tree: Map<string, FileState>;
  readonly #directories = new Set<string>();
  readonly #unwatched = new Set<string>();
  #isUnwatchedTold = false;
  /** Files that are there and not sent. */
  readonly #leftOut = new Set<string>();
  readonly #unfinished = new Unfinished();
  #touched = new Set<string>();
  #firstTouch: number | undefined;
  #soon: NodeJS.Timeout | undefined;
  #settled: NodeJS.Timeout | undefined;
  #looking = Promise.resolve();
  #lookingAtAll = Promise.resolve();
  #nextAtAll: Promise<void> | undefined;
  /** What was touched since the look at everything began that is under way: it is known better than that look will. */
  #meanwhile = new Set<string>();
  #isOver = false;

  constructor(watching: Watching) {
    this.#watching = watching;
    this.#tree = new Map(watching.scan.tree);
    this.#watch = new TreeWatch(watching.project.root, (path) => this.#touch(path));
    this.#follow(["", ...[...this.#tree.keys()].flatMap(parentsOf)]);
    // What was saved between the scan and the watch.
    this.#settle(0);
  }

  /** As it is known now. */
  get scan(): Scan {
    return { ...this.#watching.scan, tree: this.#tree };
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    clearTimeout(this.#soon);
    clearTimeout(this.#settled);
    this.#watch[Symbol.dispose]();
  }

  #touch(path: string): void {
    if (this.#isOver || this.#leftOut.has(path)) return;
    if (/^(\.git|\.igor\/(host|pull))(\/|$)/.test(path)) return;
    this.#touched.add(path);
    this.#meanwhile.add(path);
    const now = performance.now();
    this.#firstTouch ??= now;
    clearTimeout(this.#soon);
    const wait = Math.max(0, Math.min(quietMs, this.#firstTouch + mostMs - now));
    this.#soon = setTimeout(() => {
      const touched = this.#touched;
      this.#touched = new Set();
      this.#firstTouch = undefined;
      this.#then(() => this.#lookAt(touched));
      this.#settle(settledMs);
    }, wait);
  }

  #settle(afterMs: number): void {
    clearTimeout(this.#settled);
    this.#settled = setTimeout(() => void this.#lookAtAll(), afterMs);
  }

  /**
   * One look at what was saved at a time, in order. It waits for a look at everything, which may take long, only where no
   * other look would do.
   */
  #then(look: () => Promise<void>): void {
    this.#looking = this.#looking.then(() => (this.#isOver ? undefined : look()));
  }

  async #lookAt(touched: ReadonlySet<string>): Promise<void> {
    if (touched.size > mostTouched || [...touched].some((path) => rules.test(path)))
      return this.#lookAtAll();
    const { root } = this.#watching.project;
    const paths = new Set([...touched].flatMap((path) => this.#knownAt(path)));
    const found = readTree(root, touched);
    if (!found.ok) return this.#lookAtAll();
    const { tree, directories } = found.value;
    // Watched before they are listed: what is made in them in between is not missed.
    for (const directory of directories) await this.#followBelow(directory);
    const unknown = [...tree.keys()].filter((path) => !paths.has(path));
    const listed = await this.#sentAmong(unknown, directories);
    if (listed === undefined) return this.#lookAtAll();
    for (const path of listed) paths.add(path);
    for (const path of tree.keys()) if (!paths.has(path)) this.#leftOut.add(path);
    const seen = readTree(root, paths);
    if (!seen.ok) return this.#lookAtAll();
    const again = [...paths].filter((path) => {
      const states = { known: this.#tree.get(path), now: seen.value.tree.get(path) };
      return this.#unfinished.has(path, states);
    });
    for (const path of again) paths.delete(path);
    if (again.length > 0) setTimeout(() => again.forEach((path) => this.#touch(path)), againMs);
    this.#know(paths, seen.value.tree);
  }

  /** One at a time; whoever asks while one is under way gets the next, as everybody who asks till then. */
  #lookAtAll(): Promise<void> {
    this.#nextAtAll ??= this.#lookingAtAll = this.#lookingAtAll.then(() => {
      this.#nextAtAll = undefined;
      return this.#isOver ? undefined : this.#readAll();
    });
    return this.#nextAtAll;
  }

  async #readAll(): Promise<void> {
    const { rescan, onFailure } = this.#watching;
    this.#meanwhile = new Set();
    this.#leftOut.clear();
    this.#follow(this.#unwatched);
    await this.#followBelow("");
    // A look at a save may change the tree meanwhile.
    const known = new Map(this.#tree);
    const scanned = await rescan(() => known);
    if (this.#isOver) return;
    this.#lookOnWhereUnwatched();
    if (!scanned.ok) {
      onFailure(scanned.failure);
      return;
    }
    const { tree } = scanned.value;
    for (const path of tree.keys()) this.#leftOut.delete(path);
    const isOlder = (path: string): boolean =>
      this.#meanwhile.has(path) || parentsOf(path).some((above) => this.#meanwhile.has(above));
    const paths = new Set<string>();
    for (const [path, state] of tree)
      if (this.#tree.get(path) !== state && !isOlder(path)) paths.add(path);
    for (const path of this.#tree.keys()) if (!tree.has(path) && !isOlder(path)) paths.add(path);
    this.#know(paths, tree);
  }

  /** Takes over how these paths look now. */
  #know(paths: ReadonlySet<string>, now: ReadonlyMap<string, FileState>): void {
    for (const path of paths) {
      const state = now.get(path);
      if (state === undefined) this.#tree.delete(path);
      else this.#tree.set(path, state);
    }
    this.#follow([...paths].flatMap(parentsOf));
    if (paths.size > 0 && !this.#isOver) this.#watching.onChanged(paths);
  }

  /** What is known at a touched path: a file, or all files of a directory that may be gone, or be another one. */
  #knownAt(path: string): readonly string[] {
    if (this.#tree.has(path) || alwaysSent(this.#watching.project).has(path)) return [path];
    if (!this.#directories.delete(path)) return [];
    this.#watch.drop(path);
    for (const directory of this.#directories)
      if (directory.startsWith(`${path}/`)) this.#directories.delete(directory);
    return [...this.#tree.keys()].filter((file) => file.startsWith(`${path}/`));
  }

  /** The files that are sent among these, and in these directories; undefined when only a look at everything tells. */
  async #sentAmong(
    files: readonly string[],
    directories: readonly string[],
  ): Promise<readonly string[] | undefined> {
    if (files.length + directories.length === 0) return [];
    const { project } = this.#watching;
    const isSent = fileFilter(project);
    if (this.#watching.scan.listedBy === "git") {
      const listed = await listGitFilesAt(project.root, [...files, ...directories]);
      return listed?.filter(isSent);
    }
    // A directory that is left out is not looked into.
    const isReached = (path: string): boolean => parentsOf(path).every((it) => isSent(`${it}/`));
    return directories.length > 0
      ? undefined
      : files.filter((path) => isSent(path) && isReached(path));
  }

  #follow(directories: Iterable<string>): void {
    const wanted = new Set(directories);
    for (const directory of wanted) {
      this.#directories.add(directory);
      this.#unwatched.delete(directory);
    }
    for (const directory of this.#watch.add(wanted)) this.#unwatched.add(directory);
  }

  #lookOnWhereUnwatched(): void {
    const { size } = this.#unwatched;
    if (size > 0 && !this.#isUnwatchedTold) this.#watching.onUnwatched(size);
    this.#isUnwatchedTold = size > 0;
    if (size > 0) this.#settle(unwatchedMs);
  }

  /** Watches a directory and all below it, but those that are left out: a file that is sent may be made in an empty one. */
  async #followBelow(top: string): Promise<void> {
    const { project } = this.#watching;
    const isSent = fileFilter(project);
    let level: readonly string[] = top === "" ? directoriesIn(project.root, "") : [top];
    while (level.length > 0 && !this.#isOver) {
      const reached = level.filter((directory) => isSent(`${directory}/`));
      const isGit = this.#watching.scan.listedBy === "git";
      const kept = isGit ? await notIgnoredByGit(project.root, reached) : reached;
      this.#follow(kept);
      level = kept.flatMap((directory) => directoriesIn(project.root, directory));
    }
  }
}
