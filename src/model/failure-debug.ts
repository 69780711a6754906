import type { ConfigProblem } from "./failure-config.ts";

/** What a configuration of a debugger says that cannot be done; no host was asked. */
export interface DebugArgumentsFailure {
  readonly reason: "debug-arguments";
  readonly problem:
    | {
        /** None of `program`, `module` and `code`, or more than one of them. */
        readonly kind: "not-one-program";
        readonly given: readonly string[];
      }
    | {
        /** The program is a file here that is not in the project. */
        readonly kind: "outside-project";
        readonly path: string;
        readonly root: string;
      }
    | {
        /** Nothing says where a program waits for a debugger. */
        readonly kind: "no-port";
        readonly file: string;
      }
    | {
        /** The file in the editor is no program of Python, and none is named. */
        readonly kind: "no-program";
        readonly file: string;
      }
    | {
        /** Nothing was debugged here before. */
        readonly kind: "nothing-before";
      }
    | {
        readonly kind: "wrong-type";
        readonly key: string;
        readonly wants: string;
      };
}

/** A place in a file with configurations of debuggers, and what is wrong there. */
export interface DebugFileMistake {
  readonly offset: number;
  readonly length: number;
  /** The key it is about; empty for the file as a whole. */
  readonly key: string;
  /** In one clause without a full stop. */
  readonly message: string;
}

/** Why a file with configurations of debuggers was not brought up to date; it is as it was. */
export type DebugFileFailure =
  | {
      /** It is not what its readers take. */
      readonly reason: "debug-file-invalid";
      readonly file: string;
      /** In the order of the file; never empty. */
      readonly problems: readonly ConfigProblem[];
    }
  | {
      readonly reason: "debug-file-unreadable";
      readonly file: string;
      readonly detail: string;
    }
  | {
      readonly reason: "debug-file-unwritable";
      readonly file: string;
      readonly detail: string;
    }
  | {
      /** It was only looked at, and is not what igor would write. */
      readonly reason: "debug-file-stale";
      readonly file: string;
      readonly isMissing: boolean;
      /** The words that bring it up to date, e.g. `["config", "vimspector"]`. */
      readonly verb: readonly string[];
    };

/** Why Python's debugger does not begin in the container. */
export type DebuggerFailure =
  | {
      readonly reason: "debugger-failed";
      /**
       * `no-debugpy`: not in the image, and igor could not bring it; `no-place`: to put it; `adapter`: it did not start;
       * `adapter-gone`: it ended before it said a word; `not-found`: the container has no such Python.
       */
      readonly cause:
        "not-found" | "too-old" | "no-debugpy" | "no-place" | "adapter" | "adapter-gone";
      readonly python: string;
    }
  | {
      /** No program waits for a debugger there. */
      readonly reason: "nobody-listens";
      readonly port: number;
    };
