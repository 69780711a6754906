import type {
  DebugArgumentsFailure,
  DebugFileFailure,
  DebuggerFailure,
} from "../model/failure-debug.ts";
import type { HostFailure } from "../model/failure.ts";
import { unreachable } from "../model/unreachable.ts";
import { mistakesText } from "./failure-text-config.ts";
import type { FailureText } from "./failure-text.ts";

/** The words for what a configuration of a debugger says. */
export function debugArgumentsText({ problem }: DebugArgumentsFailure): FailureText {
  switch (problem.kind) {
    case "not-one-program":
      return {
        headline:
          problem.given.length === 0
            ? "the configuration of the debugger does not say what to run"
            : `the configuration of the debugger names more than one thing to run: ${problem.given.join(", ")}`,
        details: [],
        hint: 'give it one of "program" (a file of the project), "module" and "code"',
      };
    case "outside-project":
      return {
        headline: `${problem.path} is not in the project, and so not in the container`,
        where: problem.root,
        details: [],
        hint: "debug a file of the project; a path of the container may stand there, too",
      };
    case "no-port":
      return {
        headline: "nothing says which program to attach to",
        where: problem.file,
        details: [],
        hint: 'give the configuration of the debugger "processId", or "connect": {"port": N}, or set debug_port in .igor/config.json',
      };
    case "no-program":
      return {
        headline:
          problem.file === ""
            ? "there is no file in this window to be debugged"
            : `${problem.file} is no Python file`,
        details: [],
        hint: "begin in one, or name a module: `:IgorDebug module NAME`; `:IgorDebug last` debugs again what was debugged last",
      };
    case "nothing-before":
      return {
        headline: "nothing was debugged in this project since Neovim began",
        details: [],
        hint: "`:IgorDebug` in a Python file debugs that",
      };
    case "wrong-type":
      return {
        headline: `the configuration of the debugger has something else than ${problem.wants} as ${JSON.stringify(problem.key)}`,
        details: [],
        hint: "correct it there",
      };
    default:
      return unreachable(problem);
  }
}

/** The words for a file with configurations of debuggers. */
export function debugFileText(failure: DebugFileFailure): FailureText {
  const { file: where } = failure;
  switch (failure.reason) {
    case "debug-file-invalid":
      return mistakesText(failure, {
        what: "the file of the debugger's configurations",
        hint: "correct it, and run the same command again; it was not touched",
      });
    case "debug-file-unreadable":
      return {
        headline: "the file of the debugger's configurations cannot be read",
        where,
        details: [failure.detail],
        hint: "it must be a file that you may read, or not be there",
      };
    case "debug-file-unwritable":
      return {
        headline: "the file of the debugger's configurations cannot be written",
        where,
        details: [failure.detail],
        hint: "check who owns it and its directory, and whether the disk is full; what was there is still there",
      };
    case "debug-file-stale":
      return {
        headline: failure.isMissing
          ? "the file of the debugger's configurations is missing"
          : "the file of the debugger's configurations is not up to date",
        where,
        details: [],
        hint: `\`igor ${failure.verb.join(" ")}\` writes it`,
      };
    default:
      return unreachable(failure);
  }
}

type OfDebugger = Extract<HostFailure, { reason: DebuggerFailure["reason"] }>;

/** The words for a debugger that does not begin. */
export function debuggerText(failure: OfDebugger): FailureText {
  const { host, lastWords: details } = failure;
  if (failure.reason === "nobody-listens")
    return {
      headline: `${host}: no program in the container waits for a debugger at port ${failure.port}`,
      details,
      hint: `a program waits after \`debugpy.listen(${failure.port})\` and \`debugpy.wait_for_client()\``,
    };
  const { python } = failure;
  switch (failure.cause) {
    case "not-found":
      return {
        headline: `${host}: the container has no ${python}`,
        details,
        hint: "install Python in the image, or say with the key python how it is called there",
      };
    case "too-old":
      return {
        headline: `${host}: ${python} in the container is too old to be debugged: 3.7 is needed`,
        details,
        hint: "name a newer one with the key python",
      };
    case "no-debugpy":
      return {
        headline: `${host}: the container has no debugpy, and igor could not bring it`,
        details,
        hint: "add debugpy to what the image installs",
      };
    case "no-place":
      return {
        headline: `${host}: there is no place in the container where debugpy could be put`,
        details,
        hint: "add debugpy to what the image installs",
      };
    case "adapter":
      return {
        headline: `${host}: debugpy did not start in the container`,
        details,
        hint: `\`igor docker exec ${python} -m debugpy --version\` must work`,
      };
    case "adapter-gone":
      return {
        headline: `${host}: the debugger in the container has ended`,
        details,
        hint: "begin again",
      };
    default:
      return unreachable(failure.cause);
  }
}
