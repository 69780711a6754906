import type { Failure } from "../model/failure.ts";
import type { Session } from "../model/plan.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import type { LoginShell } from "../remote/boot.ts";
import { execText, outcomeInputs, readOutcome } from "../remote/exec.ts";
import type { Outcome } from "../remote/exec.ts";
import { sshFailed } from "../remote/ssh.ts";
import type { Connection } from "../remote/ssh.ts";
import type { HostShell } from "./host-shell.ts";
import { cutCommand, endEverything, guardLost } from "./session-guard.ts";
import { aborted, hasSocket, overtaken } from "./session-way.ts";
import { startProcess } from "./spawn.ts";
import type { Running } from "./spawn.ts";
import { startSession } from "./start-session.ts";
import type { SessionStart, Started } from "./start-session.ts";
import { within } from "./within.ts";

/** How long the last words of a command that has ended may be on their way. */
const lastWordsMs = 1000;

/** One command in the container of one host, and what it is connected to. */
export interface SessionRequest extends Pick<SessionStart, "session" | "streams"> {
  readonly connection: Connection;
  /** Opened at the same time; it carries the guard, and tells when the link dies. */
  readonly shell: Promise<Result<HostShell>>;
  /** Ends the session in order: nothing of it is left in the container. The reason may be the name of a signal. */
  readonly signal: AbortSignal;
}

/** How the user's command ended. */
export interface SessionEnd {
  readonly exitCode: number;
  /** Linux killed something in the container for want of memory while the command ran, and KILL ended the command. */
  readonly outOfMemory?: true;
}

/**
 * Runs a command in the container with raw streams, in a session of its own on the shared connection: two round trips.
 * Beside it a guard runs through the host shell, so that whatever way this ends, the far side ends everything that the
 * command started. Nothing waits for the guard. `cancelled` is the failure when `signal` ended it.
 */
export async function runSession(request: SessionRequest): Promise<Result<SessionEnd>> {
  const text = execText(request.session);
  if (!text.ok) return text;
  if (request.signal.aborted) return fail({ reason: "cancelled" });
  const standDown = new AbortController();
  const guarded = {
    ...request,
    text: text.value,
    guardLost: guardLost(request, standDown.signal),
  };
  const end = await runGuarded(guarded);
  standDown.abort();
  return end === "never-began" ? fail(closed(request)) : end;
}

/** A session with its guard, which stands over every attempt to begin it. */
interface GuardedSession extends SessionRequest, SessionStart {
  readonly guardLost: Promise<{ readonly lost: Failure }>;
}

async function runGuarded(request: GuardedSession): Promise<Result<SessionEnd> | "never-began"> {
  // Without a shared connection yet, the host shell makes it; a second login beside it would only be slower.
  if (hasSocket(request.connection)) {
    const { connection } = request;
    const first = await attend(request, connection, connection.login);
    if (first !== "never-began") return first;
  }
  // Where the shared connection was dead the host shell has made another: nothing ran, so nothing runs twice.
  const opened = await Promise.race([request.shell, aborted(request.signal)]);
  if (opened === "aborted") return fail({ reason: "cancelled" });
  return opened.ok ? attend(request, opened.value.connection, opened.value.login) : opened;
}

/** Stays with a session until it ends, the link dies, or the user wants it to end. */
async function attend(
  request: GuardedSession,
  connection: Connection,
  login: LoginShell,
): Promise<Result<SessionEnd> | "never-began"> {
  const { session, signal, shell } = request;
  const { child, flush } = startSession(request, connection, login);
  const first = await Promise.race([
    child.ended,
    request.guardLost,
    aborted(signal),
    overtaken(request.shell, connection),
  ]);
  if (first === "aborted") return cancel(request, { child, flush });
  if (first === "overtaken" || "lost" in first) {
    await close(session, child);
    await within(lastWordsMs, flush);
    return first === "overtaken" ? endOf(request, sshFailed) : fail(first.lost);
  }
  await flush();
  if (first.missing) {
    return fail({
      reason: "not-installed",
      program: "ssh",
      where: "laptop",
      host: session.host.host,
      lastWords: [],
    });
  }
  const opened = await shell;
  if (opened.ok && opened.value.login.isRestricted && !login.isRestricted) return "never-began";
  const end = await endOf(request, first.exitCode);
  // Ctrl-C may have reached ssh before us.
  return signal.aborted && (end === "never-began" || !end.ok)
    ? cancel(request, { child, flush })
    : end;
}

/** Ends a session that the user does not want any more; what the command says to that still comes through. */
async function cancel(request: SessionRequest, { child, flush }: Started): Promise<Result<never>> {
  const { shell, signal } = request;
  await endEverything(request, signal.reason === "SIGINT" ? "INT" : "TERM");
  // What could not be told to end has no last words.
  await within(lastWordsMs, async () => (await shell).ok && child.ended);
  await close(request.session, child);
  await within(lastWordsMs, flush);
  return fail({ reason: "cancelled" });
}

/** The exit code of a command that KILL ended; the host may know why. */
const killed = 137;
/** Beside that: ended from outside or never begun; ssh itself failed. */
const saysTooLittle = [125, killed, sshFailed];
/** A host without memory answers late; why a command was killed is not worth a longer wait. */
const soonMs = 5000;

/** What ssh's exit code means; the host is asked only where the code alone does not say. */
async function endOf(
  request: SessionRequest,
  exitCode: number | undefined,
): Promise<Result<SessionEnd> | "never-began"> {
  const { session, shell } = request;
  // A startup file that ends every session gives an exit code too: the command is only known to have run when the host
  // shell runs. It was opened first, so this costs nothing.
  const opened = await shell;
  if (!opened.ok) return opened;
  if (exitCode !== undefined && !saysTooLittle.includes(exitCode)) return ok({ exitCode });
  const ask = async (): Promise<Result<Outcome>> => {
    const asked = await opened.value.run({ program: "outcome", inputs: outcomeInputs(session) });
    if (!asked.ok) return fail(cutCommand(asked.failure));
    return ok(readOutcome(asked.value.stdout.toString("utf8"), session));
  };
  if (exitCode === killed) {
    // Whatever becomes of the question, the exit code is known.
    const told = await within(soonMs, () => Promise.race([ask(), aborted(request.signal)]));
    if (typeof told !== "object" || !told.ok || told.value.kind !== "ended")
      return ok({ exitCode });
    return resultOf(request, told.value);
  }
  const told = await ask();
  if (!told.ok) return told;
  const outcome = told.value;
  if (outcome.kind === "unknown")
    return exitCode === sshFailed ? "never-began" : fail(closed(request));
  return resultOf(request, outcome);
}

async function resultOf(
  request: SessionRequest,
  outcome: Exclude<Outcome, { kind: "unknown" }>,
): Promise<Result<SessionEnd>> {
  switch (outcome.kind) {
    case "ended":
      return ok({
        exitCode: outcome.exitCode,
        ...(outcome.outOfMemory ? { outOfMemory: true } : {}),
      });
    case "not-started":
      return fail(outcome.failure);
    case "running":
      // ssh itself was ended: its terminal is gone, and so must be what ran in it.
      await endEverything(request, "TERM");
      return fail({
        reason: "unreachable",
        cause: "command-cut",
        host: request.session.host.host,
        lastWords: ["ssh ended before the command did"],
      });
  }
}

/** Ends ssh; the terminal is as it was before, also when ssh could not see to it. */
async function close(session: Session, child: Running): Promise<void> {
  child.end("SIGTERM");
  await Promise.race([child.gone, child.ended]);
  // A dead shared connection holds the other ends of these pipes.
  child.stdout?.destroy();
  child.stderr?.destroy();
  const ended = await child.ended;
  if (session.tty && ended.signal !== undefined) {
    await startProcess(["stty", "sane"], {
      streams: { stdin: "inherit", stdout: "ignore", stderr: "ignore" },
    }).ended;
  }
}

function closed({ session }: SessionRequest): Failure {
  return { reason: "unreachable", cause: "closed", host: session.host.host, lastWords: [] };
}
