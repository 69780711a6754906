import type { Decision } from "../model/event.ts";
import { unreachable } from "../model/unreachable.ts";
import { ageText } from "./amount-text.ts";
import { printable } from "./printable.ts";
import { shortId } from "./short-id.ts";
import { clip } from "./text-width.ts";

/** More of a command line says less, in columns. */
const longestCommand = 60;

/** Decisions of the verbs about what runs. */
export type RunningDecision = Extract<
  Decision,
  {
    kind:
      | "stopped"
      | "not-here"
      | "nothing-to-stop"
      | "connection-closed"
      | "connection-kept"
      | "log-of"
      | "no-log"
      | "repl-cut"
      | "repl-left"
      | "repl-not-kept";
  }
>;

/** e.g. `stopped python train.py (pid 812, session 3f9a21c0, 2 h 3 min)` */
export function runningClause(decision: RunningDecision, host: string): string {
  switch (decision.kind) {
    case "stopped":
      return stoppedText(decision);
    case "not-here":
      return `there is no ${decision.id} on ${host}`;
    case "nothing-to-stop":
      return "nothing to stop";
    case "connection-closed":
      return "connection closed";
    case "connection-kept":
      return "the connection stays open: another igor uses it";
    case "log-of":
      return `log of the ${decision.verb} ${decision.job}, ${logEndText(decision)}`;
    case "no-log":
      return `there is no log of a build on ${host}: \`igor docker setup\` makes one`;
    case "repl-cut":
      return "the connection is lost; the REPL goes on there, and igor tries to come back to it (Ctrl-C leaves)";
    case "repl-left":
      return "the REPL goes on there: the same command comes back to it, `igor stop` ends it";
    case "repl-not-kept":
      return `this REPL ends with igor or with the connection: ${notKeptText(decision.because, host)}`;
    default:
      return unreachable(decision);
  }
}

function notKeptText(
  because: Extract<RunningDecision, { kind: "repl-not-kept" }>["because"],
  host: string,
): string {
  switch (because) {
    case "no-python":
      return `neither the container nor ${host} has Python 3.7 or later, which would keep it`;
    case "no-place":
      return `neither /tmp nor /dev/shm of the container can be written to, and ${host} has no Python 3.7 or later, which would keep it`;
    case "no-place-of-host":
      return `the container cannot keep it, and neither /tmp nor /dev/shm of ${host} can be used`;
    default:
      return unreachable(because);
  }
}

function stoppedText({
  what,
  id,
  pid,
  ageMs,
  command,
}: Extract<RunningDecision, { kind: "stopped" }>): string {
  if (command === undefined) return `stopped the session ${shortId(id)}, in which nothing ran`;
  const facts = [
    ...(pid === undefined ? [] : [`pid ${pid}`]),
    ...(what === "session" ? [`session ${shortId(id)}`] : []),
    ...(ageMs === undefined ? [] : [ageText(ageMs)]),
  ];
  return `stopped ${clip(printable(command), longestCommand)} (${facts.join(", ")})`;
}

function logEndText({
  state,
  exitCode,
  ageMs,
}: Extract<RunningDecision, { kind: "log-of" }>): string {
  const ago = ageMs === undefined ? "" : ` ${ageText(ageMs)} ago`;
  switch (state) {
    case "running":
      return ageMs === undefined ? "which runs" : `which runs for ${ageText(ageMs)}`;
    case "elsewhere":
      return `begun${ago} on another host that has the directory, too`;
    case "lost":
      return `begun${ago}, which was killed`;
    case "ended":
      return `begun${ago}, which ${endText(exitCode)}`;
    default:
      return unreachable(state);
  }
}

/** 143 is what a job ends with that is told to end. */
function endText(exitCode: number | undefined): string {
  if (exitCode === 0) return "went well";
  if (exitCode === 143) return "was stopped";
  return `failed (exit code ${exitCode ?? "unknown"})`;
}
