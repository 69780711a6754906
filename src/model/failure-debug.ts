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
