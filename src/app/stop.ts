import type { Emit, Event } from "../model/event.ts";
import type { HostGroup } from "../model/project.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import type { Planned } from "../plan/plan-for.ts";
import type { RequestOf } from "../request/commands.ts";
import { usageFailure } from "../request/parse.ts";
import type { UsageFailure } from "../request/parse.ts";
import { endSharing } from "../run/end-sharing.ts";
import type { HostEnd } from "./action.ts";
import { endInGroup } from "./end-in-group.ts";
import { executeUntilDone } from "./lanes.ts";
import type { Means } from "./lanes.ts";

/** The number of a process means another one on each host; ids of sessions are longer. */
export function refuseProcessOfMany(
  { ids }: RequestOf<"stop">,
  { hosts }: HostGroup,
): Result<undefined, UsageFailure> {
  const given = ids.find((id) => /^\d{1,7}$/.test(id));
  if (given === undefined || hosts.length === 1) return ok(undefined);
  return fail(
    usageFailure(["stop"], {
      kind: "process-without-host",
      given,
      hosts: hosts.map(({ host }) => host),
    }),
  );
}

/** Ends what was asked for. An id that no host knows is a failure of each: their ends are told when all have answered. */
export async function stopOnHosts(
  planned: Planned,
  means: Means,
  { ids, all, areListed }: RequestOf<"stop">,
): Promise<ReadonlyMap<string, HostEnd>> {
  const { action } = means;
  const missing: string[] = [];
  const held: Extract<Event, { type: "host-ended" }>[] = [];
  const emit: Emit = (event) => {
    if (event.type === "decided" && event.decision.kind === "not-here")
      missing.push(event.decision.id);
    if (event.type === "host-ended") held.push(event);
    else action.emit(event);
  };
  await executeUntilDone(planned, { ...means, action: { ...action, emit } });
  if (all) await closeConnections(means);
  const unknown = areListed
    ? undefined
    : ids.find((id) => missing.filter((one) => one === id).length === held.length);
  return new Map(
    held.map((event): [string, HostEnd] => {
      const { host } = event;
      const failure =
        event.failure ??
        (unknown === undefined
          ? undefined
          : ({ reason: "unknown-id", id: unknown, host, lastWords: [] } as const));
      const end = failure === undefined ? {} : endInGroup({ failure }, action);
      action.emit({ ...event, ...end });
      return [host, end];
    }),
  );
}

/**
 * Ends igor's own shared connections to the hosts, which would stay for ten minutes. One that another igor uses stays
 * open, and one of the user's own configuration is the user's.
 */
async function closeConnections({ action, shells }: Means): Promise<void> {
  const { subject, emit, now } = action;
  await shells.close();
  for (const host of subject.group.hosts) {
    const connection = await shells.connection(host);
    if (!connection.ok) continue;
    const end = await endSharing(connection.value);
    if (end === "not-ours") continue;
    const kind = end === "closed" ? "connection-closed" : "connection-kept";
    emit({ type: "decided", host: host.host, decision: { kind }, at: now() });
  }
}
