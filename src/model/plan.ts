import type { WithoutRsync } from "./event.ts";
import type { Host } from "./project.ts";

/** The remote programs of igor, by the name of what they do on the host. */
export type ProgramName =
  | "push"
  | "pull"
  | "build"
  | "setup"
  | "clean"
  | "follow"
  | "job-cancel"
  | "exec"
  | "repl"
  | "release"
  | "guard"
  | "outcome"
  | "status"
  | "doctor"
  | "ps"
  | "logs"
  | "stop";

/** What may be on the host where a path is to be replaced or deleted: the states igor itself may have left there. */
export type Expected =
  | { readonly kind: "file"; readonly size: string; readonly mtime: string }
  | { readonly kind: "symlink"; readonly target: string };

/**
 * One change of the tree on the host.
 * `replace` creates the path or replaces it whole; `delete` removes it;
 * `unblock` is a deletion that must come first because the path gets another type (e.g. the file `a` becomes `a/b`).
 */
export interface Change {
  readonly kind: "replace" | "delete" | "unblock";
  readonly path: string;
  readonly expected: readonly Expected[];
}

/** What travels with a frame: the changes, and the files whose bytes are read when the step is executed. */
export interface Payload {
  readonly changes: readonly Change[];
  /** Paths of the `replace` changes whose content is in the frame; empty when rsync or tar staged them before. */
  readonly send: readonly string[];
}

/**
 * A tree that may hold files already. A file of the same size and time is taken for the same only where a manifest says
 * that igor left it so; else `contents` are compared. What an earlier attempt of the same push brought becomes a file of
 * this one by a `link`.
 */
export interface CompareWith {
  readonly tree: string;
  readonly by: "contents" | "size-and-time" | "link";
}

/** One action on one host. Steps name files; the executor reads the bytes. */
export type Step =
  | {
      /** A remote program, run in one round trip through the open host shell. */
      readonly kind: "frame";
      readonly title: string;
      readonly program: ProgramName;
      readonly inputs: Readonly<Record<string, string>>;
      readonly payload?: Payload;
      /** Confirms this generation when the program ends well. */
      readonly confirms?: string;
      /** How many files the project has, for "nothing to push". */
      readonly files?: number;
    }
  | {
      /** Many files on their way into the stage. */
      readonly kind: "transfer";
      readonly title: string;
      readonly tool: "rsync" | "tar";
      /** Why it is not rsync, which sends less. */
      readonly because?: WithoutRsync;
      readonly files: readonly string[];
      /** Directory on the host that receives the files: absolute, or `~/...`. */
      readonly into: string;
      /** Tree on the host whose identical files need not travel (rsync only). */
      readonly compareWith?: CompareWith;
    }
  | {
      /** A job that a frame of this lane started or found running, streamed until it ends. */
      readonly kind: "follow";
      readonly title: string;
      /**
       * Nothing but its log is wanted, as what the user asked for: to its end, or what there is now. How the job ends is
       * then no failure of the plan.
       */
      readonly log?: "to-the-end" | "so-far";
      /** The session, by its id, that waits for what the job brings. */
      readonly releases?: string;
    };

/** The steps of one host, in order. The lanes of a plan run side by side. */
export interface Lane {
  readonly host: Host;
  readonly steps: readonly Step[];
}

/** A command with the user's own streams at the end of a plan. */
export interface Session {
  readonly host: Host;
  readonly container: string;
  readonly words: readonly string[];
  readonly inputs: Readonly<Record<string, string>>;
  readonly tty: boolean;
  /** It outlives igor; undefined for what ends with it. */
  readonly keep?: Keep;
}

/** How a REPL is kept in its container. */
export interface Keep {
  /** The same for whoever means the same REPL: letters and digits. */
  readonly key: string;
  /** The Python of the configuration, which holds it. */
  readonly python: string;
  /** It ends when nobody was attached for so long. */
  readonly expiresAfterSeconds: number;
  /** The one that runs is ended first. */
  readonly isNew: boolean;
}

/** What the user gets at the end of a plan: the bytes of remote commands. */
export interface Handoff {
  readonly kind: "exec" | "repl" | "dap";
  readonly sessions: readonly Session[];
}

/** What will be done, complete before it starts. It survives `JSON.parse(JSON.stringify(plan))`. */
export interface Plan {
  readonly version: 1;
  readonly title: string;
  /** Nothing is done: what is found is the result. */
  readonly asks?: true;
  readonly lanes: readonly Lane[];
  readonly handoff?: Handoff;
}
