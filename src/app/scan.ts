import { join } from "node:path";
import type { FileState, Manifest, Tree } from "../model/manifest.ts";
import type { Project } from "../model/project.ts";
import { ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { parentsOf } from "../plan/difference.ts";
import type { LocalTree } from "../plan/difference.ts";
import { repositoryId, sourceOf } from "../project/identity.ts";
import { readNote, writeNote } from "../project/notes.ts";
import { alwaysSent, fileFilter, isNeverSent } from "../project/select-files.ts";
import { lookAtOnce, lookInThread, unchangedOf } from "../project/unchanged.ts";
import { isRacy, isThere, lookAt, readTree, stateOf, walk } from "../project/walk.ts";
import { firstCommit, listGitFiles, listNestedFiles } from "../run/git-files.ts";
import type { FileSource } from "../run/pack.ts";
import { vouchedBy } from "./vouched.ts";
import type { Vouched } from "./vouched.ts";

/** A tree of fewer files is looked at as fast as git can be asked. */
export const manyFiles = 10_000;

/** What a look at the project's directory found. */
export interface Scan {
  readonly tree: ReadonlyMap<string, FileState>;
  /** How many files the project has; the tree may be a part of them. */
  readonly files: number;
  /** Those that have other names, too; known where the tree is a whole one. */
  readonly linked?: readonly string[];
  /** For a later look at a large tree. */
  readonly vouched?: Vouched;
  /** Who said which files there are. */
  readonly listedBy: "git" | "walk";
  /** `-` without a git history. */
  readonly commit: string;
  readonly source: string;
}

/** What was found but for the files. */
export type Header = Pick<Scan, "listedBy" | "commit" | "source">;

export function headerOf({ listedBy, commit, source }: Scan): Header {
  return { listedBy, commit, source };
}

/** What a scan goes by. */
export interface Ground {
  readonly project: Project;
  /** Files that are sent even when git ignores them, like those of the configuration. */
  readonly named: readonly string[];
  /** Loads a tree of the last time: looked at while git lists what there is now. */
  readonly known: () => Tree;
  /**
   * How much of that tree a thread looks at, which is worth it for a large one: `most` is fastest, `all` leaves this
   * thread to others.
   */
  readonly inThread: "nothing" | "most" | "all";
  /** What must be under way before looking at a large tree keeps everything else waiting: the connections. */
  readonly ready: Promise<unknown>;
  /** Milliseconds of the epoch. */
  readonly now: () => number;
}

/** Looks at every file that a push would send. */
export async function scan({
  project,
  named,
  known,
  inThread,
  ready,
  now,
}: Ground): Promise<Result<Scan>> {
  const { root } = project;
  const startedAt = now();
  const look = inThread === "nothing" ? lookAtOnce : lookInThread(inThread);
  const listing = listGitFiles(root);
  await ready;
  const looking = unchangedOf(root, known(), look);
  const listed = await listing;
  if (!listed.ok) return listed;
  const isSent = fileFilter(project);
  const seen = listed.value === undefined ? walk(root, (path) => !isSent(path)) : ok(listed.value);
  if (!seen.ok) return seen;
  const always = [...alwaysSent(project), ...named].filter((path) => !isNeverSent(path));
  const listedPaths = [...seen.value.filter(isSent), ...always];
  const listedBy = listed.value === undefined ? "walk" : "git";
  const vouching =
    listedBy === "git" && listedPaths.length > manyFiles
      ? vouchedBy(project, { always, startedAt })
      : undefined;
  const unchanged = await looking;
  const same = new Map<string, FileState>();
  const paths = new Set<string>();
  for (const path of listedPaths) {
    const state = unchanged.tree.get(path);
    if (state === undefined) paths.add(path);
    else same.set(path, state);
  }
  const found = readTree(root, paths);
  if (!found.ok) return found;
  const linked = [...unchanged.linked, ...found.value.linked];
  const submodules = found.value.directories.filter((path) => !named.includes(path));
  for (const [path, state] of found.value.tree) same.set(path, state);
  for (const directory of submodules) {
    const nested = await filesOfSubmodule(root, directory);
    if (!nested.ok) return nested;
    const inside = readTree(root, nested.value.filter(isSent));
    if (!inside.ok) return inside;
    for (const [path, state] of inside.value.tree) same.set(path, state);
    linked.push(...inside.value.linked);
  }
  const vouched = submodules.length > 0 ? undefined : await vouching;
  const whole = { ...(await scanOf(project, { tree: same, listedBy })), linked };
  return ok(vouched === undefined ? whole : { ...whole, vouched });
}

/** What was found, with what the hosts are told of the project. */
export async function scanOf(
  { root }: Project,
  { tree, listedBy }: Pick<Scan, "tree" | "listedBy">,
): Promise<Scan> {
  const commit = listedBy === "walk" ? "-" : await commitOf(root);
  return { tree, files: tree.size, listedBy, commit, source: sourceOf(root) };
}

/** A submodule may hold submodules of its own. */
async function filesOfSubmodule(
  root: string,
  directory: string,
): Promise<Result<readonly string[]>> {
  const listed = await listNestedFiles(root, directory);
  if (!listed.ok) return listed;
  const found = readTree(root, listed.value);
  if (!found.ok) return found;
  const files = [...listed.value];
  for (const below of found.value.directories) {
    const nested = await filesOfSubmodule(root, below);
    if (!nested.ok) return nested;
    files.push(...nested.value);
  }
  return ok(files);
}

/** What a scan means for a host with this manifest: paths that are still here but no longer sent are released. */
export function localTree(
  { tree }: Scan,
  { root }: Project,
  {
    manifest,
    touched,
  }: { readonly manifest: Manifest; readonly touched: ReadonlySet<string> | undefined },
): LocalTree {
  // Below a directory that is a file or a link now, nothing is there under the old name.
  const isStillHere = (path: string): boolean =>
    !parentsOf(path).some((parent) => tree.has(parent)) && isThere(join(root, path));
  const released = new Set<string>();
  const lastSent = [manifest.tree, ...manifest.pending.map(({ changes }) => changes)];
  for (const known of touched === undefined ? lastSent.map((each) => each.keys()) : [touched]) {
    for (const path of known) if (!tree.has(path) && isStillHere(path)) released.add(path);
  }
  return { tree, released, ...(touched === undefined ? {} : { touched }) };
}

/** Where the executor reads the bytes of the files that a plan names; `plannedState`: how they looked when it was made. */
export function fileSource(
  { root }: Project,
  plannedState: FileSource["stateOf"],
  now: () => number,
): FileSource {
  const readStateOf: FileSource["readStateOf"] = (found) =>
    isRacy(found, now()) ? `${stateOf(found)} racy` : stateOf(found);
  return {
    root,
    stateOf: plannedState,
    readStateOf,
    lookAgain: (path) => {
      const found = lookAt(join(root, path));
      if (found === undefined) return undefined;
      return "link" in found ? `l ${found.link}` : readStateOf(found);
    },
  };
}

/** The first commit of a repository never changes, and asking git for it takes long in a large history: it is noted. */
async function commitOf(root: string): Promise<string> {
  const key = { root, name: "first-commit", digest: repositoryId(root) };
  const noted = readNote(key);
  if (typeof noted === "string") return noted;
  const commit = await firstCommit(root);
  if (commit !== "-") writeNote(key, commit);
  return commit;
}
