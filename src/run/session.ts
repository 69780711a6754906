import { existsSync } from "node:fs";
import type { Emit } from "../model/event.ts";
import type { Failure } from "../model/failure.ts";
import type { Session } from "../model/plan.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { execCommand, guardInputs, outcomeInputs, readOutcome } from "../remote/exec.ts";
import type { Outcome } from "../remote/exec.ts";
import { sessionArgv } from "../remote/ssh.ts";
import type { Connection } from "../remote/ssh.ts";
import type { HostShell } from "./host-shell.ts";
import { tellLines } from "./session-lines.ts";
import { startProcess } from "./spawn.ts";
import type { Ended, Running } from "./spawn.ts";
import { within } from "./within.ts";

/** How long an orderly end may take before igor leaves the rest to the far side, which goes on by itself. */
const orderlyEndMs = 6000;
/** How long the last words of a command that has ended may be on their way. */
const lastWordsMs = 1000;

/** One command in the container of one host, and what it is connected to. */
export interface SessionRequest {
  readonly session: Session;
  readonly connection: Connection;
  /** Opened at the same time; it carries the guard, and tells when the link dies. */
  readonly shell: Promise<Result<HostShell>>;
  /** igor's own streams for one host; for several, lines as `output` events and nothing on stdin. */
  readonly streams: "own" | { readonly emit: Emit };
  /** Ends the session in order: nothing of it is left in the container. The reason may be the name of a signal. */
  readonly signal: AbortSignal;
}

/** How the user's command ended. */
export interface SessionEnd {
  readonly exitCode: number;
}

/**
 * Runs a command in the container with raw streams, in a session of its own on the shared connection: two round trips.
 * Beside it a guard runs through the host shell, so that whatever way this ends, the far side ends everything that the
 * command started. Nothing waits for the guard. `cancelled` is the failure when `signal` ended it.
 */
export async function runSession(request: SessionRequest): Promise<Result<SessionEnd>> {
  const command = execCommand(request.session);
  if (!command.ok) return command;
  if (request.signal.aborted) return fail({ reason: "cancelled" });
  // Without a shared connection yet, the host shell makes it; a second login beside it would only be slower.
  if (!isShared(request.connection)) {
    const opened = await Promise.race([request.shell, aborted(request.signal)]);
    if (opened === "aborted") return fail({ reason: "cancelled" });
    if (!opened.ok) return opened;
    const second = await attend(request, start(request, opened.value.connection, command.value));
    return second === "never-began" ? fail(closed(request, [])) : second;
  }
  const first = await attend(request, start(request, request.connection, command.value));
  if (first !== "never-began") return first;
  // The shared connection was dead and the host shell has made another: nothing ran, so nothing runs twice.
  const opened = await request.shell;
  if (!opened.ok) return opened;
  const second = await attend(request, start(request, opened.value.connection, command.value));
  return second === "never-began" ? fail(closed(request, [])) : second;
}

/** Whether another session can be opened without a login. A dead one counts too: the host shell finds that out. */
function isShared({ controlPath, settings }: Connection): boolean {
  const path = controlPath ?? settings.controlPath;
  return path !== undefined && path !== "none" && existsSync(path);
}

/**
 * e.g. `ssh -o LogLevel=ERROR -o ControlMaster=no -tt ... -- apollo 'exec /bin/sh -c ...'`: ssh's own notes would stand in
 * the command's stderr, and a session that became the shared connection would outlive its terminal.
 */
function start(
  { session, streams }: SessionRequest,
  connection: Connection,
  command: string,
): Running {
  const { host } = session.host;
  if (streams !== "own")
    streams.emit({ type: "step-started", host, step: "running", at: Date.now() });
  const [ssh, ...options] = sessionArgv(connection, command, session.tty ? "tty" : "no-tty");
  return startProcess([ssh, "-o", "LogLevel=ERROR", "-o", "ControlMaster=no", ...options], {
    streams:
      streams === "own"
        ? { stdin: "inherit", stdout: "inherit", stderr: "inherit" }
        : { stdin: "ignore", stdout: "pipe", stderr: "pipe" },
    // A terminal's ssh must hear of its size; any other outlives Ctrl-C, to bring the command's last words.
    ...(session.tty ? {} : { apart: true }),
  });
}

/** Stays with a session until it ends, the link dies, or the user wants it to end. */
async function attend(
  request: SessionRequest,
  child: Running,
): Promise<Result<SessionEnd> | "never-began"> {
  const { session, signal } = request;
  const flush =
    request.streams === "own"
      ? () => undefined
      : tellLines(child, session.host.host, request.streams.emit);
  const standDown = new AbortController();
  const lost = guardLost(request, standDown.signal);
  const first = await Promise.race([child.ended, lost, aborted(signal)]);
  if (first === "aborted") return cancel(request, child, flush);
  if ("lost" in first) {
    await close(session, child);
    flush();
    return fail(first.lost);
  }
  flush();
  if (first.missing) {
    return fail({
      reason: "not-installed",
      program: "ssh",
      where: "laptop",
      host: session.host.host,
      lastWords: [],
    });
  }
  const end = await endOf(request, first);
  // Ctrl-C may have reached ssh before us.
  if (signal.aborted && (end === "never-began" || !end.ok)) return cancel(request, child, flush);
  standDown.abort();
  return end;
}

/** Ends a session that the user does not want any more; what the command says to that still comes through. */
async function cancel(
  request: SessionRequest,
  child: Running,
  flush: () => void,
): Promise<Result<never>> {
  const { shell, signal } = request;
  await endEverything(request, signal.reason === "SIGINT" ? "INT" : "TERM");
  // What could not be told to end has no last words.
  await within(lastWordsMs, async () => (await shell).ok && child.ended);
  await close(request.session, child);
  flush();
  return fail({ reason: "cancelled" });
}

/** What ssh's exit code means; the host is asked only where the code alone does not say. */
async function endOf(
  request: SessionRequest,
  ended: Ended,
): Promise<Result<SessionEnd> | "never-began"> {
  const { session, shell } = request;
  // A startup file that ends every session gives an exit code too: the command is only known to have run when the host
  // shell runs. It was opened first, so this costs nothing.
  const opened = await shell;
  if (!opened.ok) return opened;
  if (ended.exitCode !== undefined && ended.exitCode !== 125 && ended.exitCode !== 255) {
    return ok({ exitCode: ended.exitCode });
  }
  const asked = await opened.value.run({ program: "outcome", inputs: outcomeInputs(session) });
  if (!asked.ok) return asked;
  const outcome = readOutcome(asked.value.stdout.toString("utf8"), session);
  if (outcome.kind === "unknown")
    return ended.exitCode === 255 ? "never-began" : fail(closed(request, []));
  return resultOf(request, outcome);
}

async function resultOf(
  request: SessionRequest,
  outcome: Exclude<Outcome, { kind: "unknown" }>,
): Promise<Result<SessionEnd>> {
  switch (outcome.kind) {
    case "ended":
      return ok({ exitCode: outcome.exitCode });
    case "not-started":
      return fail(outcome.failure);
    case "running":
      // ssh itself was ended: its terminal is gone, and so must be what ran in it.
      await endEverything(request, "TERM");
      return fail({
        reason: "unreachable",
        cause: "link-died",
        host: request.session.host.host,
        lastWords: ["ssh ended before the command did"],
      });
  }
}

/** Resolves only when the guard cannot stand any more because the link is lost, or never could. */
function guardLost(
  { session, shell }: SessionRequest,
  standDown: AbortSignal,
): Promise<{ readonly lost: Failure }> {
  return new Promise((resolve) => {
    const stand = async (): Promise<void> => {
      const opened = await shell;
      if (standDown.aborted) return;
      const guard = opened.ok
        ? await opened.value.run(
            { program: "guard", inputs: guardInputs(session) },
            { signal: standDown },
          )
        : opened;
      if (!guard.ok) resolve({ lost: guard.failure });
    };
    void stand();
  });
}

/** Ends all that the session started, and waits for it within reason; the far side goes on without us. */
async function endEverything(
  { session, shell }: SessionRequest,
  signal: "INT" | "TERM",
): Promise<void> {
  const first = session.tty ? "HUP" : signal;
  await within(orderlyEndMs, async () => {
    const opened = await shell;
    if (opened.ok)
      await opened.value.run({ program: "guard", inputs: guardInputs(session, first) });
  });
}

/** Ends ssh; the terminal is as it was before, also when ssh could not see to it. */
async function close(session: Session, child: Running): Promise<void> {
  child.end("SIGTERM");
  const ended = await child.ended;
  if (session.tty && ended.signal !== undefined) {
    await startProcess(["stty", "sane"], {
      streams: { stdin: "inherit", stdout: "ignore", stderr: "ignore" },
    }).ended;
  }
}

function closed({ session }: SessionRequest, lastWords: readonly string[]): Failure {
  return { reason: "unreachable", cause: "closed", host: session.host.host, lastWords };
}

function aborted(signal: AbortSignal): Promise<"aborted"> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve("aborted");
    else signal.addEventListener("abort", () => resolve("aborted"), { once: true });
  });
}
