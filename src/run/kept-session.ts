import type { Decision } from "../model/event.ts";
import type { Failure } from "../model/failure.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { readOutcome } from "../remote/exec.ts";
import type { KeptSession } from "../remote/repl.ts";
import type { Connection } from "../remote/ssh.ts";
import { attach } from "./attach.ts";
import type { AttachEnd } from "./attach.ts";
import { comeBack } from "./come-back.ts";
import type { HostShell } from "./host-shell.ts";
import type { SessionEnd } from "./session.ts";
import { aborted, hasSocket } from "./session-way.ts";
import { Sitting } from "./sitting.ts";

/** Whoever is cut off so soon again waits, too. */
const soonMs = 1000;
/** How often a REPL that never answered is tried. */
const mostTries = 3;

/** A REPL that is to be kept, and the way to it. */
export interface KeptRequest {
  readonly session: KeptSession;
  readonly connection: Connection;
  /** Opened at the same time; it tells when the link dies. */
  readonly shell: Promise<Result<HostShell>>;
  /** Opens another one when it has. */
  readonly reconnect: () => Promise<Result<HostShell>>;
  readonly tell: (decision: Decision) => void;
  /** The user goes; the REPL stays. */
  readonly signal: AbortSignal;
}

/** Why a REPL cannot be kept: then it has to be run as any other command. */
export type NotKept = Extract<Decision, { kind: "repl-not-kept" }>["because"];

/**
 * Attaches the user to the REPL of a container, which is started where none runs, and again whenever the link is lost,
 * until the REPL ends or the user goes. Two round trips to its first word, and a login where there is no connection yet.
 */
export async function runKept(request: KeptRequest): Promise<Result<SessionEnd> | NotKept> {
  await using sitting = new Sitting(() => request.tell({ kind: "connected-again" }));
  const end = await sit(request, sitting);
  const hadRepl = sitting.seen !== undefined;
  await sitting[Symbol.asyncDispose]();
  const { host } = request.session.host;
  switch (end.kind) {
    case "ended":
      if (end.because === "oom") return ok({ exitCode: end.exitCode, outOfMemory: true });
      if (end.because !== undefined) return refusal(request, end.because);
      return ok({ exitCode: end.exitCode });
    case "stopped":
      return fail({ reason: "repl-ended", cause: causeOf(end.by), host, lastWords: [] });
    case "refused":
      if (end.why === "no-python" || end.why === "no-place" || end.why === "no-place-of-host")
        return end.why;
      if (end.why === "gone")
        return fail({ reason: "repl-ended", cause: "gone", host, lastWords: [] });
      return refusal(request, [end.why, ...end.lastWords].join("\n"));
    case "failed":
      return fail(end.failure);
    case "cut":
      return fail({ reason: "unreachable", cause: "closed", host, lastWords: end.lastWords });
    case "left":
    case "cancelled":
      if (!hadRepl) return fail({ reason: "cancelled" });
      request.tell({ kind: "repl-left" });
      return ok({ exitCode: 0 });
  }
}

function causeOf(word: string): Extract<Failure, { reason: "repl-ended" }>["cause"] {
  return word === "expired" || word === "replaced" || word === "gone" ? word : "stopped";
}

function refusal({ session }: KeptRequest, answer: string): Result<never> {
  const outcome = readOutcome(answer, session);
  if (outcome.kind === "not-started") return fail(outcome.failure);
  return fail({
    reason: "step-failed",
    step: "repl",
    exitCode: undefined,
    host: session.host.host,
    lastWords: [answer],
  });
}

/** Attaches as often as it takes. */
async function sit(request: KeptRequest, sitting: Sitting): Promise<AttachEnd> {
  const { signal, session } = request;
  let { shell, connection } = request;
  let { login } = connection;
  let tries = 0;
  // Without a shared connection yet, the host shell makes it; a second login beside it would only be slower.
  if (!hasSocket(connection)) {
    const opened = await Promise.race([shell, aborted(signal)]);
    if (opened === "aborted") return { kind: "cancelled" };
    if (!opened.ok) return { kind: "failed", failure: opened.failure };
    ({ connection, login } = opened.value);
  }
  for (;;) {
    const began = Date.now();
    const end = await attach({ session, connection, login, shell, signal }, sitting);
    if (end.kind !== "cut") return end;
    tries = Date.now() - began < soonMs ? tries + 1 : 0;
    if (sitting.seen === undefined && tries >= mostTries) return end;
    const over = new AbortController();
    const opened = await Promise.race([
      comeBack({
        shell,
        reconnect: request.reconnect,
        signal: AbortSignal.any([signal, over.signal]),
        tries,
        onLost: sitting.seen === undefined ? undefined : () => lost(request, sitting),
      }),
      sitting.left,
      aborted(signal),
    ]);
    over.abort();
    if (opened === "left") return { kind: "left" };
    if (opened === "aborted") return { kind: "cancelled" };
    if (!opened.ok) return { kind: "failed", failure: opened.failure };
    shell = Promise.resolve(opened);
    ({ connection, login } = opened.value);
  }
}

/** The user hears that the link is lost. */
async function lost({ tell }: KeptRequest, sitting: Sitting): Promise<void> {
  await sitting.cut();
  tell({ kind: "repl-cut" });
}
