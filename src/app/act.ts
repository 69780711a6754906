import { ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { planFor } from "../plan/plan-for.ts";
import type { Action, Outcome } from "./action.ts";
import { executeUntilDone } from "./lanes.ts";
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
  const planned = planFor(request, subject, {
    hosts: await Promise.all(hosts.map((host) => observeHost(host, []))),
    laptop,
  });
  if (request.plan) return ok({ kind: "plan", plan: planned.plan });
  if (planned.plan.handoff !== undefined)
    return ok(
      await runSessions(planned.plan.handoff, { ...action, title: planned.plan.title }, shells),
    );
  emit({
    type: "plan-started",
    title: planned.plan.title,
    hosts: hosts.map(({ host }) => host),
    at: now(),
  });
  const ended = await executeUntilDone(planned, { action, observed: observed.value, shells });
  emit({ type: "plan-ended", at: now() });
  return ok({ kind: "ended", hosts: ended, passesThrough: false });
}
