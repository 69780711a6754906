import { relative } from "node:path";
import type { Failure } from "../model/failure.ts";
import type { FileState, Tree } from "../model/manifest.ts";
import type { Project } from "../model/project.ts";
import { ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { parentsOf } from "../plan/difference.ts";
import { alwaysSent } from "../project/select-files.ts";
import { onMaybeDropped, toldUntilNow } from "../project/told-by-system.ts";
import type { Touch } from "../project/tree-watch.ts";
import { readTree } from "../project/walk.ts";
import { findGitRules } from "../run/git-rules.ts";
import type { GitRules } from "../run/git-rules.ts";
import { Doubts } from "./doubts.ts";
import { FollowedDirectories } from "./followed-directories.ts";
import { LinkedFiles } from "./linked-files.ts";
import { headerOf } from "./scan.ts";
import type { Header, Scan } from "./scan.ts";
import { sentAmong } from "./sent-among.ts";
import type { Listing } from "./sent-among.ts";
import { Touches } from "./touches.ts";
import { Unfinished, againMs } from "./unfinished.ts";

/** More than this is looked at as a whole: another branch was checked out, and the system may have dropped some of it. */
const mostTouched = 500;
/** So long after the last touch everything is looked at once more: what the system did not tell, and what git did. */
const settledMs = 3000;
/** So often everything is looked at while there are directories of which the system tells nothing. */
const unwatchedMs = 5000;
/** What says which other files are sent. */
const rules = /(^|\/)\.(gitignore|gitmodules|igorignore|git)$/;

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
 * file, however large the tree is. Node does not go on for its sake.
 */
export class WatchedFiles implements Disposable {
  readonly #watching: Watching;
  readonly #followed: FollowedDirectories;
  readonly #tree: Map<string, FileState>;
  #isUnwatchedTold = false;
  /** Files that are there and not sent. */
  readonly #leftOut = new Set<string>();
  readonly #unfinished = new Unfinished();
  readonly #linked = new LinkedFiles();
  readonly #dropped: Disposable;
  /** What the last look at everything found, but for its tree. */
  #header: Header;
  /** Of git, as they were before that look. */
  #gitRules: GitRules | undefined;
  readonly #doubts = new Doubts();
  readonly #touches = new Touches(() => this.#lookAtTouched("when-finished"));
  #settled: NodeJS.Timeout | undefined;
  #looking = Promise.resolve();
  #lookingAtAll: Promise<Result<undefined>> = Promise.resolve(ok(undefined));
  #nextAtAll: Promise<Result<undefined>> | undefined;
  /** What was touched since the look at everything began that is under way: it is known better than that look will. */
  #meanwhile = new Set<string>();
  #isOver = false;

  constructor(watching: Watching) {
    this.#watching = watching;
    this.#header = headerOf(watching.scan);
    this.#tree = new Map(watching.scan.tree);
    const { root } = watching.project;
    this.#followed = new FollowedDirectories(root, (path, touch) => this.#touch(path, touch));
    this.#dropped = onMaybeDropped(() => this.#doubt());
    this.#followed.follow(["", ...[...this.#tree.keys()].flatMap(parentsOf)]);
    // What was saved between the scan and the watch.
    this.#settle(0);
  }

  /** As it is known now. */
  get scan(): Scan {
    return { ...this.#header, tree: this.#tree, files: this.#tree.size };
  }

  /** Whether the system tells of every write in the tree, as far as it is known yet. */
  get isTold(): boolean {
    return this.#followed.areTold && this.#linked.areFew;
  }

  /** Somebody says that this file was just written. Paths are absolute. */
  wrote(file: string): void {
    const path = relative(this.#watching.project.root, file);
    if (path !== "" && !/^\.\.(\/|$)/.test(path)) this.#touch(path, "rename");
  }

  /**
   * Resolves when everything is known that was done in the tree before this call, as it is on the disk; a failure is one
   * of a look at everything. The system tells of each change, so that is mostly a look at what was just saved.
   * Undefined where the system does not tell enough for that.
   */
  async caughtUp(): Promise<Result<undefined> | undefined> {
    await toldUntilNow();
    // They may come in a directory that is ignored.
    const missing = [...alwaysSent(this.#watching.project)].filter((path) => !this.#tree.has(path));
    if (missing.length > 0) this.#then(() => this.#lookAt(new Set(missing), "as-it-is"));
    this.#lookAtTouched("as-it-is");
    await this.#looking;
    // What a look that was under way wanted to see finished, and what nobody tells.
    const linked = this.#linked.areFew ? this.#linked.paths : [];
    for (const path of [...this.#unfinished.paths, ...linked]) this.#touches.add(path);
    this.#lookAtTouched("as-it-is");
    await this.#looking;
    if (!this.#doubts.areSettled && this.#doubts.areLookedFor) await this.#lookingAtAll;
    const looked = (await this.#isSettled()) ? ok(undefined) : await this.#lookAtAll();
    if (!looked.ok) return looked;
    return this.isTold && (await this.#isSettled()) && !this.#isOver ? looked : undefined;
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#dropped[Symbol.dispose]();
    this.#touches[Symbol.dispose]();
    clearTimeout(this.#settled);
    this.#followed[Symbol.dispose]();
  }

  #touch(path: string, touch: Touch): void {
    if (this.#isOver || (touch === "change" && this.#leftOut.has(path))) return;
    if (/^(\.git|\.igor\/(host|pull))(\/|$)/.test(path)) return;
    this.#touches.add(path);
    this.#meanwhile.add(path);
  }

  #lookAtTouched(how: "when-finished" | "as-it-is"): void {
    const touched = this.#touches.take();
    if (touched.size === 0) return;
    this.#then(() => this.#lookAt(touched, how));
    this.#settle(settledMs);
  }

  /** Something is not known that only a look at everything tells. */
  #doubt(): void {
    this.#doubts.raise();
    if (!this.#isOver) this.#settle(0);
  }

  /** Whether nothing came up since the last look at everything that another one must settle. */
  async #isSettled(): Promise<boolean> {
    return this.#doubts.areSettled && (await this.#gitRules?.areSame()) === true;
  }

  #settle(afterMs: number): void {
    clearTimeout(this.#settled);
    this.#settled = setTimeout(() => void this.#lookAtAll(), afterMs).unref();
  }

  /**
   * One look at what was saved at a time, in order. It waits for a look at everything, which may take long, only where no
   * other look would do.
   */
  #then(look: () => Promise<void>): void {
    this.#looking = this.#looking.then(() => (this.#isOver ? undefined : look()));
  }

  async #lookAt(touched: ReadonlySet<string>, how: "when-finished" | "as-it-is"): Promise<void> {
    if (await this.#isKnownAt(touched, how)) return;
    this.#doubts.raise();
    await this.#lookAtAll();
  }

  /** Looks at what was touched; whether that tells how it is. */
  async #isKnownAt(
    touched: ReadonlySet<string>,
    how: "when-finished" | "as-it-is",
  ): Promise<boolean> {
    const replaced = this.#followed.dropTouched(touched);
    if (touched.size > mostTouched || [...touched].some((path) => rules.test(path))) return false;
    const { root } = this.#watching.project;
    const paths = new Set([...touched].flatMap((path) => this.#knownAt(path, replaced)));
    const found = readTree(root, touched);
    if (!found.ok) return false;
    const { tree, directories } = found.value;
    // Watched before they are listed: what is made in them in between is not missed.
    for (const directory of directories) await this.#followed.followBelow(directory, this.#listing);
    const unknown = [...tree.keys()].filter((path) => !paths.has(path));
    const listed = await sentAmong(this.#listing, unknown, directories);
    if (listed === undefined) return false;
    for (const path of listed) paths.add(path);
    for (const path of tree.keys()) if (!paths.has(path)) this.#leftOut.add(path);
    const seen = readTree(root, paths);
    if (!seen.ok) return false;
    // Of which file they are another name is not known.
    const areNew = this.#linked.know(paths, seen.value.linked);
    if (how === "when-finished") {
      const again = this.#unfinished.takeFrom(paths, { known: this.#tree, now: seen.value.tree });
      const touch = (): void => again.forEach((path) => this.#touch(path, "change"));
      if (again.length > 0) setTimeout(touch, againMs).unref();
    }
    this.#unfinished.forget(paths);
    this.#know(paths, seen.value.tree);
    return !areNew;
  }

  /** One at a time; whoever asks while one is under way gets the next, as everybody who asks till then. */
  #lookAtAll(): Promise<Result<undefined>> {
    this.#nextAtAll ??= this.#lookingAtAll = this.#lookingAtAll.then(() => {
      this.#nextAtAll = undefined;
      return this.#isOver ? ok(undefined) : this.#readAll();
    });
    return this.#nextAtAll;
  }

  async #readAll(): Promise<Result<undefined>> {
    const { project, rescan, onFailure } = this.#watching;
    clearTimeout(this.#settled);
    const settle = this.#doubts.look();
    this.#meanwhile = new Set();
    this.#leftOut.clear();
    this.#followed.followAgain();
    await this.#followed.followBelow("", this.#listing);
    const gitRules = await findGitRules(project.root, this.#followed.all);
    this.#followed.askWhetherTold();
    // A look at a save may change the tree meanwhile.
    const known = new Map(this.#tree);
    const scanned = await rescan(() => known);
    if (this.#isOver) return ok(undefined);
    this.#lookOnWhereUnwatched();
    if (!scanned.ok) {
      onFailure(scanned.failure);
      return scanned;
    }
    this.#gitRules = gitRules;
    settle();
    const [{ tree, linked = [] }, header] = [scanned.value, headerOf(scanned.value)];
    this.#linked.know(this.#tree.keys(), linked);
    // Other directories are followed then.
    if (header.listedBy !== this.#header.listedBy) this.#doubt();
    this.#header = header;
    for (const path of tree.keys()) this.#leftOut.delete(path);
    const isOlder = (path: string): boolean =>
      this.#meanwhile.has(path) || parentsOf(path).some((above) => this.#meanwhile.has(above));
    const paths = new Set<string>();
    for (const [path, state] of tree)
      if (this.#tree.get(path) !== state && !isOlder(path)) paths.add(path);
    for (const path of this.#tree.keys()) if (!tree.has(path) && !isOlder(path)) paths.add(path);
    this.#know(paths, tree);
    return ok(undefined);
  }

  /** Takes over how these paths look now. */
  #know(paths: ReadonlySet<string>, now: ReadonlyMap<string, FileState>): void {
    for (const path of paths) {
      const state = now.get(path);
      if (state === undefined) this.#tree.delete(path);
      else this.#tree.set(path, state);
    }
    this.#followed.follow([...paths].flatMap(parentsOf));
    if (paths.size > 0 && !this.#isOver) this.#watching.onChanged(paths);
  }

  /** What is known at a touched path: a file, or all files of a directory that may be gone, or be another one. */
  #knownAt(path: string, dropped: ReadonlySet<string>): readonly string[] {
    if (this.#tree.has(path) || alwaysSent(this.#watching.project).has(path)) return [path];
    if (!dropped.has(path)) return [];
    return [...this.#tree.keys()].filter((file) => file.startsWith(`${path}/`));
  }

  #lookOnWhereUnwatched(): void {
    const size = this.#followed.unwatched;
    if (size > 0 && !this.#isUnwatchedTold) this.#watching.onUnwatched(size);
    this.#isUnwatchedTold = size > 0;
    if (size > 0) this.#settle(unwatchedMs);
  }

  get #listing(): Listing {
    return { ...this.#header, project: this.#watching.project };
  }
}
