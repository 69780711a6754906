import { closeSync, openSync, readFileSync, readSync, writeFileSync } from "node:fs";
import type { FileState, Tree } from "../model/manifest.ts";

/** The first words of a base. */
export interface BaseHead {
  /** The number of the journal that is written now. */
  readonly turn: number;
  /** Up to which byte the journal before that one is in the tree already. */
  readonly covered: number;
  readonly generation: string | undefined;
}

/** A base that was read as it lies on the disk; its tree is a list of some 5 MB for 50,000 files. */
export interface Base extends BaseHead {
  /** The whole tree. */
  readonly tree: () => Map<string, FileState>;
  /** The tree in these paths only, which takes no time for a few. */
  readonly part: (paths: Iterable<string>) => Map<string, FileState>;
}

/** That of a host to which igor never wrote from here. */
export const noBase: Base = {
  turn: 0,
  covered: 0,
  generation: undefined,
  tree: () => new Map(),
  part: () => new Map(),
};

/**
 * Reads the base of a manifest: `TURN COVERED GENERATION BYTES`, and then `/PATH STATE` for each file in the order of
 * their paths, each of these words with a NUL behind it. No state begins with a slash: where a file begins can be seen in
 * the middle of the list. Undefined when the file is not as long as it says.
 */
export function readBase(file: string): Base | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    // Missing: igor never wrote to that host from here. Unreadable: the host will say that it does not know us.
    return noBase;
  }
  const head: string[] = [];
  let begin = 0;
  for (let end = bytes.indexOf(0); head.length < 4 && end >= 0; end = bytes.indexOf(0, begin)) {
    head.push(bytes.toString("utf8", begin, end));
    begin = end + 1;
  }
  const [turn, covered, generation = "", length] = head;
  if (length === undefined || bytes.length !== begin + Number(length)) return undefined;
  // The NUL before the first path is one of its borders.
  const records = bytes.subarray(begin - 1);
  return {
    turn: Number(turn),
    covered: Number(covered),
    generation: generation === "" ? undefined : generation,
    tree: () => treeOf(records),
    part: (paths) => partOf(records, paths),
  };
}

function treeOf(records: Buffer): Map<string, FileState> {
  const [, ...words] = records.toString("utf8").split("\0");
  const tree = new Map<string, FileState>();
  for (let index = 0; index + 1 < words.length; index += 2) {
    tree.set((words[index] ?? "").slice(1), words[index + 1] ?? "");
  }
  return tree;
}

function partOf(records: Buffer, paths: Iterable<string>): Map<string, FileState> {
  const part = new Map<string, FileState>();
  for (const path of paths) {
    const state = stateIn(records, path);
    if (state !== undefined) part.set(path, state);
  }
  return part;
}

/** Halves the sorted list until the path is found. */
function stateIn(records: Buffer, path: string): FileState | undefined {
  let from = 0;
  let to = records.length;
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    const record = records.indexOf("\0/", middle);
    if (record < 0 || record >= to) {
      to = middle;
      continue;
    }
    const pathEnd = records.indexOf(0, record + 1);
    const found = records.toString("utf8", record + 2, pathEnd);
    if (found === path)
      return records.toString("utf8", pathEnd + 1, records.indexOf(0, pathEnd + 1));
    if (found < path) from = record + 1;
    else to = middle;
  }
  return undefined;
}

/** Writes a base, on the disk for certain: what is not there after a power cut would be forgotten. */
export function writeBase(file: string, head: BaseHead, tree: Tree): void {
  const records = [...tree.keys()]
    .sort()
    .map((path) => `/${path}\0${tree.get(path) ?? ""}\0`)
    .join("");
  const words = [head.turn, head.covered, head.generation ?? "", Buffer.byteLength(records)];
  const text = `${words.map((word) => `${String(word)}\0`).join("")}${records}`;
  writeFileSync(file, text, { mode: 0o600, flush: true });
}

/** Which journal is written now, without reading the whole base. */
export function turnOf(file: string): number {
  try {
    const opened = openSync(file, "r");
    const head = Buffer.alloc(20);
    const bytes = readSync(opened, head);
    closeSync(opened);
    return Number(head.subarray(0, bytes).toString().split("\0")[0]);
  } catch {
    // No base yet.
    return 0;
  }
}
