import type { Host, Project } from "../model/project.ts";
import type { Result } from "../model/result.ts";
import type { Subject } from "../plan/facts.ts";
import { loadProject } from "../project/config-load.ts";
import { inEnvironment } from "../run/environment.ts";
import type { Open, Outcome } from "./action.ts";
import { HostShells } from "./host-shells.ts";
import { igorOver } from "./igor.ts";
import type { Call, Environment } from "./igor.ts";
import { KnownTree } from "./known-tree.ts";
import { destinationOf } from "./observe.ts";
import { selectMeant } from "./select-meant.ts";

export { settledAfterMs } from "../project/walk.ts";

/** What was not used for so long is closed. */
const idleAfterMs = 30 * 60_000;

/** What a workbench goes by. */
export interface WorkbenchOptions {
  /** Milliseconds of the epoch. */
  readonly now: () => number;
  /** Another time than half an hour after which what is not used is closed. */
  readonly idleAfterMs?: number;
}

/** What is opened before it is needed, and what the programs see that open it. */
export interface Opening {
  /** The group that is meant when none is named, if absent. */
  readonly hostGroup?: string | undefined;
  readonly environment: Environment;
}

/** The known files of a checkout. */
interface Place {
  readonly tree: KnownTree;
  /** Of the configuration, and for git of the environment: what says which files are sent. */
  readonly rules: string;
  users: number;
  usedAt: number;
}

/**
 * What stays open while projects are in use: host shells and their connections, and the watched files of each project. It
 * keeps Node from ending only while an action runs.
 */
export class Workbench implements AsyncDisposable {
  readonly #now: () => number;
  readonly #shells: HostShells;
  readonly #places = new Map<string, Place>();
  readonly #idle: NodeJS.Timeout;
  #isOver = false;

  constructor({ now, idleAfterMs: idleMs = idleAfterMs }: WorkbenchOptions) {
    this.#now = now;
    this.#shells = new HostShells(now);
    this.#idle = setInterval(() => this.#closeUnused(now() - idleMs), idleMs / 10).unref();
  }

  /** Does what was asked, as `igor` does it, over what is open; what is not open yet is opened, and stays. */
  async igor(call: Omit<Call, "now">): Promise<Result<Outcome>> {
    let subject: Subject | undefined;
    let place: Place | undefined;
    const openFor = (found: Subject): Open => {
      subject = found;
      place = this.#placeOf(found.project, call.environment);
      if (place !== undefined) place.users += 1;
      return { shells: this.#shells, tree: place?.tree };
    };
    let done: Result<Outcome>;
    try {
      const act = async () => igorOver({ ...call, now: this.#now }, openFor);
      done = await inEnvironment(call.environment, act);
    } finally {
      this.#leftBy(place);
    }
    if (subject !== undefined) this.#watch(subject, call.environment);
    return done;
  }

  /**
   * Opens what an action on a group of hosts will need, before one is asked for: only for a project that is trusted.
   * What fails is told to nobody: the next action meets it itself.
   */
  async open(directory: string, { hostGroup, environment }: Opening): Promise<void> {
    const project = await loadProject(directory);
    const group = project.ok ? selectMeant(project.value, { hostGroup, host: undefined }) : project;
    if (!project.ok || !group.ok || this.#isOver) return;
    const opening = inEnvironment(environment, () =>
      group.value.hosts.map((host) => this.#openShell(host)),
    );
    this.#watch({ project: project.value, group: group.value }, environment);
    await Promise.all(opening);
  }

  /** The editor wrote this file just now: the next action has it, however late the system tells of it. Paths are absolute. */
  wrote(file: string): void {
    for (const { tree } of this.#places.values()) tree.wrote(file);
  }

  /** Ends everything: no process, watch or timer of ours is left. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    clearInterval(this.#idle);
    for (const root of this.#places.keys()) this.#leave(root);
    await this.#shells.end();
  }

  async #openShell(host: Host): Promise<void> {
    const shell = await this.#shells.open(host, {});
    if (shell.ok) this.#shells.release(host, shell.value);
  }

  #leftBy(place: Place | undefined): void {
    if (place === undefined) return;
    place.users -= 1;
    place.usedAt = this.#now();
  }

  /** The files of a project, if they are watched; not those of another directory that stands there now. */
  #placeOf(project: Project, environment: Environment): Place | undefined {
    const place = this.#places.get(project.root);
    if (place === undefined) return undefined;
    if (place.rules === rulesOf(project, environment) && !place.tree.isElsewhere) return place;
    this.#leave(project.root);
    return undefined;
  }

  /** Begins to watch the files of a project, unless they are watched. */
  #watch({ project, group }: Subject, environment: Environment): void {
    if (this.#isOver || this.#placeOf(project, environment) !== undefined) return;
    const destinations = group.hosts.map((host) => destinationOf(host, { project, group }));
    const tree = inEnvironment(environment, () => new KnownTree(project, destinations, this.#now));
    this.#places.set(project.root, {
      tree,
      rules: rulesOf(project, environment),
      users: 0,
      usedAt: this.#now(),
    });
  }

  #leave(root: string): void {
    this.#places.get(root)?.tree[Symbol.dispose]();
    this.#places.delete(root);
  }

  #closeUnused(since: number): void {
    for (const [root, { users, usedAt }] of this.#places)
      if (users === 0 && usedAt < since) this.#leave(root);
    void this.#shells.closeUnused(since);
  }
}

function rulesOf({ sync, image }: Project, environment: Environment): string {
  const ofGit = Object.entries(environment)
    .filter(([name]) => /^(GIT_.*|HOME|XDG_CONFIG_HOME|PATH)$/.test(name))
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([sync, image.dockerfile, image.rebuildFiles, ofGit]);
}
