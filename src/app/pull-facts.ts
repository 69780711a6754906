import type { Host } from "../model/project.ts";
import { ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { sumKey, sumsWanted } from "../plan/pull.ts";
import type { HostListing, PullFacts, SumWanted } from "../plan/pull.ts";
import { refusalOf } from "../plan/pull-refusal.ts";
import { wantedInput } from "../plan/pull-wanted.ts";
import type { Wanted } from "../plan/pull-wanted.ts";
import { projectDir } from "../plan/push.ts";
import { lookHere, sumHere } from "../project/pull-look.ts";
import { loadBrought } from "../project/pull-notes.ts";
import { deniedPaths, parseEntries, pathPayload } from "../remote/pull-answer.ts";
import { askPull } from "../run/ask-pull.ts";
import type { PullInputs } from "../run/ask-pull.ts";
import type { PullAction } from "./pull.ts";

/** Asks hosts, side by side, what they have of what is wanted. */
export async function listHosts(
  hosts: readonly Host[],
  { action, wanted }: { readonly action: PullAction; readonly wanted: readonly Wanted[] },
): Promise<ReadonlyMap<Host, Result<HostListing>>> {
  const listed = hosts.map(async (host) => [host, await listHost(host, action, wanted)] as const);
  return new Map(await Promise.all(listed));
}

async function listHost(
  host: Host,
  action: PullAction,
  wanted: readonly Wanted[],
): Promise<Result<HostListing>> {
  const { request, shells, signal, emit, now } = action;
  const opened = await shells.open(host);
  if (!opened.ok) return opened;
  const step = { host: host.host, step: "list" };
  if (!request.plan) emit({ type: "step-started", ...step, at: now() });
  const inputs = pullInputs(host, action);
  const answered = await askPull(
    { ...inputs, in_do: "list", in_wanted: wantedInput(wanted) },
    { shell: opened.value, signal },
  );
  if (!answered.ok) return answered;
  if (!request.plan) emit({ type: "step-ended", ...step, at: now() });
  const { tree, text, stderr } = answered.value;
  return ok({
    host,
    tree: tree ?? { root: undefined, rsync: "none" },
    entries: parseEntries(text),
    unreadable: deniedPaths(stderr),
  });
}

/** Which project a host is asked about. */
export function pullInputs(host: Host, { subject: { project } }: PullAction): PullInputs {
  return { in_dir: projectDir(host, project), in_project: project.name };
}

/** Everything else that the plan needs: what is here, what igor brought before, and contents where only they tell. */
export async function pullFacts(
  listings: readonly HostListing[],
  about: Pick<PullFacts, "title" | "wanted" | "laptopRsync"> & { readonly action: PullAction },
): Promise<PullFacts> {
  const { action, title, wanted, laptopRsync } = about;
  const { root } = action.subject.project;
  const here = new Map<string, string>();
  for (const { entries } of listings)
    for (const entry of entries)
      if (!here.has(entry.path) && refusalOf(entry) === undefined)
        here.set(entry.path, lookHere(root, entry.path));
  const facts: PullFacts = {
    title,
    wanted,
    laptopRsync,
    overwrite: action.request.overwrite,
    listings,
    here,
    brought: loadBrought(root),
    sums: new Map(),
  };
  return { ...facts, sums: await sumsOf(sumsWanted(facts), { listings, action }) };
}

/** A sum that nobody can tell is left out: those files are taken for different ones. */
async function sumsOf(
  wanted: readonly SumWanted[],
  { listings, action }: { readonly listings: readonly HostListing[]; readonly action: PullAction },
): Promise<ReadonlyMap<string, string>> {
  const sums = new Map<string, string>();
  const pathsOf = (name: string): readonly string[] =>
    wanted.filter(({ host }) => host === name).map(({ path }) => path);
  const there = listings.map(async ({ host }) => {
    const paths = pathsOf(host.host);
    const opened = paths.length === 0 ? undefined : await action.shells.open(host);
    if (opened?.ok !== true) return;
    const means = { shell: opened.value, signal: action.signal };
    const inputs = { ...pullInputs(host, action), in_do: "sum" } as const;
    const answered = await askPull(inputs, means, pathPayload(paths));
    if (!answered.ok) return;
    const told = answered.value.text.split("\n");
    for (const [index, path] of paths.entries()) {
      const sum = told[index] ?? "";
      if (/^[0-9a-f]{64}$/.test(sum)) sums.set(sumKey(host.host, path), sum);
    }
  });
  for (const path of pathsOf("")) {
    const sum = await sumHere(action.subject.project.root, path);
    if (sum !== undefined) sums.set(sumKey("", path), sum);
  }
  await Promise.all(there);
  return sums;
}
