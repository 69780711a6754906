import type { Decision } from "../model/event.ts";
import type { FileState, PendingPush } from "../model/manifest.ts";
import type { Lane } from "../model/plan.ts";
import type { Host } from "../model/project.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import type { HostFacts, Subject } from "../plan/facts.ts";
import { planFor } from "../plan/plan-for.ts";
import type { Planned } from "../plan/plan-for.ts";
import { stateDir } from "../project/state-dir.ts";
import { systemErrorOf } from "../project/system-error.ts";
import { execute } from "../run/execute.ts";
import { packOnce } from "../run/pack.ts";
import type { FileSource, Pack } from "../run/pack.ts";
import type { LaneAnswer, LaneEnd, Tools } from "../run/step.ts";
import type { Action, HostEnd } from "./action.ts";
import { endInGroup } from "./end-in-group.ts";
import type { Observation } from "./observe.ts";
import { isLostLink } from "./lost-link.ts";
import { fileSource } from "./scan.ts";
import type { Scan } from "./scan.ts";
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

/** Carries out each lane by itself, so that no host waits for another. */
export async function executeUntilDone(
  planned: Planned,
  means: Means,
): Promise<ReadonlyMap<string, HostEnd>> {
  const ends = [...executeEach(planned, means)].map(
    async ([host, end]) => [host, await end] as const,
  );
  return new Map(await Promise.all(ends));
}

/** The same, with the end of each host by itself. */
export function executeEach(planned: Planned, means: Means): ReadonlyMap<string, Promise<HostEnd>> {
  const sources = new Map<Scan | undefined, PlannedSource>();
  const sourceOf: LaneMeans["sourceOf"] = (scanned, pending) => {
    const known = sources.get(scanned) ?? new PlannedSource(means.action);
    if (pending !== undefined) known.plan(pending);
    sources.set(scanned, known);
    return known;
  };
  return new Map(
    planned.plan.lanes.map((lane) => [
      lane.host.host,
      untilDone({ lane, pending: planned.pending.get(lane.host.host) }, { ...means, sourceOf }),
    ]),
  );
}

interface PlannedLane {
  readonly lane: Lane;
  readonly pending: PendingPush | undefined;
}

type LaneMeans = Means & {
  /** For lanes that were planned with the same look, so that what several hosts need is packed once. */
  readonly sourceOf: (scanned: Scan | undefined, pending: PendingPush | undefined) => PlannedSource;
};

/** What is read is compared with what was planned, not with what is known by then: a watch goes on looking. */
class PlannedSource implements Pick<Tools, "source" | "pack"> {
  readonly source: FileSource;
  readonly pack: Pack;
  readonly #planned: PendingPush[] = [];

  constructor({ subject, now }: Action) {
    const stateOf = (path: string): FileState | undefined =>
      this.#planned.find(({ changes }) => changes.has(path))?.changes.get(path);
    this.source = fileSource(subject.project, stateOf, now);
    this.pack = packOnce(this.source);
  }

  /** What is to be sent now; it counts more than what was planned before. */
  plan(pending: PendingPush): void {
    this.#planned.unshift(pending);
  }
}

/** Plans a lane again when its host answered, or its link died, until the host is done or has failed. */
async function untilDone(first: PlannedLane, means: LaneMeans): Promise<HostEnd> {
  const { action, observed } = means;
  const { request, subject, emit, signal, now } = action;
  const { host } = first.lane;
  const told: Told = { answers: [], retries: 0 };
  for (let planned = first; ;) {
    const { lane, pending } = planned;
    const outcome = await execute(lane, { tools: toolsFor(planned, means), emit, signal });
    if (pending !== undefined && changedNothing(outcome))
      void noted(subject, () => observed.stores.get(host.host)?.withdraw(pending.generation));
    const facts = await observedAgain(host, outcome, { ...means, told });
    if (facts?.ok === true) {
      const again = planFor(request, subject, { hosts: [facts.value], laptop: observed.laptop });
      planned = { lane: again.plan.lanes[0] ?? lane, pending: again.pending.get(host.host) };
      continue;
    }
    const ended = facts === undefined ? endOf(host, outcome) : { failure: facts.failure };
    const end = endInGroup(ended, action);
    emit({ type: "host-ended", host: host.host, ...end, at: now() });
    if (end.failure === undefined) observed.holdsAll?.(host, pending?.generation);
    return end;
  }
}

/** What a host has answered, and how often its link died. */
interface Told {
  answers: readonly LaneAnswer[];
  retries: number;
}

/** The facts of a host whose lane is to be planned again; undefined when it is through. */
async function observedAgain(
  host: Host,
  outcome: Result<LaneEnd>,
  { told, action: { emit, signal, now }, observed, shells }: Means & { readonly told: Told },
): Promise<Result<HostFacts> | undefined> {
  const decide = (decision: Decision): void =>
    emit({ type: "decided", host: host.host, decision, at: now() });
  if (outcome.ok && outcome.value.kind !== "done" && told.answers.length < mostAnswers) {
    told.answers = [...told.answers, outcome.value];
    const facts = await observed.observeHost(host, told.answers);
    const decision = facts.ok ? reconcilingOf(outcome.value, facts.value) : undefined;
    if (decision !== undefined) decide(decision);
    return facts;
  }
  if (!canRetry(outcome) || told.retries >= mostRetries || signal.aborted) return undefined;
  told.retries += 1;
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

function toolsFor(
  { lane, pending }: PlannedLane,
  { action, observed, shells, sourceOf }: LaneMeans,
): Tools {
  const { subject, now } = action;
  const files = sourceOf(observed.comparedWith(lane.host), pending);
  return {
    connect: (host) => shells.open(host),
    reconnect: async (host) => {
      await shells.forget(host);
      return shells.open(host);
    },
    environment: action.environment,
    source: files.source,
    pack: files.pack,
    aboutToSend: (host, generation, changed) => {
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

/** The host refused, or asked for another plan, before it put anything of what was sent in place. */
function changedNothing(outcome: Result<LaneEnd>): boolean {
  const refusals = ["target-refused", "symlink-in-the-way", "locked"];
  if (outcome.ok) return outcome.value.kind === "reconcile";
  return refusals.includes(outcome.failure.reason);
}

/** Pushing again does no harm; a link that was never there is not tried twice. */
function canRetry(outcome: Result<LaneEnd>): boolean {
  return !outcome.ok && isLostLink(outcome.failure);
}

/** A host that answers again and again is one whose directory others keep changing. */
function endOf({ host }: Host, outcome: Result<LaneEnd>): HostEnd {
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
