import type { StatusFinding } from "./finding-status.ts";

/**
 * Something that is on a host, as data: the answer to a request that only asks. Ages are milliseconds by the host's own
 * clock, so that a laptop with another time tells the same.
 */
export type Finding =
  | FoundContainer
  | FoundImage
  | FoundSession
  | FoundProcess
  | FoundGpu
  | FoundJob
  | FoundLeftover
  | StatusFinding;

/** The container of the project and group that was asked for. */
export interface FoundContainer {
  readonly kind: "container";
  readonly name: string;
  readonly group: string;
  readonly state: "running" | "paused" | "stopped" | "missing";
  /** How long it is in that state, in the engine's words, e.g. `3 hours`. */
  readonly since?: string;
  /** The name of its image, or its id when another one has the name now. */
  readonly image?: string;
  /** As the engine tells them, e.g. `127.0.0.1:5556->5556/tcp`. */
  readonly ports: readonly string[];
}

/** An image of the project. */
export interface FoundImage {
  readonly kind: "image";
  /** e.g. `dino-toy:igor` */
  readonly name: string;
  /** Its first letters, as the engine shows them. */
  readonly id: string;
  readonly bytes?: number;
  readonly ageMs?: number;
}

/** What an igor started in the container, with everything that came of it. */
export interface FoundSession {
  readonly kind: "session";
  readonly id: string;
  /** `unknown`: begun by an igor that left no note. */
  readonly verb: "exec" | "repl" | "dap" | "unknown";
  /** The laptop and the user there, e.g. `kim@falcon`. */
  readonly from?: string;
  /** `ending`: it was told to; `abandoned`: nothing on the host attends to it any more. */
  readonly state: "running" | "waiting" | "ending" | "abandoned";
  readonly ageMs?: number;
  readonly kept?: FoundKept;
}

/** A REPL that outlives those who use it. */
export interface FoundKept {
  /** The laptops and the users there that are attached now, e.g. `kim@falcon`. */
  readonly attached: readonly string[];
  /** Since when nobody is. */
  readonly aloneMs?: number;
}

/** A process in the container. */
export interface FoundProcess {
  readonly kind: "process";
  /** In the container. */
  readonly pid: number;
  /** The session that it belongs to; none: the container's own. */
  readonly session?: string;
  readonly user: string;
  readonly ageMs: number;
  readonly memoryBytes: number;
  readonly gpuBytes?: number;
  /** Its words, as it shows them itself. */
  readonly command: string;
}

/** A GPU of the host, whoever uses it. */
export interface FoundGpu {
  readonly kind: "gpu";
  readonly index: number;
  readonly name: string;
  readonly usedBytes: number;
  readonly totalBytes: number;
}

/** A build or setup on the host. */
export interface FoundJob {
  readonly kind: "job";
  readonly id: string;
  readonly verb: "build" | "setup";
  readonly group: string;
  /** `lost`: it was killed before it had a result; `elsewhere`: on another host that has the directory, too. */
  readonly state: "running" | "ended" | "lost" | "elsewhere";
  readonly exitCode?: number;
  readonly ageMs?: number;
  /** Its log on the host. */
  readonly log: string;
}

/** Something of igor's that nobody needs any more, or that stayed behind when igor or the host went down. */
export interface FoundLeftover {
  readonly kind: "leftover";
  readonly what: "container" | "image" | "session" | "stage";
  readonly name: string;
  readonly because:
    | "never-started"
    | "replaced"
    | "dead"
    | "nameless"
    /** It is of another group, or of a name that the configuration has no more. */
    | "other-group"
    | "abandoned";
  /** The group, of a container. */
  readonly group?: string;
}
