import { relative } from "node:path";
import type { Decision } from "../model/event.ts";
import type { Host } from "../model/project.ts";
import type { PullLane, PullPlan } from "../model/pull.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { planPull } from "../plan/pull.ts";
import type { HostListing } from "../plan/pull.ts";
import { wantedOf } from "../plan/pull-wanted.ts";
import type { Wanted } from "../plan/pull-wanted.ts";
import { asideDirectory } from "../project/pull-stage.ts";
import { lineOf } from "../project/config-line.ts";
import type { RequestOf } from "../request/commands.ts";
import { laptopRsync } from "../run/laptop.ts";
import type { Action, HostEnd, Outcome } from "./action.ts";
import { endInGroup } from "./end-in-group.ts";
import { isLostLink } from "./lost-link.ts";
import { listHosts, pullFacts } from "./pull-facts.ts";
import { pullLane } from "./pull-lane.ts";
import type { Shells } from "./shells.ts";

/** A pull, with the host shells it goes through. */
export type PullAction = Action & {
  readonly request: RequestOf<"pull">;
  readonly shells: Shells;
};

/** Asks each host what it has, plans for all of them together, and brings what is new; a host that failed stops no other. */
export async function pull(action: PullAction): Promise<Result<Outcome>> {
  const { request, subject, emit, now } = action;
  const { hosts } = subject.group;
  const asked = wantedBy(action);
  if (!asked.ok) return asked;
  const title = `pull ${subject.project.name}`;
  if (!request.plan)
    emit({ type: "plan-started", title, hosts: hosts.map(({ host }) => host), at: now() });
  const rsync = laptopRsync();
  const about = { title, wanted: asked.value, laptopRsync: await rsync };
  const aside = asideDirectory(stampOf(now()));
  const listings = new Map<Host, HostListing>();
  const ends = new Map<string, HostEnd>();
  const end = (host: Host, value: HostEnd): void => {
    const ended = endInGroup(value, action);
    ends.set(host.host, ended);
    if (!request.plan) emit({ type: "host-ended", host: host.host, ...ended, at: now() });
  };
  let again: readonly Host[] = hosts;
  for (let tries = 0; again.length > 0; tries += 1) {
    const listed = await listHosts(again, { action, wanted: asked.value });
    for (const [host, listing] of listed) if (listing.ok) listings.set(host, listing.value);
    const known = hosts.flatMap((host) => listings.get(host) ?? []);
    const plan = planPull(await pullFacts(known, { action, ...about }));
    if (request.plan) return planned(plan, listed);
    const missing = request.paths.length === 0 ? [] : unmatchedOf(plan);
    const lost: Host[] = [];
    const carryOut = async (host: Host, listing: Result<HostListing>): Promise<void> => {
      const lane = plan.lanes.find((each) => each.host === host);
      const outcome =
        listing.ok && lane !== undefined
          ? await pullLane(lane, { action, plan, aside, missing })
          : { ...(listing.ok ? {} : { failure: listing.failure }) };
      if (tries === 0 && canRetry(outcome, action)) lost.push(host);
      else end(host, outcome);
    };
    await Promise.all([...listed].map(([host, listing]) => carryOut(host, listing)));
    again = lost;
    for (const host of again) {
      const decision: Decision = { kind: "retrying", because: "the connection was lost" };
      emit({ type: "decided", host: host.host, decision, at: now() });
      await action.shells.forget(host);
    }
  }
  emit({ type: "plan-ended", at: now() });
  return ok({ kind: "ended", hosts: ends, passesThrough: false });
}

/** The paths that were named, else the outputs. */
function wantedBy({
  request,
  subject: { project },
  directory,
}: PullAction): Result<readonly Wanted[]> {
  const { root, configFile } = project;
  const isNamed = request.paths.length > 0;
  const words = isNamed ? request.paths : project.sync.outputs;
  if (words.length === 0) {
    const line = lineOf(configFile, ["outputs"]);
    return fail({ reason: "nothing-to-ask-for", file: configFile, line });
  }
  const from = { root, directory: isNamed ? relative(root, directory) : "" };
  const wanted: Wanted[] = [];
  for (const word of words) {
    const understood = wantedOf(word, from);
    if (understood === undefined) return fail({ reason: "outside-project", path: word, root });
    wanted.push(understood);
  }
  return ok(wanted);
}

/** A plan rests on what every host said. */
function planned(plan: PullPlan, listed: ReadonlyMap<Host, Result<HostListing>>): Result<Outcome> {
  for (const listing of listed.values()) if (!listing.ok) return listing;
  return ok({ kind: "pull-plan", plan });
}

/** e.g. `20261122-101500` */
function stampOf(atMs: number): string {
  const text = new Date(atMs).toISOString().replaceAll(/[-:]/g, "");
  return text.slice(0, 15).replace("T", "-");
}

/** What matches nothing on any host. */
function unmatchedOf({ lanes }: PullPlan): readonly string[] {
  const [first, ...others]: readonly PullLane[] = lanes;
  return (first?.unmatched ?? []).filter((word) =>
    others.every(({ unmatched }) => unmatched.includes(word)),
  );
}

/** What has come is not brought again; a link that was never there is not tried twice. */
function canRetry({ failure }: HostEnd, { signal }: PullAction): boolean {
  return !signal.aborted && failure !== undefined && isLostLink(failure);
}
