import type { Decision } from "../model/event.ts";
import type { PendingPush } from "../model/manifest.ts";
import type { Host } from "../model/project.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import type { HostFacts, Subject } from "../plan/facts.ts";
import { planFor } from "../plan/plan-for.ts";
import type { Planned } from "../plan/plan-for.ts";
import { stateDir } from "../project/state-dir.ts";
import { systemErrorOf } from "../project/system-error.ts";
import { execute } from "../run/execute.ts";
import type { LaneReport } from "../run/execute.ts";
import type { LaneAnswer, Tools } from "../run/step.ts";
import type { Action, HostEnd } from "./action.ts";
import type { Observation } from "./observe.ts";
import { fileSource } from "./scan.ts";
import type { Shells } from "./shells.ts";

/** How often a lane is planned again after an answer of its host, and how often after a link that died. */
const mostAnswers = 3;
const mostRetries = 1;

/** What lanes are carried out with. */
export interface Means {
  readonly action: Action;
  readonly observed: Omit<Observation, "holdsAll"> & Partial<Pick<Observation, "holdsAll">>;
  readonly shells: Shells;
}

/** Plans lanes again whose host answered, or whose link died, until each host is done or has failed. */
export async function executeUntilDone(
  first: Planned,
  means: Means,
): Promise<ReadonlyMap<string, HostEnd>> {
  const { action, observed } = means;
  const { request, subject, emit, signal, now } = action;
  const ends = new Map<string, HostEnd>();
  const told: Told = { answers: new Map(), retries: new Map() };
  for (let planned = first; ;) {
    const reports = await execute(planned.plan, toolsFor(planned, means), { emit, signal });
    const again: HostFacts[] = [];
    for (const report of reports) {
      const { host, outcome } = report;
      const facts = await observedAgain(report, told, means);
      if (facts?.ok === true) {
        again.push(facts.value);
        continue;
      }
      const pending = planned.pending.get(host.host);
      if (pending !== undefined && changedNothing(outcome))
        void noted(subject, () => observed.stores.get(host.host)?.withdraw(pending.generation));
      const end = facts === undefined ? endOf(host, outcome) : { failure: facts.failure };
      ends.set(host.host, end);
      emit({ type: "host-ended", host: host.host, ...end, at: now() });
      if (end.failure === undefined) observed.holdsAll?.(host, pending?.generation);
    }
    if (again.length === 0) return ends;
    planned = planFor(request, subject, { hosts: again, laptop: observed.laptop });
  }
}

/** What hosts have answered, and how often their links died, by their name. */
interface Told {
  readonly answers: Map<string, readonly LaneAnswer[]>;
  readonly retries: Map<string, number>;
}

/** The facts of a host whose lane is to be planned again; undefined when it is through. */
async function observedAgain(
  { host, outcome }: LaneReport,
  { answers, retries }: Told,
  { action: { emit, signal, now }, observed, shells }: Means,
): Promise<Result<HostFacts> | undefined> {
  const decide = (decision: Decision): void =>
    emit({ type: "decided", host: host.host, decision, at: now() });
  const before = answers.get(host.host) ?? [];
  const tries = retries.get(host.host) ?? 0;
  if (outcome.ok && outcome.value.kind !== "done" && before.length < mostAnswers) {
    const said = [...before, outcome.value];
    answers.set(host.host, said);
    const facts = await observed.observeHost(host, said);
    const decision = facts.ok ? reconcilingOf(outcome.value, facts.value) : undefined;
    if (decision !== undefined) decide(decision);
    return facts;
  }
  if (!canRetry(outcome) || tries >= mostRetries || signal.aborted) return undefined;
  retries.set(host.host, tries + 1);
  decide({ kind: "retrying", because: "the connection was lost" });
  await shells.forget(host);
  return observed.observeHost(host, []);
}

/** Why all files are compared, where they are: the host holds a generation that igor does not know from here. */
function reconcilingOf(answer: LaneAnswer, { push }: HostFacts): Decision | undefined {
  if (answer.kind !== "reconcile" || push === undefined) return undefined;
  const { generation } = answer.reconcile;
  const { manifest } = push;
  const known = [manifest.generation, ...manifest.pending.map((pending) => pending.generation)];
  if (known.includes(generation)) return undefined;
  const isFirst = generation === "-" && manifest.generation === undefined;
  return { kind: "reconciling", because: isFirst ? "first-push" : "unknown-generation" };
}

function toolsFor(planned: Planned, { action, observed, shells }: Means): Tools {
  const { subject, now } = action;
  return {
    connect: (host) => shells.open(host),
    reconnect: async (host) => {
      await shells.forget(host);
      return shells.open(host);
    },
    source: fileSource(subject.project, observed.scanned()?.tree ?? new Map(), now),
    aboutToSend: (host, generation, changed) => {
      const pending = planned.pending.get(host.host);
      if (pending?.generation !== generation)
        throw new Error(`generation ${generation} was never planned for ${host.host}`);
      return noted(subject, () =>
        observed.stores.get(host.host)?.addPending(corrected(pending, changed)),
      );
    },
    // Without that note the attempt stays pending, and the host says next time that it holds it.
    confirmed: (host, generation) =>
      void noted(subject, () => observed.stores.get(host.host)?.confirm(generation)),
    now,
  };
}

/** Writes to igor's state here, which a full disk or a read-only home does not take. */
function noted({ project }: Subject, write: () => void): Result<undefined> {
  try {
    write();
    return ok(undefined);
  } catch (error) {
    const { detail } = systemErrorOf(error);
    return fail({ reason: "state-unwritable", directory: stateDir(project.root), detail });
  }
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

/** The host refused before it looked at what was sent. */
function changedNothing(outcome: LaneReport["outcome"]): boolean {
  const refusals = ["target-refused", "symlink-in-the-way", "locked"];
  return !outcome.ok && refusals.includes(outcome.failure.reason);
}

/** Pushing again does no harm; a link that was never there is not tried twice. */
function canRetry(outcome: LaneReport["outcome"]): boolean {
  return (
    !outcome.ok &&
    outcome.failure.reason === "unreachable" &&
    ["link-died", "stood-still", "closed"].includes(outcome.failure.cause)
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
