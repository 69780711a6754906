import type { Decision, Emit, Event } from "../model/event.ts";
import type { Failure } from "../model/failure.ts";
import type { Host } from "../model/project.ts";
import { ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { differenceOf } from "../plan/difference.ts";
import type { HostFacts } from "../plan/facts.ts";
import { planFor } from "../plan/plan-for.ts";
import type { LaneAnswer } from "../run/step.ts";
import type { Action, HostEnd, Outcome } from "./action.ts";
import { Follower } from "./follower.ts";
import { executeUntilDone } from "./lanes.ts";
import { observe, pushFacts, randomId } from "./observe.ts";
import type { Observation } from "./observe.ts";
import { manyFiles, scan } from "./scan.ts";
import type { Shells } from "./shells.ts";
import { WatchedFiles } from "./watched-files.ts";

/** A host that could not be pushed to is tried again after so long, then twice as long, up to the last. */
const firstPauseMs = 1000;
const longestPauseMs = 30_000;

type Watch = Action & { readonly shells: Shells };

/** Pushes, and again whenever a file was saved, over host shells that stay open, until the signal. */
export async function watch(action: Watch): Promise<Result<Outcome>> {
  const { subject, emit, signal, now } = action;
  const { project, group } = subject;
  const observed = await observe({ ...action, tree: undefined });
  if (!observed.ok) return observed;
  const { stores, laptop } = observed.value;
  const [anyHost] = group.hosts;
  const scanned = anyHost && observed.value.comparedWith(anyHost);
  if (scanned === undefined) throw new Error("a push was observed without its files");
  const title = `push --watch ${project.name}`;
  emit({ type: "plan-started", title, hosts: group.hosts.map(({ host }) => host), at: now() });
  const followers = group.hosts.map((host) => new Follower(host, signal));
  const tellAll = (decision: Decision): void => {
    for (const { host } of group.hosts) emit({ type: "decided", host, decision, at: now() });
  };
  using files = new WatchedFiles({
    project,
    scan: scanned,
    rescan: (known) =>
      scan({
        project,
        named: [],
        known,
        inThread: known().size > manyFiles ? "all" : "nothing",
        ready: Promise.resolve(),
        now,
      }),
    onChanged: (paths) => {
      for (const follower of followers) follower.touch(paths);
    },
    onFailure: (failure) => tellAll({ kind: "not-pushed", failure }),
    onUnwatched: (directories) => tellAll({ kind: "not-watched", directories }),
  });
  const ends = await Promise.all(
    followers.map(async (follower): Promise<[string, HostEnd]> => {
      const { host } = follower.host;
      const end = await keepUp(follower, { action, files, stores, laptop });
      emit({ type: "host-ended", host, ...end, at: now() });
      return [host, end];
    }),
  );
  emit({ type: "plan-ended", at: now() });
  return ok({ kind: "ended", hosts: new Map(ends), passesThrough: false });
}

interface Means {
  readonly action: Watch;
  readonly files: WatchedFiles;
  readonly laptop: Observation["laptop"];
  readonly stores: Observation["stores"];
}

/** Keeps one host up to date, through lost connections and all else; only what fails at the very beginning ends it. */
async function keepUp(follower: Follower, means: Means): Promise<HostEnd> {
  const { shells, now, signal } = means.action;
  const emit = byTarOnce(means.action.emit);
  const { host } = follower;
  const isOver = (): boolean => signal.aborted;
  const tell = (decision: Decision): void =>
    emit({ type: "decided", host: host.host, decision, at: now() });
  const first = await push(host, undefined, { ...means, emit: withoutEnd(emit) });
  if (first.failure !== undefined) return first;
  emit({ type: "step-started", host: host.host, step: "watching", at: now() });
  tell({ kind: "watching", files: means.files.scan.tree.size });
  let pushes = 0;
  let pause = firstPauseMs;
  let told: Failure | undefined;
  for (;;) {
    const opened = await shells.open(host);
    if (isOver()) return {};
    if (opened.ok && told !== undefined && isOfLink(told)) {
      tell({ kind: "connected-again" });
      told = undefined;
    }
    const touched = opened.ok ? await follower.next(opened.value.died) : new Set<string>();
    if (isOver()) return {};
    const failure = !opened.ok
      ? opened.failure
      : touched.size === 0
        ? await opened.value.died
        : (
            await push(host, touched, {
              ...means,
              emit: asSynced(emit, { path: onlyOf(touched), count: () => (pushes += 1) }),
            })
          ).failure;
    if (isOver()) return {};
    if (failure === undefined) {
      pause = firstPauseMs;
      told = undefined;
      continue;
    }
    if (failure.reason !== told?.reason) tell({ kind: "not-pushed", failure });
    told = failure;
    await follower.pause(pause);
    pause = Math.min(pause * 2, longestPauseMs);
    follower.touch(touched);
    if (isOfLink(failure)) await shells.forget(host);
  }
}

function isOfLink({ reason }: Failure): boolean {
  return ["unreachable", "login-refused", "ssh-misconfigured", "shell-refused"].includes(reason);
}

/** Pushes what was touched; everything, when nothing is said. */
async function push(
  host: Host,
  touched: ReadonlySet<string> | undefined,
  { action, files, laptop, stores, emit }: Means & { readonly emit: Emit },
): Promise<HostEnd> {
  const { request, subject, shells } = action;
  const stage = randomId();
  const store = stores.get(host.host);
  if (store === undefined) throw new Error(`${host.host} has no manifest`);
  const observeHost = async (
    _: Host,
    answers: readonly LaneAnswer[],
  ): Promise<Result<HostFacts>> => {
    const manifest = store.load();
    const scanned = files.scan;
    const scene = {
      subject,
      scanned,
      manifest,
      stage,
      ...(touched === undefined ? {} : { touched }),
    };
    const push = await pushFacts(scene, answers);
    return ok({ host, login: "", askedForContext: false, push });
  };
  const facts = await observeHost(host, []);
  if (!facts.ok) return { failure: facts.failure };
  if (touched !== undefined && facts.value.push !== undefined) {
    const { local, manifest } = facts.value.push;
    if (differenceOf(local, manifest).states.size === 0) return {};
  }
  const planned = planFor(request, subject, { hosts: [facts.value], laptop });
  const observed = { laptop, stores, observeHost, comparedWith: () => files.scan };
  const ends = await executeUntilDone(planned, { action: { ...action, emit }, observed, shells });
  return ends.get(host.host) ?? {};
}

function onlyOf(paths: ReadonlySet<string>): string | undefined {
  return paths.size === 1 ? [...paths][0] : undefined;
}

/** A host goes on after a push. */
function withoutEnd(emit: Emit): Emit {
  return (event) => {
    if (event.type !== "host-ended") emit(event);
  };
}

/** Why files go by tar is told once: each large save would tell it again. */
function byTarOnce(emit: Emit): Emit {
  let isTold = false;
  return (event) => {
    const tells = event.type === "decided" && event.decision.kind === "by-tar";
    if (!tells || !isTold) emit(event);
    isTold ||= tells;
  };
}

/** Tells a push while watching as one thing, with how long it took from here to there and back. */
function asSynced(
  emit: Emit,
  { path, count }: { readonly path: string | undefined; readonly count: () => number },
): Emit {
  let startedAt: number | undefined;
  return (event) => {
    if (event.type === "step-started") startedAt ??= event.at;
    else if (event.type === "decided" && event.decision.kind === "pushed") {
      const tookMs = event.at - (startedAt ?? event.at);
      const named = path === undefined ? {} : { path };
      const decision = {
        ...event.decision,
        ...named,
        kind: "synced",
        tookMs,
        pushes: count(),
      } as const;
      emit({ ...event, decision });
    } else if (!isPartOfPush(event)) emit(event);
  };
}

function isPartOfPush(event: Event): boolean {
  if (event.type === "decided") return event.decision.kind === "retrying";
  return event.type === "host-ended" || event.type === "step-ended";
}
