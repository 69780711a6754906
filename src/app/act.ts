import type { Decision } from "../model/event.ts";
import type { PendingPush } from "../model/manifest.ts";
import type { Host } from "../model/project.ts";
import { ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import type { HostFacts } from "../plan/facts.ts";
import { planFor } from "../plan/plan-for.ts";
import type { Planned } from "../plan/plan-for.ts";
import { execute } from "../run/execute.ts";
import type { LaneReport } from "../run/execute.ts";
import type { LaneAnswer, Tools } from "../run/step.ts";
import type { Action, HostEnd, Outcome } from "./action.ts";
import { observe } from "./observe.ts";
import type { Observation } from "./observe.ts";
import { fileSource } from "./scan.ts";
import { runSessions } from "./sessions.ts";
import { Shells } from "./shells.ts";

/** How often a lane is planned again after an answer of its host, and how often after a link that died. */
const mostAnswers = 3;
const mostRetries = 1;

/** Observes, plans and executes. */
export async function act(action: Action): Promise<Result<Outcome>> {
  const { request, subject, emit, now } = action;
  const { hosts } = subject.group;
  await using shells = new Shells((host, because) =>
    emit({ type: "decided", host: host.host, decision: { kind: "retrying", because }, at: now() }),
  );
  // The sessions open while the tree is scanned.
  if (!request.plan) for (const host of hosts) void shells.open(host);
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

interface Means {
  readonly action: Action;
  readonly observed: Observation;
  readonly shells: Shells;
}

/** Plans lanes again whose host answered, or whose link died, until each host is done or has failed. */
async function executeUntilDone(
  first: Planned,
  means: Means,
): Promise<ReadonlyMap<string, HostEnd>> {
  const { action, observed, shells } = means;
  const { request, subject, emit, signal, now } = action;
  const ends = new Map<string, HostEnd>();
  const answers = new Map<string, readonly LaneAnswer[]>();
  const retries = new Map<string, number>();
  for (let planned = first; ;) {
    const reports = await execute(planned.plan, toolsFor(planned, means), { emit, signal });
    const again: HostFacts[] = [];
    for (const { host, outcome } of reports) {
      const said = answers.get(host.host) ?? [];
      const tries = retries.get(host.host) ?? 0;
      if (outcome.ok && outcome.value.kind !== "done" && said.length < mostAnswers) {
        answers.set(host.host, [...said, outcome.value]);
        const facts = await observed.observeHost(host, [...said, outcome.value]);
        const decision = reconcilingOf(outcome.value, facts);
        if (decision !== undefined) emit({ type: "decided", host: host.host, decision, at: now() });
        again.push(facts);
      } else if (canRetry(outcome) && tries < mostRetries && !signal.aborted) {
        retries.set(host.host, tries + 1);
        emit({
          type: "decided",
          host: host.host,
          decision: { kind: "retrying", because: "the connection was lost" },
          at: now(),
        });
        await shells.forget(host);
        again.push(await observed.observeHost(host, []));
      } else {
        const end = endOf(host, outcome);
        ends.set(host.host, end);
        emit({ type: "host-ended", host: host.host, ...end, at: now() });
      }
    }
    if (again.length === 0) return ends;
    planned = planFor(request, subject, { hosts: again, laptop: observed.laptop });
  }
}

/** Why all files are compared, where they are: the host holds a generation that igor does not know from here. */
function reconcilingOf(answer: LaneAnswer, { push }: HostFacts): Decision | undefined {
  if (answer.kind !== "reconcile" || push === undefined) return undefined;
  const { generation } = answer.reconcile;
  const { manifest } = push;
  const known = [manifest.generation, ...manifest.pending.map((pending) => pending.generation)];
  if (known.includes(generation)) return undefined;
  return { kind: "reconciling", because: generation === "-" ? "first-push" : "unknown-generation" };
}

function toolsFor(planned: Planned, { action, observed, shells }: Means): Tools {
  const { subject, now } = action;
  return {
    connect: (host) => shells.open(host),
    reconnect: async (host) => {
      await shells.forget(host);
      return shells.open(host);
    },
    source: fileSource(subject.project, observed.scanned?.tree ?? new Map(), now),
    aboutToSend: (host, generation, changed) => {
      const pending = planned.pending.get(host.host);
      if (pending?.generation !== generation)
        throw new Error(`generation ${generation} was never planned for ${host.host}`);
      observed.stores.get(host.host)?.addPending(corrected(pending, changed));
    },
    confirmed: (host, generation) => observed.stores.get(host.host)?.confirm(generation),
    now,
  };
}

/** What was read is noted, not what was planned. A file that is gone was not sent: what the host has of it stays known. */
function corrected(
  pending: PendingPush,
  changed: ReadonlyMap<string, string | undefined>,
): PendingPush {
  if (changed.size === 0) return pending;
  const changes = new Map(pending.changes);
  for (const [path, state] of changed) {
    if (state === undefined) changes.delete(path);
    else changes.set(path, state);
  }
  return { ...pending, changes };
}

/** Pushing again does no harm; a link that was never there is not tried twice. */
function canRetry(outcome: LaneReport["outcome"]): boolean {
  return (
    !outcome.ok &&
    outcome.failure.reason === "unreachable" &&
    ["link-died", "closed"].includes(outcome.failure.cause)
  );
}

/** A host that answers again and again is one whose directory others keep changing. */
function endOf({ host }: Host, outcome: LaneReport["outcome"]): HostEnd {
  if (!outcome.ok) return { failure: outcome.failure };
  if (outcome.value.kind === "done") return {};
  return {
    failure: {
      reason: "locked",
      holder: "others who push there at the same time",
      host,
      lastWords: [],
    },
  };
}
