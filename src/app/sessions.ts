import type { Handoff, Session } from "../model/plan.ts";
import { fail } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { runSession } from "../run/session.ts";
import type { SessionEnd } from "../run/session.ts";
import type { Action, HostEnd, Outcome } from "./action.ts";
import type { Shells } from "./shells.ts";

/**
 * Runs the user's command: on one host with igor's own streams, and then nothing else is told but why it could not be
 * started; on several with a line of output at a time, each with its host.
 */
export async function runSessions(
  { sessions }: Handoff,
  action: Action & { readonly title: string },
  shells: Shells,
): Promise<Outcome> {
  const { emit, now, title } = action;
  const [only] = sessions;
  if (sessions.length === 1 && only !== undefined) {
    const end = endOf(await run(only, action, shells));
    if (end.failure !== undefined) emit({ type: "failed", failure: end.failure, at: now() });
    return { kind: "ended", hosts: new Map([[only.host.host, end]]), passesThrough: true };
  }
  emit({
    type: "plan-started",
    title,
    hosts: sessions.map(({ host }) => host.host),
    at: now(),
  });
  const ends = await Promise.all(
    sessions.map(async (session): Promise<[string, HostEnd]> => {
      const end = endOf(await run(session, action, shells));
      emit({ type: "host-ended", host: session.host.host, ...end, at: now() });
      return [session.host.host, end];
    }),
  );
  emit({ type: "plan-ended", at: now() });
  return { kind: "ended", hosts: new Map(ends), passesThrough: false };

  async function run(
    session: Session,
    { signal }: Action,
    open: Shells,
  ): Promise<Result<SessionEnd>> {
    const connection = await open.connection(session.host);
    if (!connection.ok) return connection;
    const streams = sessions.length === 1 ? "own" : { emit };
    const end = await runSession({
      session,
      connection: connection.value,
      shell: open.open(session.host),
      streams,
      signal,
    });
    // The advice names the group that has no container.
    return !end.ok && end.failure.reason === "no-container"
      ? fail({ ...end.failure, group: action.subject.group.name })
      : end;
  }
}

function endOf(end: Result<SessionEnd>): HostEnd {
  return end.ok ? { exitCode: end.value.exitCode } : { failure: end.failure };
}
