import type { Emit } from "../model/event.ts";
import { ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { planFor } from "../plan/plan-for.ts";
import type { Planned } from "../plan/plan-for.ts";
import type { Action, HostEnd, Outcome } from "./action.ts";
import { executeUntilDone } from "./lanes.ts";
import type { Means } from "./lanes.ts";
import { observe } from "./observe.ts";
import { runSessions } from "./sessions.ts";
import { Shells } from "./shells.ts";

/** Observes, plans and executes. */
export async function act(action: Action): Promise<Result<Outcome>> {
  const { request, subject, emit, now } = action;
  const { hosts } = subject.group;
  await using shells = new Shells((host, because) =>
    emit({ type: "decided", host: host.host, decision: { kind: "retrying", because }, at: now() }),
  );
  // The sessions open while the tree is scanned.
  if (!request.plan) for (const host of hosts) void shells.open(host);
  if (request.kind === "push" && request.watch && !request.plan) {
    const { watch } = await import("./watch.ts");
    return await watch({ ...action, shells });
  }
  const observed = await observe({ ...action, shells });
  if (!observed.ok) return observed;
  const { observeHost, laptop } = observed.value;
  const facts = await Promise.all(hosts.map((host) => observeHost(host, [])));
  const planned = planFor(request, subject, {
    hosts: facts.flatMap((fact) => (fact.ok ? [fact.value] : [])),
    laptop,
  });
  if (request.plan) return ok({ kind: "plan", plan: planned.plan });
  const { handoff, title } = planned.plan;
  const means = { action, observed: observed.value, shells };
  if (handoff !== undefined)
    return ok(
      await runSessions(handoff, { action, title, shells, pushes: pushesOf(planned, means) }),
    );
  emit({
    type: "plan-started",
    title: planned.plan.title,
    hosts: hosts.map(({ host }) => host),
    ...(planned.plan.asks === true ? { asks: true } : {}),
    at: now(),
  });
  const ended = await executeUntilDone(planned, means);
  emit({ type: "plan-ended", at: now() });
  return ok({ kind: "ended", hosts: ended, passesThrough: false });
}

/** Pushes to each host by itself, which tells only what the user must know: the screen is the command's. */
function pushesOf(planned: Planned, means: Means): ReadonlyMap<string, Promise<HostEnd>> {
  const emit: Emit = (event) => {
    if (event.type === "decided") means.action.emit(event);
  };
  const action = { ...means.action, emit };
  return new Map(
    planned.plan.lanes.map((lane) => {
      const { host } = lane.host;
      const alone = { ...planned, plan: { ...planned.plan, lanes: [lane] } };
      const ends = executeUntilDone(alone, { ...means, action });
      return [host, ends.then((ended) => ended.get(host) ?? {})];
    }),
  );
}
