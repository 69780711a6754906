import { isHere, isSameTime } from "../model/is-here.ts";
import type { Host } from "../model/project.ts";
import type {
  Brought,
  BroughtPath,
  Here,
  Incoming,
  Left,
  LeftBecause,
  PullLane,
  PullPlan,
  ThereEntry,
} from "../model/pull.ts";
import type { TreeThere } from "../remote/pull-answer.ts";
import { isNeverBrought, refusalOf } from "./pull-refusal.ts";
import { leadsTo } from "./pull-wanted.ts";
import type { Wanted } from "./pull-wanted.ts";

/** Less than this travels through the open host shell; more is for rsync, which goes on where it was cut. */
const frameLimit = { files: 1000, bytes: 256 * 1024 } as const;

/** What a host was seen to have. */
export interface HostListing {
  readonly host: Host;
  readonly tree: TreeThere;
  readonly entries: readonly ThereEntry[];
  /** What could not be looked at there. */
  readonly unreadable: readonly string[];
}

/** What a pull must know that is not in the configuration. */
export interface PullFacts {
  readonly title: string;
  readonly wanted: readonly Wanted[];
  readonly overwrite: boolean;
  /** In the order of the group. */
  readonly listings: readonly HostListing[];
  /** How the paths of the listings look here. */
  readonly here: ReadonlyMap<string, Here>;
  /** How igor left them here when it last brought them. */
  readonly brought: ReadonlyMap<string, Brought>;
  readonly laptopRsync: TreeThere["rsync"];
  /** Digests of contents, by the name of the host (empty: here) and path, as far as they were asked for. */
  readonly sums: Sums;
}

/** See `sumKey`. */
export type Sums = ReadonlyMap<string, string>;

/** Host (empty: here) and path as one key. */
export function sumKey(host: string, path: string): string {
  return `${host}\0${path}`;
}

/** A file whose content must be known to tell whether it is the same as another one, on a host or (empty) here. */
export interface SumWanted {
  readonly host: string;
  readonly path: string;
}

/**
 * What is brought from each host, what is left, and why. Nothing is decided that could lose something: what is not as
 * igor brought it stays, unless it is to make way; of two hosts that have different files of one name none is chosen.
 */
export function planPull(facts: PullFacts): PullPlan {
  const holders = holdersOf(facts);
  const taken = new Set<string>();
  const lanes = facts.listings.map((listing) => laneOf(listing, { facts, holders, taken }));
  return { version: 1, title: facts.title, overwrite: facts.overwrite, lanes };
}

/** Files of the same size and another time: they may be the same. */
export function sumsWanted(facts: PullFacts): readonly SumWanted[] {
  const wanted = new Map<string, SumWanted>();
  const ask = (host: string, path: string): void =>
    void wanted.set(sumKey(host, path), { host, path });
  for (const [path, holding] of holdersOf(facts)) {
    const [first] = holding;
    if (first?.entry.kind !== "file") continue;
    const size = String(first.entry.size);
    const others = holding.filter(({ entry }) => !isSameEntry(first.entry, entry));
    if (others.some(({ entry }) => entry.kind !== "file" || String(entry.size) !== size)) continue;
    for (const { host } of others.length > 0 ? holding : []) ask(host, path);
    const here = facts.here.get(path) ?? "-";
    if (
      isBrought(facts.brought.get(path), here) ||
      !here.startsWith(`f ${size} `) ||
      isHere(first.entry, here)
    )
      continue;
    ask(first.host, path);
    ask("", path);
  }
  return [...wanted.values()].filter(({ host, path }) => !facts.sums.has(sumKey(host, path)));
}

function stateOf(entry: ThereEntry): Here {
  return entry.kind === "file" ? `f ${String(entry.size)} ${entry.mtime}` : "";
}

interface Holding {
  readonly host: string;
  readonly entry: ThereEntry;
}

/** Who has what of the paths that may be brought. */
function holdersOf({ listings, wanted }: PullFacts): ReadonlyMap<string, readonly Holding[]> {
  const holders = new Map<string, Holding[]>();
  for (const { host, entries } of listings) {
    for (const entry of new Map(entries.map((each) => [each.path, each])).values()) {
      if (!isWanted(entry.path, wanted) || refusalOf(entry) !== undefined) continue;
      const holding = { host: host.host, entry };
      const known = holders.get(entry.path);
      if (known === undefined) holders.set(entry.path, [holding]);
      else known.push(holding);
    }
  }
  return holders;
}

interface Ground {
  readonly facts: PullFacts;
  readonly holders: ReadonlyMap<string, readonly Holding[]>;
  /** Paths that a host before this one brings or would have brought. */
  readonly taken: Set<string>;
}

function laneOf(listing: HostListing, ground: Ground): PullLane {
  const { host, tree, unreadable } = listing;
  const { wanted, laptopRsync } = ground.facts;
  const files: Incoming[] = [];
  const left: Left[] = unreadable
    .filter((path) => isWanted(path, wanted) || leadsTo(path, wanted))
    .map((path) => ({ path, because: "unreadable" }));
  const known: BroughtPath[] = [];
  let same = 0;
  const entries = new Map(listing.entries.map((entry) => [entry.path, entry]));
  for (const [path, entry] of entries) {
    const verdict = verdictOn(entry, host.host, ground);
    if (verdict === undefined) continue;
    if (verdict.kind === "bring") files.push(verdict.incoming);
    else if (verdict.kind === "same") {
      same += 1;
      if (verdict.known !== undefined) known.push({ path, ...verdict.known });
    } else left.push({ path, because: verdict.because });
  }
  const paths = [...entries.keys()].filter((path) => !isNeverBrought(path)).concat(unreadable);
  return {
    host,
    from: tree.root,
    tool: toolFor(files, tree.rsync === "rsync" && laptopRsync === "rsync"),
    files: files.toSorted(byPath),
    left: left.toSorted(byPath),
    same,
    known,
    unmatched: wanted
      .filter(
        ({ has, start }) => !paths.some((path) => has(path) || start.startsWith(`./${path}/`)),
      )
      .map(({ word }) => word),
  };
}

function byPath(one: { readonly path: string }, other: { readonly path: string }): number {
  return one.path < other.path ? -1 : 1;
}

type Verdict =
  | { readonly kind: "bring"; readonly incoming: Incoming }
  | { readonly kind: "same"; readonly known: Brought | undefined }
  | { readonly kind: "left"; readonly because: LeftBecause };

/** Undefined for what is none of this host's business. */
function verdictOn(entry: ThereEntry, host: string, ground: Ground): Verdict | undefined {
  const { facts, holders, taken } = ground;
  const { path } = entry;
  if (isNeverBrought(path)) return undefined;
  if (!isWanted(path, facts.wanted)) {
    const isOnTheWay = entry.kind === "link" && leadsTo(path, facts.wanted);
    return isOnTheWay ? { kind: "left", because: "link-there" } : undefined;
  }
  const because = refusalOf(entry);
  if (because !== undefined) return { kind: "left", because };
  const [first, ...others] = holders.get(path) ?? [];
  if (first !== undefined && others.some((other) => !isSameHolding(first, other, { path, facts })))
    return { kind: "left", because: "differs" };
  if (taken.has(path)) return undefined;
  taken.add(path);
  const here = facts.here.get(path) ?? "-";
  const before = facts.brought.get(path);
  if (isHere(entry, here))
    return { kind: "same", known: before?.here === here ? undefined : { here } };
  if (before?.here === here && before.there !== undefined && isHere(entry, before.there))
    return { kind: "same", known: undefined };
  if (haveSameSum(host, "", { path, facts }))
    return { kind: "same", known: { here, there: stateOf(entry) } };
  if (here.startsWith("x l ")) return { kind: "left", because: "link-here" };
  const replaces = replacedBy(path, here, facts);
  if (replaces === "foreign" && !facts.overwrite) return { kind: "left", because: "changed-here" };
  if (entry.kind === "special") return { kind: "left", because: "special" };
  return { kind: "bring", incoming: { ...entry, here, replaces } };
}

function replacedBy(path: string, here: Here, { brought }: PullFacts): Incoming["replaces"] {
  if (here === "-") return "nothing";
  return isBrought(brought.get(path), here) ? "brought" : "foreign";
}

function isBrought(brought: Brought | undefined, here: Here): boolean {
  return brought !== undefined && (brought.here === here || brought.before === here);
}

function isSameHolding(
  one: Holding,
  other: Holding,
  about: { readonly path: string; readonly facts: PullFacts },
): boolean {
  return isSameEntry(one.entry, other.entry) || haveSameSum(one.host, other.host, about);
}

function isSameEntry(one: ThereEntry, other: ThereEntry): boolean {
  if (one.kind === "file" && other.kind === "file")
    return one.size === other.size && isSameTime(one.mtime, other.mtime);
  return one.kind === "link" && other.kind === "link" && one.target === other.target;
}

function haveSameSum(
  one: string,
  other: string,
  { path, facts: { sums } }: { readonly path: string; readonly facts: PullFacts },
): boolean {
  const sum = sums.get(sumKey(one, path));
  return sum !== undefined && sum !== "-" && sum === sums.get(sumKey(other, path));
}

function isWanted(path: string, wanted: readonly Wanted[]): boolean {
  return !isNeverBrought(path) && wanted.some(({ has }) => has(path));
}

function toolFor(files: readonly Incoming[], canUseRsync: boolean): PullLane["tool"] {
  const bytes = bytesOf(files);
  if (files.length <= frameLimit.files && bytes <= frameLimit.bytes) return "frame";
  return canUseRsync ? "rsync" : "tar";
}

/** How much there is to bring. */
export function bytesOf(files: readonly Incoming[]): number {
  return files.reduce((sum, file) => sum + (file.kind === "file" ? file.size : 0), 0);
}
