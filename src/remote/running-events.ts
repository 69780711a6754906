import type { Decision } from "../model/event.ts";
import type { Failure } from "../model/failure.ts";
import { jobAgeMs } from "./found-project.ts";
import { decodeWord } from "./frame.ts";
import type { Where } from "./read-failure.ts";
import { textOfWord } from "./words.ts";

/** Reads the events of stop and logs that tell a decision; undefined for all others. */
export function parseRunningDecision(words: readonly string[]): Decision | undefined {
  const [kind, first = "", second = ""] = words;
  switch (kind) {
    case "nothing-to-stop":
    case "no-log":
      return { kind };
    case "not-here":
      return { kind, id: textOfWord(first) };
    case "stopped":
      return stoppedOf(first === "session" ? "session" : "process", second, words.slice(3));
    case "log-of":
      return logOf(words.slice(1));
    default:
      return undefined;
  }
}

/** `PID AGE COMMAND`, with `-` for what is not known */
function stoppedOf(
  what: "session" | "process",
  id: string,
  [pid = "-", age, command]: readonly string[],
): Decision {
  if (pid === "-") return { kind: "stopped", what, id };
  return {
    kind: "stopped",
    what,
    id,
    pid: Number(pid),
    ageMs: Math.max(0, Number(age)) * 1000,
    command: decodeWord(command).trim(),
  };
}

/** `ID VERB STATE RC NONCE NOW` */
function logOf([job = "", verb, state, rc = "-", , now]: readonly string[]): Decision {
  const ageMs = jobAgeMs(job, Number(now));
  return {
    kind: "log-of",
    job,
    verb: verb === "build" ? "build" : "setup",
    state: state === "running" || state === "ended" || state === "elsewhere" ? state : "lost",
    ...(/^\d+$/.test(rc) ? { exitCode: Number(rc) } : {}),
    ...(ageMs === undefined ? {} : { ageMs }),
  };
}

/** Reads `failed REASON WORDS` of stop; undefined for the reasons of other programs. */
export function parseStopFailure(
  [reason, ...words]: readonly string[],
  where: Where,
): Failure | undefined {
  const [first = "", second] = words;
  switch (reason) {
    case "unknown-id":
      return { reason, id: textOfWord(first), ...where };
    case "ambiguous-id":
      return { reason, id: textOfWord(first), ids: decodeWord(second).split("\n"), ...where };
    case "still-running":
      return { reason, ids: words, ...where };
    case "container-paused": {
      const engine = first === "podman" ? "podman" : "docker";
      const container = second ?? "";
      return { reason: "no-container", engine, container, state: "paused", ...where };
    }
    default:
      return undefined;
  }
}
