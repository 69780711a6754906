import type { BuildReason, ContainerReason } from "./event.ts";

/** How things stand on a host: the answers of `igor status`. Ages are milliseconds by the host's own clock. */
export type StatusFinding =
  | FoundLink
  | FoundTree
  | FoundPending
  | FoundImageState
  | FoundContainerState
  | FoundEngineState
  | FoundTask
  | FoundRepl
  | FoundDisk
  | FoundTimings;

/** The way to a host that answers. */
export interface FoundLink {
  readonly kind: "link";
  /** Whose shared connection is used: igor's own, that of the user's ssh configuration, or none that stays. */
  readonly shared: "igor" | "user" | "none";
  readonly roundTripMs: number;
}

/** The project's directory on the host. */
export interface FoundTree {
  readonly kind: "tree";
  /**
   * `known`: it holds what was pushed from here last; `other`: what was pushed from elsewhere; `unsure`: the host was
   * started anew since; `empty`: nothing was pushed; `unmarked`: files that igor did not put there; `other-project`,
   * `other-owner`: a push would be refused.
   */
  readonly state:
    | "known"
    | "other"
    | "unsure"
    | "empty"
    | "missing"
    | "unmarked"
    | "other-project"
    | "other-owner";
  /** Since what was pushed last. */
  readonly ageMs?: number;
  /** The laptop and directory that pushed there, e.g. `dino@falcon:/home/dino/mnist (3f2a9c01)`. */
  readonly source?: string;
  /** The project or the owner that it has instead. */
  readonly found?: string;
  /** Files in `.igor/host/conflicts/`. */
  readonly keptAside: number;
}

/** What a push would bring now, as far as is known here. */
export interface FoundPending {
  readonly kind: "pending";
  /** The host group that was asked for, so that advice can name it. */
  readonly group: string;
  /** Files of the project. */
  readonly files: number;
  readonly send: number;
  readonly bytes: number;
  readonly delete: number;
  /** Nothing was ever pushed from here. */
  readonly isFirst: boolean;
}

/** The image of the project. */
export interface FoundImageState {
  readonly kind: "image-state";
  readonly name: string;
  /** Why `igor docker build` would build it; undefined where it is up to date. */
  readonly because?: BuildReason | { readonly kind: "unknown" };
  readonly ageMs?: number;
}

/** The container of the project and group. */
export interface FoundContainerState {
  readonly kind: "container-state";
  readonly name: string;
  readonly state: "running" | "paused" | "stopped" | "missing" | "foreign";
  /** Why `igor docker setup` would make, start or replace it; undefined where it would be kept. */
  readonly because?: ContainerReason;
  /** How long it runs, or does not run any more. */
  readonly sinceMs?: number;
}

/** The container engine, where it does not answer. */
export interface FoundEngineState {
  readonly kind: "engine-state";
  readonly engine: "docker" | "podman";
  readonly cause: "missing" | "no-rights" | "stopped" | "not-answering" | "other";
}

/** A build or setup that runs. */
export interface FoundTask {
  readonly kind: "task";
  readonly id: string;
  readonly verb: "build" | "setup";
  readonly group: string;
  readonly ageMs: number;
}

/** A REPL that outlives those who use it. */
export interface FoundRepl {
  readonly kind: "repl";
  readonly id: string;
  readonly ageMs: number;
  /** The laptops and the users there that are attached now, e.g. `kim@falcon`. */
  readonly attached: readonly string[];
  /** Since when nobody is. */
  readonly aloneMs?: number;
}

/** The file system of the project's directory. */
export interface FoundDisk {
  readonly kind: "disk";
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** How long the last actions took that went well there, from the journals of this laptop. */
export interface FoundTimings {
  readonly kind: "timings";
  readonly last: readonly {
    readonly verb: "push" | "setup" | "exec";
    readonly tookMs: number;
    readonly agoMs: number;
  }[];
}
