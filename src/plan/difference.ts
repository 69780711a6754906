import type { FileState, Manifest, PendingPush, Tree } from "../model/manifest.ts";
import type { Change, Expected } from "../model/plan.ts";

/** What a host lacks, and what it will hold afterwards. */
export interface Difference {
  /** In the order in which the host applies them. */
  readonly changes: readonly Change[];
  /** What becomes of the manifest when the host confirms. */
  readonly states: PendingPush["changes"];
}

/** The local side of a push. */
export interface LocalTree {
  readonly tree: Tree;
  /** Paths of the manifest that are still here but no longer pushed (ignored now): released, never deleted there. */
  readonly released: ReadonlySet<string>;
  /** The only paths in which it can differ from what was last sent; any, when absent. */
  readonly touched?: ReadonlySet<string>;
}

/**
 * What must change on a host that holds one of the generations of its manifest.
 * A path may be in several states there (an attempt that was cut arrives in part); it is left alone only when all agree.
 */
export function differenceOf(local: LocalTree, manifest: Manifest): Difference {
  if (manifest.pending.length === 0) {
    const { tree, touched } = local;
    const isThere = (path: string, state: FileState): boolean => manifest.tree.get(path) === state;
    if (touched === undefined) return changesOf(local, manifest, isThere);
    const here = { ...local, tree: partOf(tree, touched) };
    return changesOf(here, { ...manifest, tree: partOf(manifest.tree, touched) }, isThere);
  }
  return changesOf(local, manifest, (path, state) =>
    statesOf(path, manifest).every((possible) => possible === state),
  );
}

function partOf(tree: Tree, paths: ReadonlySet<string>): Tree {
  const part = new Map<string, FileState>();
  for (const path of paths) {
    const state = tree.get(path);
    if (state !== undefined) part.set(path, state);
  }
  return part;
}

/** What must be checked on a host whose generation igor does not know: everything. Deletions still need the manifest. */
export function wholeTree(local: LocalTree, manifest: Manifest): Difference {
  return changesOf(local, manifest, () => false);
}

function changesOf(
  { tree, released }: LocalTree,
  manifest: Manifest,
  isThere: (path: string, state: FileState) => boolean,
): Difference {
  const states = new Map<string, FileState | undefined>();
  const replacing: Change[] = [];
  for (const [path, state] of tree) {
    if (isThere(path, state)) continue;
    states.set(path, state);
    replacing.push({
      kind: "replace",
      path,
      expected: expectedOf(statesOf(path, manifest)),
    });
  }
  const deleting: Change[] = [];
  for (const path of knownPaths(manifest)) {
    if (tree.has(path)) continue;
    states.set(path, undefined);
    if (!released.has(path))
      deleting.push({ kind: "delete", path, expected: expectedOf(statesOf(path, manifest)) });
  }
  return { changes: inOrder(replacing, deleting), states };
}

/** Every state in which igor may have left a path. */
function statesOf(path: string, { tree, pending }: Manifest): readonly (FileState | undefined)[] {
  const states: (FileState | undefined)[] = [tree.get(path)];
  for (const { changes } of pending) if (changes.has(path)) states.push(changes.get(path));
  return states;
}

function knownPaths({ tree, pending }: Manifest): Iterable<string> {
  if (pending.length === 0) return tree.keys();
  return new Set([...tree.keys(), ...pending.flatMap(({ changes }) => [...changes.keys()])]);
}

function expectedOf(states: readonly (FileState | undefined)[]): readonly Expected[] {
  return [...new Set(states)].filter((state) => state !== undefined).map(toExpected);
}

function toExpected(state: FileState): Expected {
  if (state.startsWith("l ")) return { kind: "symlink", target: state.slice(2) };
  const [, size = "", mtime = ""] = state.split(" ");
  return { kind: "file", size, mtime };
}

/**
 * A deletion that frees the way comes first, everything else after the new files are in place,
 * so that a file that moves is never missing in both places.
 * e.g. UNBLOCK a BEFORE REPLACE a/b; UNBLOCK a/b BEFORE REPLACE a; UNBLOCK Readme BEFORE REPLACE README
 */
function inOrder(replacing: readonly Change[], deleting: readonly Change[]): readonly Change[] {
  const byDirectory = [...replacing].sort((a, b) => compareText(sortKey(a.path), sortKey(b.path)));
  if (deleting.length === 0) return byDirectory;
  const paths = new Set(replacing.map(({ path }) => path));
  const folded = new Set(replacing.map(({ path }) => path.toLowerCase()));
  const directories = new Set(replacing.flatMap(({ path }) => parentsOf(path)));
  const frees = ({ path }: Change): boolean =>
    directories.has(path) ||
    folded.has(path.toLowerCase()) ||
    parentsOf(path).some((parent) => paths.has(parent));
  const sorted = [...deleting].sort((a, b) => compareText(a.path, b.path));
  return [
    ...sorted.filter(frees).map((change): Change => ({ ...change, kind: "unblock" })),
    ...byDirectory,
    ...sorted.filter((change) => !frees(change)),
  ];
}

/** Files of one directory stand together: the host moves them with one command. */
function sortKey(path: string): string {
  const slash = path.lastIndexOf("/");
  return `${path.slice(0, Math.max(slash, 0))}\0${path.slice(slash + 1)}`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** e.g. `a/b/c` gives `a` and `a/b` */
export function parentsOf(path: string): readonly string[] {
  const parents: string[] = [];
  for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1)) {
    parents.push(path.slice(0, slash));
  }
  return parents;
}
