import { randomBytes } from "node:crypto";
import type { Emit } from "../model/event.ts";
import type { Failure } from "../model/failure.ts";
import type { PendingPush } from "../model/manifest.ts";
import type { Host, Project } from "../model/project.ts";
import { ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import type { HostFacts } from "../plan/facts.ts";
import { planFor } from "../plan/plan-for.ts";
import type { HostRequest, Planned } from "../plan/plan-for.ts";
import { projectDir } from "../plan/push.ts";
import type { ReconcileAnswer } from "../remote/push-events.ts";
import { ManifestStore } from "../project/manifest-store.ts";
import { stateDir } from "../project/state-dir.ts";
import { execute } from "../run/execute.ts";
import type { LaneReport, Tools } from "../run/execute.ts";
import { laptopRsync } from "../run/laptop.ts";
import { fileSource, localTree, scan } from "./scan.ts";
import type { Scan } from "./scan.ts";
import { Shells } from "./shells.ts";

/** How often a lane is planned again after an answer of its host, and how often after a link that died. */
const mostAnswers = 2;
const mostRetries = 1;

/** What an action works with. */
export interface Action {
  readonly request: HostRequest;
  readonly project: Project;
  readonly hosts: readonly Host[];
  readonly emit: Emit;
  readonly signal: AbortSignal;
  readonly now: () => number;
}

/** How the hosts of an action ended; a host without a failure is done. */
export type HostEnds = ReadonlyMap<string, Failure | undefined>;

/** Observes, plans and executes; plans lanes again whose host answered or whose link died. */
export async function act(action: Action): Promise<Result<HostEnds>> {
  const { request, project, hosts, emit, signal, now } = action;
  await using shells = new Shells((host, because) =>
    emit({ type: "decided", host: host.host, decision: { kind: "retrying", because }, at: now() }),
  );
  // The sessions open while the tree is scanned.
  for (const host of hosts) void shells.open(host);
  const stateDirectory = stateDir(project.root);
  const scanned = await scan(project, stateDirectory);
  if (!scanned.ok) return scanned;
  const stores = new Map(hosts.map((host) => [host.host, new ManifestStore(stateDirectory, destinationOf(host, project))]));
  const observe = observer({ project, scanned: scanned.value, stores, stage: randomId() });
  let planned = planFor(request, project, await Promise.all(hosts.map((host) => observe(host, undefined))));
  if (!planned.ok) return planned;
  emit({ type: "plan-started", title: planned.value.plan.title, hosts: hosts.map(({ host }) => host), at: now() });
  const ends = new Map<string, Failure | undefined>();
  const again = new Map<string, { answers: number; retries: number }>();
  for (;;) {
    const reports = await execute(planned.value.plan, toolsFor({ planned: planned.value, action, scanned: scanned.value, shells, stores }), { emit, signal });
    const replan: HostFacts[] = [];
    for (const report of reports) {
      const { host, outcome } = report;
      const turns = again.get(host.host) ?? { answers: 0, retries: 0 };
      const answer = answerOf(report);
      if (answer !== undefined && turns.answers < mostAnswers) {
        again.set(host.host, { ...turns, answers: turns.answers + 1 });
        replan.push(await observe(host, answer));
      } else if (canRetry(outcome) && turns.retries < mostRetries && !signal.aborted) {
        again.set(host.host, { ...turns, retries: turns.retries + 1 });
        emit({ type: "decided", host: host.host, decision: { kind: "retrying", because: "the connection was lost" }, at: now() });
        await shells.forget(host);
        replan.push(await observe(host, undefined));
      } else {
        const failure = outcome.ok ? undefined : outcome.failure;
        ends.set(host.host, failure);
        emit({ type: "host-ended", host: host.host, ...(failure === undefined ? {} : { failure }), at: now() });
      }
    }
    if (replan.length === 0) break;
    planned = planFor(request, project, replan);
    if (!planned.ok) return planned;
  }
  emit({ type: "plan-ended", at: now() });
  return ok(ends);
}

function randomId(): string {
  return randomBytes(8).toString("hex");
}

/** What a host is told apart by: one manifest for each. */
function destinationOf(host: Host, project: Project): string {
  return `${host.user ?? ""}@${host.host}:${String(host.port ?? "")}:${projectDir(host, project)}`;
}

interface Observed {
  readonly project: Project;
  readonly scanned: Scan;
  readonly stores: ReadonlyMap<string, ManifestStore>;
  readonly stage: string;
}

function observer({ project, scanned, stores, stage }: Observed) {
  return async (host: Host, answer: ReconcileAnswer | undefined): Promise<HostFacts> => {
    const manifest = stores.get(host.host)?.load();
    if (manifest === undefined) throw new Error(`no manifest was opened for ${host.host}`);
    return {
      host,
      user: host.user ?? "",
      push: {
        local: localTree(scanned, project, manifest),
        manifest,
        generation: randomId(),
        stage,
        commit: scanned.commit,
        source: Buffer.from(scanned.source).toString("base64"),
        laptopRsync: answer === undefined ? "none" : await laptopRsync(),
        answer,
      },
    };
  };
}

function toolsFor({ planned, action, scanned, shells, stores }: { readonly planned: Planned; readonly action: Action; readonly scanned: Scan; readonly shells: Shells; readonly stores: ReadonlyMap<string, ManifestStore> }): Tools {
  const { project, now } = action;
  return {
    connect: (host) => shells.open(host),
    source: fileSource(project, scanned.tree, now),
    aboutToSend: (host, generation, changed) => {
      const pending = planned.pending.get(host.host);
      if (pending?.generation !== generation) throw new Error(`generation ${generation} was never planned for ${host.host}`);
      stores.get(host.host)?.addPending(corrected(pending, changed));
    },
    confirmed: (host, generation) => stores.get(host.host)?.confirm(generation),
    now,
  };
}

/** What was read is noted, not what was planned. A file that is gone was not sent: what the host has of it stays known. */
function corrected(pending: PendingPush, changed: ReadonlyMap<string, string | undefined>): PendingPush {
  if (changed.size === 0) return pending;
  const changes = new Map(pending.changes);
  for (const [path, state] of changed) {
    if (state === undefined) changes.delete(path);
    else changes.set(path, state);
  }
  return { ...pending, changes };
}

function answerOf({ outcome }: LaneReport): ReconcileAnswer | undefined {
  return outcome.ok && outcome.value.kind === "answer" ? outcome.value.answer : undefined;
}

/** Pushing again does no harm; a link that was never there is not tried twice. */
function canRetry(outcome: LaneReport["outcome"]): boolean {
  return !outcome.ok && outcome.failure.reason === "unreachable" && ["link-died", "closed"].includes(outcome.failure.cause);
}
