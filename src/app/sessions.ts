import type { Handoff, Session } from "../model/plan.ts";
import type { Decision } from "../model/event.ts";
import type { Result } from "../model/result.ts";
import { runSession } from "../run/session.ts";
import type { SessionEnd, SessionRequest } from "../run/session.ts";
import type { Action, HostEnd, Outcome } from "./action.ts";
import { endInGroup } from "./end-in-group.ts";
import type { Shells } from "./shells.ts";

/** What sessions are run with. */
export interface SessionMeans {
  readonly action: Action;
  readonly title: string;
  readonly shells: Shells;
  /** How the push ended that the command of a host waits for; nothing for a host whose command waits for none. */
  readonly pushes: ReadonlyMap<string, Promise<HostEnd>>;
}

/**
 * Runs the user's command: on one host with igor's own streams, and then nothing else is told but why it did not
 * start, or was ended; on several, and for programs that read events, with a line of output at a time, each with its host.
 */
export async function runSessions({ sessions }: Handoff, means: SessionMeans): Promise<Outcome> {
  const { title, action } = means;
  const { emit, now, request } = action;
  const [only] = sessions;
  const passesThrough = sessions.length === 1;
  const tellsLines = request.kind === "exec" && request.json;
  if (passesThrough && !tellsLines && only !== undefined) {
    const end = await run(only, { ...means, streams: action.talk ?? "own" });
    // A reader that has left knows it.
    const isUnread = action.signal.reason instanceof Error;
    if (end.failure !== undefined && !isUnread)
      emit({ type: "failed", failure: end.failure, at: now() });
    return { kind: "ended", hosts: new Map([[only.host.host, end]]), passesThrough };
  }
  emit({
    type: "plan-started",
    title,
    hosts: sessions.map(({ host }) => host.host),
    at: now(),
  });
  const ends = await Promise.all(
    sessions.map(async (session): Promise<[string, HostEnd]> => {
      const end = await run(session, { ...means, streams: { emit } });
      emit({ type: "host-ended", host: session.host.host, ...end, at: now() });
      return [session.host.host, end];
    }),
  );
  emit({ type: "plan-ended", at: now() });
  return { kind: "ended", hosts: new Map(ends), passesThrough };
}

/** A REPL that cannot be kept is a command as any other. */
async function begin(
  session: Session,
  {
    action,
    shells,
    ...way
  }: Pick<SessionMeans, "action" | "shells"> &
    Pick<SessionRequest, "streams" | "connection" | "signal">,
): Promise<Result<SessionEnd>> {
  const { host, keep } = session;
  const shell = shells.open(host);
  if (keep === undefined) return runSession({ session, shell, ...way });
  const { runKept } = await import("../run/kept-session.ts");
  const tell = (decision: Decision): void =>
    action.emit({ type: "decided", host: host.host, decision, at: action.now() });
  const end = await runKept({
    session: { ...session, keep },
    shell,
    reconnect: async () => {
      await shells.forget(host);
      return shells.open(host);
    },
    tell,
    ...way,
  });
  if (typeof end !== "string") return end;
  tell({ kind: "repl-not-kept", because: end });
  return runSession({ session, shell, ...way });
}

/** A command whose push fails never begins: its session is ended while it waits. */
async function run(
  session: Session,
  {
    action,
    shells,
    pushes,
    streams,
  }: SessionMeans & { readonly streams: Parameters<typeof runSession>[0]["streams"] },
): Promise<HostEnd> {
  const { signal } = action;
  const end = new AbortController();
  const stop = (): void => end.abort(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  const pushing = pushes.get(session.host.host)?.then((pushed) => {
    if (pushed.failure !== undefined) end.abort();
    return pushed;
  });
  const connection = await shells.connection(session.host);
  const ended = connection.ok
    ? await begin(session, {
        action,
        shells,
        streams,
        connection: connection.value,
        signal: end.signal,
      })
    : connection;
  signal.removeEventListener("abort", stop);
  const pushed = await pushing;
  if (pushed?.failure !== undefined && !signal.aborted) return { failure: pushed.failure };
  if (ended.ok) {
    if (ended.value.outOfMemory === true) {
      const decision = { kind: "out-of-memory" } as const;
      action.emit({ type: "decided", host: session.host.host, decision, at: action.now() });
    }
    return { exitCode: ended.value.exitCode };
  }
  return endInGroup({ failure: ended.failure }, action);
}
