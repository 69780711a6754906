import type { Emit } from "../model/event.ts";
import type { Session } from "../model/plan.ts";
import { beginMarkText } from "../remote/begin-mark.ts";
import { commandFor } from "../remote/boot.ts";
import type { LoginShell } from "../remote/boot.ts";
import { sessionArgv } from "../remote/ssh.ts";
import type { Connection } from "../remote/ssh.ts";
import { isInNeovim } from "./raw-terminal.ts";
import { passOn, talk, tellLines } from "./session-lines.ts";
import type { Talk } from "./session-lines.ts";
import { startProcess } from "./spawn.ts";
import type { Running } from "./spawn.ts";

/** A session to be begun. */
export interface SessionStart {
  readonly session: Session;
  /** The program for the host. */
  readonly text: string;
  /**
   * igor's own streams for one host; for several, lines as `output` events and nothing on stdin; or those of a program
   * that talks with the command.
   */
  readonly streams: "own" | { readonly emit: Emit } | Talk;
}

/** A session, and what waits until everything that it said has been passed on. */
export interface Started {
  readonly child: Running;
  readonly flush: () => Promise<void>;
}

/**
 * e.g. `ssh -o LogLevel=ERROR -o ControlMaster=no -tt ... -- apollo 'exec /bin/sh -c ...'`: ssh's own notes would stand in
 * the command's stderr, and a session that became the shared connection would outlive its terminal.
 */
export function startSession(
  { session, streams, text }: SessionStart,
  connection: Connection,
  login: LoginShell,
): Started {
  const { host } = session.host;
  if (streams !== "own" && "emit" in streams)
    streams.emit({ type: "step-started", host, step: "running", at: Date.now() });
  // What startup files print would stand before what the command says; a terminal is used to that.
  const isMarked = streams !== "own" || (login.prints && !session.tty);
  const mark = `igor-${session.inputs["in_session"] ?? ""}`;
  const marks = isMarked ? `echo ${mark}\necho ${mark} >&2\n` : "";
  const begin = session.tty && isInNeovim() ? beginMarkText : "";
  const command = commandFor(login, marks + begin + text);
  const [ssh, ...options] = sessionArgv(connection, command, session.tty ? "tty" : "no-tty");
  const output = isMarked ? "pipe" : "inherit";
  const child = startProcess([ssh, "-o", "LogLevel=ERROR", "-o", "ControlMaster=no", ...options], {
    streams: { stdin: stdinOf(streams), stdout: output, stderr: output },
    // A terminal's ssh must hear of its size; any other outlives Ctrl-C, to bring the command's last words.
    ...(session.tty ? {} : { apart: true }),
  });
  if (streams !== "own" && "emit" in streams)
    return { child, flush: tellLines(child, { host, mark, ...streams }) };
  if (streams !== "own") return { child, flush: talk(child, mark, streams) };
  return { child, flush: isMarked ? passOn(child, mark) : () => Promise.resolve() };
}

function stdinOf(streams: SessionStart["streams"]): "inherit" | "ignore" | "pipe" {
  if (streams === "own") return "inherit";
  return "emit" in streams ? "ignore" : "pipe";
}
