import type { Emit } from "../model/event.ts";
import { ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import type { HostFacts } from "../plan/facts.ts";
import { planFor } from "../plan/plan-for.ts";
import type { Planned } from "../plan/plan-for.ts";
import { waitNote } from "../run/wait-note.ts";
import type { Action, HostEnd, Outcome } from "./action.ts";
import { bringsContainer, mayBegin } from "./before-setup.ts";
import { executeEach, executeUntilDone } from "./lanes.ts";
import type { Means } from "./lanes.ts";
import { observe } from "./observe.ts";
import { runSessions } from "./sessions.ts";
import { Shells } from "./shells.ts";
import type { ShellsTold } from "./shells.ts";
import { refuseProcessOfMany, stopOnHosts } from "./stop.ts";

/** Observes, plans and executes. */
export async function act(action: Action): Promise<Result<Outcome>> {
  const { request, subject, emit, signal, now } = action;
  const { hosts } = subject.group;
  if (request.kind === "stop") {
    const refused = refuseProcessOfMany(request, subject.group);
    if (!refused.ok) return refused;
  }
  if (bringsContainer(request) && !request.plan) {
    const begins = await mayBegin(action);
    if (!begins.ok) return begins;
  }
  const told: ShellsTold = {
    retry: ({ host }, because) =>
      emit({ type: "decided", host, decision: { kind: "retrying", because }, at: now() }),
    otherKey: ({ host }, keyAt) => {
      const where = keyAt === undefined ? {} : { keyAt };
      emit({ type: "decided", host, decision: { kind: "other-host-key", ...where }, at: now() });
    },
    wait: ({ host }, note) => emit(waitNote(host, note, now())),
  };
  using shells = new Shells(action.open.shells, told, signal);
  if (request.kind === "pull") {
    const { pull } = await import("./pull.ts");
    return await pull({ ...action, request, shells });
  }
  // The sessions open while the tree is scanned.
  if (!request.plan) for (const host of hosts) void shells.open(host);
  if (request.kind === "push" && request.watch && !request.plan) {
    const { watch } = await import("./watch.ts");
    return await watch({ ...action, shells });
  }
  const observed = await observe({ ...action, shells, tree: action.open.tree });
  if (!observed.ok) return observed;
  const { observeHost, laptop } = observed.value;
  const seen = await Promise.all(hosts.map((host) => observeHost(host, [])));
  const facts = seen.flatMap((host) => (host.ok ? [host.value] : []));
  const planned = planFor(request, subject, { hosts: facts, laptop });
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
  const ended = await carryOut(facts, planned, means);
  emit({ type: "plan-ended", at: now() });
  return ok({ kind: "ended", hosts: ended, passesThrough: false });
}

function carryOut(
  facts: readonly HostFacts[],
  planned: Planned,
  means: Means,
): Promise<ReadonlyMap<string, HostEnd>> {
  const { request } = means.action;
  switch (request.kind) {
    case "status":
      return tellStatus(facts, planned, means);
    case "stop":
      return stopOnHosts(planned, means, request);
    default:
      return executeUntilDone(planned, means);
  }
}

/** What the hosts tell, and beside it what the laptop knows of them. */
async function tellStatus(
  facts: readonly HostFacts[],
  planned: Planned,
  means: Means,
): Promise<ReadonlyMap<string, HostEnd>> {
  const { tellOfHosts } = await import("./status.ts");
  const beside = tellOfHosts(facts, means);
  const ends = await executeUntilDone(planned, means);
  await beside;
  return ends;
}

/** Pushes to each host by itself, which tells only what the user must know: the screen is the command's. */
function pushesOf(planned: Planned, means: Means): ReadonlyMap<string, Promise<HostEnd>> {
  const emit: Emit = (event) => {
    if (event.type === "decided") means.action.emit(event);
  };
  return executeEach(planned, { ...means, action: { ...means.action, emit } });
}
