import type { Decision } from "../model/event.ts";
import type { Failure } from "../model/failure.ts";
import type { BroughtPath, Incoming, Left, PullLane, PullPlan } from "../model/pull.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { bytesOf } from "../plan/pull.ts";
import { noteBrought } from "../project/pull-notes.ts";
import { place, stateToBe } from "../project/pull-place.ts";
import { claimStage, leaveStage, makeWay } from "../project/pull-stage.ts";
import type { Stage } from "../project/pull-stage.ts";
import { systemErrorOf } from "../project/system-error.ts";
import type { HostEnd } from "./action.ts";
import { destinationOf } from "./observe.ts";
import type { PullAction } from "./pull.ts";
import { fetchAll } from "./pull-fetch.ts";

/** What the lane of one host is carried out with. */
export interface LaneMeans {
  readonly action: PullAction;
  readonly plan: PullPlan;
  /** Where what makes way is kept, below the project. */
  readonly aside: string;
  /** What was named and matches nothing on any host. */
  readonly missing: readonly string[];
}

/** So many files are put in place before anything else gets a turn. */
const atOnce = 200;

/** Brings what one host has, and tells what became of it. */
export async function pullLane(lane: PullLane, means: LaneMeans): Promise<HostEnd> {
  const { action, missing } = means;
  const { subject, emit, now } = action;
  const { host } = lane.host;
  const decide = (decision: Decision): void => emit({ type: "decided", host, decision, at: now() });
  noteBrought(subject.project.root, lane.known);
  const done = lane.files.length === 0 ? ok(nothing) : await bring(lane, means);
  if (!done.ok) return { failure: done.failure };
  const { placed, kept, changing, failure } = done.value;
  const left = [...lane.left, ...done.value.left];
  tell(lane, { placed, decide });
  for (const [because, paths] of grouped(left.filter((each) => !mustBeDecided(each))))
    decide({ kind: "not-brought", because, paths });
  if (kept.length > 0) decide({ kind: "kept-aside-here", paths: kept, directory: means.aside });
  if (changing.length > 0) decide({ kind: "changed-meanwhile", paths: changing });
  const undecided = left.filter(mustBeDecided);
  const on = { host, lastWords: [] };
  if (failure !== undefined) return { failure };
  if (undecided.length > 0) {
    const counts = { files: placed.length, bytes: bytesOf(placed) };
    const { paths } = action.request;
    return { failure: { reason: "not-all-pulled", ...counts, left: undecided, paths, ...on } };
  }
  return missing.length === 0
    ? {}
    : { failure: { reason: "nothing-matches", paths: missing, ...on } };
}

/** What a lane has brought. */
interface Brought {
  readonly placed: readonly Incoming[];
  readonly left: readonly Left[];
  /** What was moved aside. */
  readonly kept: readonly string[];
  readonly changing: readonly string[];
  /** Why the rest did not come. */
  readonly failure: Failure | undefined;
}

const nothing: Brought = { placed: [], left: [], kept: [], changing: [], failure: undefined };

async function bring(lane: PullLane, means: LaneMeans): Promise<Result<Brought>> {
  const { action } = means;
  const { subject, emit, now } = action;
  const { root } = subject.project;
  const step = { host: lane.host.host, step: "pull" };
  emit({ type: "step-started", ...step, at: now() });
  try {
    const stage = claimStage(root, destinationOf(lane.host, subject), means.aside);
    if ("inTheWay" in stage) return fail({ reason: "link-in-the-way-here", path: stage.inTheWay });
    makeWay(stage, lane.files);
    const fetched = await fetchAll(lane, { action, stage });
    const ready = lane.files.flatMap((file): readonly Incoming[] => {
      if (file.kind === "link") return [file];
      const whole = fetched.whole.get(file.path);
      return whole === undefined ? [] : [whole];
    });
    const put = await putInPlace(ready, stage, means);
    leaveStage(stage);
    emit({ type: "step-ended", ...step, at: now() });
    const unread = fetched.unreadable.map((path): Left => ({ path, because: "unreadable" }));
    return ok({
      ...put,
      left: [...put.left, ...unread],
      changing: fetched.changing,
      failure: fetched.failure,
    });
  } catch (error) {
    const { detail } = systemErrorOf(error);
    return fail({ reason: "cannot-write-here", path: root, detail });
  }
}

/** Noted before it is done, with what is here until then: whatever else is here then is the user's. */
async function putInPlace(
  ready: readonly Incoming[],
  stage: Stage,
  { action, plan, aside }: LaneMeans,
): Promise<Pick<Brought, "placed" | "left" | "kept">> {
  const { root } = action.subject.project;
  const placing = { root, stage, overwrite: plan.overwrite, aside };
  const placed: Incoming[] = [];
  const left: Left[] = [];
  const kept = new Set<string>();
  for (let from = 0; from < ready.length; from += atOnce) {
    const some = ready.slice(from, from + atOnce);
    const notes = some.map((file): BroughtPath => {
      const note = { path: file.path, here: stateToBe(file, stage) };
      return file.replaces === "brought" ? { ...note, before: file.here } : note;
    });
    noteBrought(root, notes);
    const done = new Set<string>();
    const byAnother: BroughtPath[] = [];
    for (const file of some) {
      const outcome = place(file, placing);
      if (outcome.kind === "left") {
        left.push({ path: file.path, because: outcome.because });
        continue;
      }
      placed.push(file);
      done.add(file.path);
      if (outcome.kept !== undefined) kept.add(outcome.kept);
      if (outcome.here !== undefined) byAnother.push({ path: file.path, here: outcome.here });
    }
    // What was replaced would be the user's, should it come back.
    const replaced = notes.filter(({ path, before }) => before !== undefined && done.has(path));
    const final = replaced.map(({ path, here }) => ({ path, here }));
    noteBrought(root, [...final, ...byAnother]);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { placed, left, kept: [...kept] };
}

function tell(
  { same, files, left, unmatched }: PullLane,
  {
    placed,
    decide,
  }: { readonly placed: readonly Incoming[]; readonly decide: (decision: Decision) => void },
): void {
  if (placed.length > 0) decide({ kind: "pulled", files: placed.length, bytes: bytesOf(placed) });
  else if (same > 0 && files.length === 0) decide({ kind: "nothing-to-pull", files: same });
  if (unmatched.length > 0 && files.length + same + left.length === 0)
    decide({ kind: "nothing-there", wanted: unmatched });
}

/** What the user can do something about here; the rest is only told. */
function mustBeDecided({ because }: Left): boolean {
  return ["changed-here", "differs", "link-here", "unreadable"].includes(because);
}

function grouped(left: readonly Left[]): ReadonlyMap<Left["because"], readonly string[]> {
  const groups = new Map<Left["because"], string[]>();
  for (const { path, because } of left) groups.set(because, [...(groups.get(because) ?? []), path]);
  return groups;
}
