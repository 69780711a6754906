import type { Failure, HostFailure } from "../model/failure.ts";
import { unreachable } from "../model/unreachable.ts";
import { configText } from "./failure-text-config.ts";
import { debugArgumentsText, debugFileText, debuggerText } from "./failure-text-debug.ts";
import { engineText } from "./failure-text-engine.ts";
import { laptopText } from "./failure-text-laptop.ts";
import { linkText } from "./failure-text-link.ts";
import { pullFailureText } from "./failure-text-pull.ts";
import { stopText } from "./failure-text-stop.ts";
import { targetText } from "./failure-text-target.ts";
import { ofGroup } from "./of-group.ts";
import { printable, printableLines } from "./printable.ts";

/** What a user reads about a failure: plain words, without control sequences, each string one line. */
export interface FailureText {
  /** What happened; names the host if it is about one. */
  readonly headline: string;
  /** Where to look: a file with line and column, a directory or log on the host, a step. */
  readonly where?: string;
  /** The tool's own last words, or what the sentence needs to be understood. */
  readonly details: readonly string[];
  /** What to do, with the command to type where there is one. */
  readonly hint?: string;
}

/** The words for a failure. All texts are here and in the files beside this one, one per family. */
export function failureText(failure: Failure): FailureText {
  const text = textOf(failure);
  const hint =
    "host" in failure && text.hint !== undefined ? ofHost(text.hint, failure) : text.hint;
  return {
    headline: printable(text.headline),
    ...(text.where === undefined ? {} : { where: printable(text.where) }),
    details: printableLines(text.details),
    ...(hint === undefined ? {} : { hint: printable(hint) }),
  };
}

function ofHost(hint: string, { group = "", isNamed, host }: HostFailure): string {
  return ofGroup(hint, group, isNamed === true ? host : undefined);
}

/** What happened, beside the name of the host, which it leaves out. */
export function headlineAt(failure: Failure, host: string): string {
  const { headline } = failureText(failure);
  const name = `${printable(host)}: `;
  return headline.startsWith(name) ? headline.slice(name.length) : headline;
}

function textOf(failure: Failure): FailureText {
  if ("host" in failure) return hostText(failure);
  if (failure.reason === "cancelled") return { headline: "cancelled", details: [] };
  switch (failure.reason) {
    case "unreadable-file":
    case "laptop-tool-failed":
    case "state-unwritable":
    case "no-socket-directory":
    case "no-terminal":
    case "directory-gone":
    case "output-unwritable":
    case "bug":
    case "dockerfile-missing":
    case "rebuild-file-missing":
    case "cannot-write-here":
    case "link-in-the-way-here":
    case "nothing-to-ask-for":
    case "outside-project":
      return laptopText(failure);
    case "debug-arguments":
      return debugArgumentsText(failure);
    case "debug-file-invalid":
    case "debug-file-unreadable":
    case "debug-file-unwritable":
    case "debug-file-stale":
      return debugFileText(failure);
    default:
      return configText(failure);
  }
}

function hostText(failure: HostFailure): FailureText {
  switch (failure.reason) {
    case "unreachable":
    case "login-refused":
    case "login-failed":
    case "login-not-kept":
    case "ssh-misconfigured":
    case "shell-refused":
      return linkText(failure);
    case "target-refused":
    case "symlink-in-the-way":
    case "locked":
    case "disk-full":
    case "not-writable":
      return targetText(failure);
    case "engine-unavailable":
    case "job-lost":
    case "job-stopped":
    case "job-out-of-reach":
    case "build-failed":
    case "no-container":
    case "no-directory":
    case "repl-ended":
    case "container-in-use":
    case "container-foreign":
    case "container-not-started":
      return engineText(failure);
    case "not-all-pulled":
    case "nothing-matches":
      return pullFailureText(failure);
    case "unknown-id":
    case "ambiguous-id":
    case "still-running":
      return stopText(failure);
    case "debugger-failed":
    case "nobody-listens":
      return debuggerText(failure);
    case "not-installed":
      return failure.where === "laptop"
        ? {
            headline: `${failure.program} is not installed on this machine`,
            details: failure.lastWords,
            hint: `install it with your package manager, e.g. \`sudo apt-get install ${packageOf(failure.program)}\``,
          }
        : {
            headline: `${failure.host}: ${failure.program} is not installed there`,
            details: failure.lastWords,
            hint: `install it on ${failure.host}, or make it visible in the PATH of a non-interactive login there (\`ssh ${failure.host} 'command -v ${failure.program}'\` must print it)`,
          };
    case "step-failed":
      return {
        headline: `${failure.host}: ${failure.step} failed${failure.exitCode === undefined ? "" : ` (exit code ${failure.exitCode})`}`,
        where: `${failure.host}, step ${failure.step}`,
        details: failure.lastWords,
        hint: "the same command with --verbose shows all that is run and printed",
      };
    case "command-failed":
      return {
        headline: `${failure.host}: the command ended with exit code ${failure.exitCode}${exitCodeMeaning(failure.exitCode)}`,
        details: failure.lastWords,
      };
    default:
      return unreachable(failure);
  }
}

function packageOf(program: string): string {
  return program === "ssh" ? "openssh-client" : program;
}

function exitCodeMeaning(exitCode: number): string {
  if (exitCode === 126) return ": it could not be executed";
  if (exitCode === 127) return ": it was not found";
  if (exitCode === 137) return ": it was killed, perhaps for lack of memory";
  if (exitCode === 139) return ": it crashed (segmentation fault)";
  return "";
}
