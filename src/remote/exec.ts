import { Buffer } from "node:buffer";
import type { Failure } from "../model/failure.ts";
import type { Session } from "../model/plan.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { bootCommand, longestCommand } from "./boot.ts";
import { startedPrograms } from "./exec-parts.ts";
import { compact, programText } from "./programs.ts";
import { quote } from "./quote.ts";

/** What a session is about: where the container is, and where in it the command starts. */
export interface SessionPlace {
  /** Letters and digits, chosen on the laptop, never used twice. */
  readonly id: string;
  /** The project's directory on the host: absolute, or `~/...`. */
  readonly root: string;
  readonly engine: "docker" | "podman";
  readonly container: string;
  /** Where the container has the project, e.g. `/workspace`. */
  readonly workspace: string;
  /** Where the command starts, absolute in the container, e.g. `/workspace/src`. */
  readonly directory: string;
}

/** The user's terminal, as its environment names it. */
export interface Terminal {
  /** e.g. `xterm-256color` */
  readonly term: string | undefined;
  /** e.g. `truecolor` */
  readonly colorTerm: string | undefined;
}

/** How long what is asked to end may take before it is killed. */
const graceSeconds = 5;
/** A session without a guard beside it ends itself after so long. */
const leaseSeconds = 20;

/** The inputs of a session; `terminal` is undefined when the streams are to stay apart, byte by byte. */
export function sessionInputs(place: SessionPlace, terminal?: Terminal): Record<string, string> {
  if (!/^[A-Za-z0-9]+$/.test(place.id)) throw new Error(`not the id of a session: ${place.id}`);
  return {
    in_session: place.id,
    in_root: place.root,
    in_engine: place.engine,
    in_container: place.container,
    in_workspace: place.workspace,
    in_directory: place.directory,
    in_tty: terminal === undefined ? "" : "1",
    in_term: terminal?.term ?? "xterm-256color",
    in_colorterm: terminal?.colorTerm ?? "",
    // A shell at a terminal ignores TERM; a closed terminal says HUP.
    in_signal: terminal === undefined ? "TERM" : "HUP",
    in_grace: String(graceSeconds),
  };
}

/** The program that ssh takes to the host for a session. It fails when the words are longer than sshd lets through. */
export function execText(session: Session): Result<string> {
  const text = programText("exec", {
    ...inputsOf(session),
    in_wrapper: startedPrograms.wrapper.map(compact).join(""),
    in_lease: String(leaseSeconds),
    in_words: session.words.map(quote).join(" "),
  });
  return travelling(session, text);
}

/** A program for a session, if it is not longer than what sshd lets through. */
export function travelling(session: Session, text: string): Result<string> {
  // Unpacked it is on the engine's command line, which the host's kernel limits as sshd limits that of the session.
  const bytes = Math.max(Buffer.byteLength(text), Buffer.byteLength(bootCommand(text)));
  if (bytes <= longestCommand) return ok(text);
  return fail({
    reason: "step-failed",
    step: "exec",
    exitCode: undefined,
    host: session.host.host,
    lastWords: [
      `the command is too long to travel: ${bytes} bytes with its quoting, at most ${longestCommand}`,
    ],
  });
}

/** The inputs of the program `guard`: it stands beside a session, or ends it at once beginning with `first`. */
export function guardInputs(
  session: Session,
  first: "" | "INT" | "TERM" | "HUP" = "",
): Record<string, string> {
  return { ...inputsOf(session), in_first: first };
}

/** The inputs of the program `outcome`, which says how a session ended. */
export function outcomeInputs(session: Session): Record<string, string> {
  return inputsOf(session);
}

function inputsOf(session: Session): Record<string, string> {
  return {
    ...session.inputs,
    in_kill: startedPrograms.kill.map(compact).join(""),
    in_end: startedPrograms.end.map(compact).join(""),
  };
}

/** What the host knows of a session. `unknown`: it never began there; `running`: only ssh went away. */
export type Outcome =
  | { readonly kind: "ended"; readonly exitCode: number; readonly outOfMemory: boolean }
  | { readonly kind: "not-started"; readonly failure: Failure }
  | { readonly kind: "running" }
  | { readonly kind: "unknown" };

/** Reads the answer of the program `outcome`: one line of ours, then the engine's last words. */
export function readOutcome(answer: string, session: Session): Outcome {
  const [line = "", ...rest] = answer.split("\n");
  const lastWords = rest.map((word) => word.trimEnd()).filter((word) => word !== "");
  const where = { host: session.host.host, lastWords };
  const engine = engineOf(session);
  const { container } = session;
  const notStarted = (failure: Failure): Outcome => ({ kind: "not-started", failure });
  const noContainer = (state: "missing" | "stopped" | "paused" | "other-directory"): Outcome =>
    notStarted({ reason: "no-container", engine, container, state, ...where });
  const cause = engineCauses.find((each) => line === `engine-unavailable ${each}`);
  if (cause !== undefined) return notStarted(engineUnavailable(session, cause, lastWords));
  switch (line) {
    case "running":
      return { kind: "running" };
    case "unknown":
      return { kind: "unknown" };
    case "no-container missing":
      return noContainer("missing");
    case "no-container stopped":
      return noContainer("stopped");
    case "no-container other-directory":
      return noContainer("other-directory");
    case "no-container paused":
      return noContainer("paused");
    case "no-directory":
      return notStarted({
        reason: "no-directory",
        container,
        directory: session.inputs["in_directory"] ?? "",
        ...where,
      });
    default: {
      const [verb = "", code = "", because] = line.split(" ");
      if (verb === "rc")
        return { kind: "ended", exitCode: Number(code), outOfMemory: because === "oom" };
      return notStarted({
        reason: "step-failed",
        step: "exec",
        exitCode: Number(code) || undefined,
        ...where,
      });
    }
  }
}

const engineCauses = ["missing", "no-rights", "stopped", "not-answering"] as const;

/** Why no command of a session runs: its engine. */
export function engineUnavailable(
  session: Session,
  cause: (typeof engineCauses)[number],
  lastWords: readonly string[] = [],
): Failure {
  const { host } = session.host;
  return { reason: "engine-unavailable", engine: engineOf(session), cause, host, lastWords };
}

function engineOf({ inputs }: Session): "docker" | "podman" {
  return inputs["in_engine"] === "podman" ? "podman" : "docker";
}
