import type { Manifest } from "../model/manifest.ts";
import type { Project } from "../model/project.ts";
import { ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { directoryId, repositoryId } from "../project/identity.ts";
import { ManifestStore } from "../project/manifest-store.ts";
import { stateDir } from "../project/state-dir.ts";
import { manyFiles, scan } from "./scan.ts";
import type { Scan } from "./scan.ts";
import { WatchedFiles } from "./watched-files.ts";

/** A moment in the life of a known tree: the number of its changes till then. */
export type Moment = number;

/** That a host held, as this generation, what the tree was at some moment. */
interface Held {
  readonly generation: string;
  readonly at: Moment;
}

/** The files of a checkout, known from a watch, and what of them hosts may not have yet. */
export class KnownTree implements Disposable {
  readonly #files: WatchedFiles;
  readonly #root: string;
  readonly #rootId: string;
  #now: Moment = 0;
  /** When each path last changed. */
  readonly #changedAt = new Map<string, Moment>();
  /** By the names of the manifests. */
  readonly #held = new Map<string, Held>();
  readonly #stores = new Map<string, ManifestStore>();

  /** The files look most likely as they were last pushed to the first of these destinations. */
  constructor(project: Project, [destination]: readonly string[], now: () => number) {
    this.#root = project.root;
    const known = destination === undefined ? new Map() : this.storeOf(destination).load().tree;
    this.#rootId = directoryId(project.root);
    const listedBy = repositoryId(project.root) === "" ? "walk" : "git";
    this.#files = new WatchedFiles({
      project,
      scan: { tree: known, files: known.size, listedBy, commit: "-", source: "" },
      rescan: (tree) =>
        scan({
          project,
          named: [],
          known: tree,
          inThread: tree().size > manyFiles ? "all" : "nothing",
          ready: Promise.resolve(),
          now,
        }),
      onChanged: (paths) => {
        this.#now += 1;
        for (const path of paths) this.#changedAt.set(path, this.#now);
      },
      onFailure: () => undefined,
      onUnwatched: () => this.#files[Symbol.dispose](),
    });
  }

  /** Whether another directory stands there now. */
  get isElsewhere(): boolean {
    return directoryId(this.#root) !== this.#rootId;
  }

  get moment(): Moment {
    return this.#now;
  }

  /** The tree with all that was done in it before this call; undefined where only a look at everything tells that. */
  async look(): Promise<Result<Scan> | undefined> {
    const caughtUp = await this.#files.caughtUp();
    // To watch such a tree is of no use.
    if (!this.#files.isTold) this.#files[Symbol.dispose]();
    return caughtUp?.ok === true ? ok(this.#files.scan) : caughtUp;
  }

  /** The manifest of a destination, which is not read again as a whole. */
  storeOf(destination: string): ManifestStore {
    const store =
      this.#stores.get(destination) ?? new ManifestStore(stateDir(this.#root), destination);
    this.#stores.set(destination, store);
    return store;
  }

  /** The editor says that it wrote this file. */
  wrote(file: string): void {
    this.#files.wrote(file);
  }

  /**
   * The only paths in which the tree can differ from what a host was last sent; undefined when that is not known: another
   * igor has pushed there, or an attempt was not confirmed.
   */
  touchedSince(store: ManifestStore, { generation, pending }: Manifest): Set<string> | undefined {
    const held = this.#held.get(store.name);
    if (held === undefined || held.generation !== generation || pending.length > 0)
      return undefined;
    const touched = [...this.#changedAt].filter(([, at]) => at > held.at);
    return new Set(touched.map(([path]) => path));
  }

  /** A host holds what the tree was then. */
  holds(store: ManifestStore, held: Held): void {
    this.#held.set(store.name, held);
  }

  [Symbol.dispose](): void {
    this.#files[Symbol.dispose]();
  }
}
