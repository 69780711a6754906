import { createHash } from "node:crypto";
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { FileState, Manifest, PendingPush } from "../model/manifest.ts";
import { readJournal } from "./manifest-journal.ts";
import type { Attempt, JournalLine } from "./manifest-journal.ts";

/** A base of so many bytes is the tree of some 10,000 files. */
const largeBase = 700_000;
/** After this many changes in the journal the base is written anew. */
const compactAfter = 5000;

/**
 * What igor put on one host, on disk: a base (the whole tree of one generation) and a journal of what came after, so that
 * a small push writes a small line. Each line is appended whole; a line that a crash cut short is ignored.
 *
 * Any number of igors may read and write at once, without a lock. The base names the journal that is written now (`turn`),
 * and how much of the one before it holds: a line that somebody appends there in the last moment is still read.
 */
export class ManifestStore {
  readonly #directory: string;
  readonly #name: string;
  /** What this igor last saw: later it reads only what was appended. */
  #seen: Seen | undefined;

  /** `destination` tells hosts and directories apart, e.g. `dino@apollo:/srv/mnist`. */
  constructor(stateDirectory: string, destination: string) {
    this.#directory = stateDirectory;
    this.#name = createHash("sha256").update(destination).digest("hex").slice(0, 16);
  }

  /**
   * The manifest as it is now; another igor may have changed it since the last time. It is the same tree that was loaded
   * before, brought up to date.
   */
  load(): Manifest {
    const seen = this.#update(this.#seen) ?? this.#update(undefined) ?? this.#forget();
    this.#seen = seen;
    if (seen.weight > compactAfter && seen.pending.length === 0) this.#compact(seen);
    return {
      generation: seen.generation,
      tree: seen.tree,
      pending: seen.pending.map(({ generation, changes }) => ({ generation, changes })),
    };
  }

  /** Whether it is a large tree, without reading it. */
  isLarge(): boolean {
    try {
      return statSync(this.#base).size > largeBase;
    } catch {
      // Nothing is noted there, or nothing can be: that is told when something has to be noted.
      return false;
    }
  }

  /** Notes what is about to be sent. From now on the host may hold any part of it. */
  addPending({ generation, changes }: PendingPush): void {
    const listed = [...changes].map(([path, state]): [string, FileState | null] => [
      path,
      state ?? null,
    ]);
    const knows = (this.#seen?.pending ?? []).map((attempt) => attempt.generation);
    this.#append({ pending: generation, knows, changes: listed });
  }

  /** The host holds that generation completely. */
  confirm(generation: string): void {
    this.#append({ confirmed: generation });
  }

  /** The host refused that generation before it changed anything. */
  withdraw(generation: string): void {
    this.#append({ withdrawn: generation });
  }

  get #base(): string {
    return join(this.#directory, `${this.#name}.tree`);
  }

  #journal(turn: number): string {
    return join(this.#directory, `${this.#name}.${String(turn)}.journal`);
  }

  #append(line: JournalLine): void {
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    const journal = this.#journal(turnOf(this.#base));
    // The line break in front keeps a line that a crash cut short apart from this one.
    appendFileSync(journal, `\n${JSON.stringify(line)}\n`, { mode: 0o600 });
  }

  /** What was seen and what came after it; undefined when the files are not those of the last time, or damaged. */
  #update(before: Seen | undefined): Seen | undefined {
    const from = before ?? readBase(this.#base);
    if (from === undefined) return undefined;
    if (before !== undefined && turnOf(this.#base) !== before.turn) return undefined;
    const old = readJournal(this.#journal(from.turn - 1), from.ends.old);
    const now = readJournal(this.#journal(from.turn), from.ends.now);
    if (now === undefined) return undefined;
    const lines = [...(old?.lines ?? []), ...now.lines];
    return {
      ...replay(from, lines),
      turn: from.turn,
      ends: { old: old?.end ?? from.ends.old, now: now.end },
      weight: from.weight + changesIn(lines),
    };
  }

  /** A base that a crash of the machine cut short: what was appended to it means nothing without it. */
  #forget(): Seen {
    const turn = turnOf(this.#base);
    for (const file of [this.#base, this.#journal(turn - 1), this.#journal(turn)])
      rmSync(file, { force: true });
    return unknown();
  }

  /** Where that fails (a full disk), the journal goes on growing. */
  #compact(seen: Seen): void {
    try {
      this.#writeBase(seen);
    } catch {
      // Whoever must write says so.
    }
  }

  #writeBase({ generation, tree, turn, ends }: Seen): void {
    const written = `${this.#base}.${String(process.pid)}`;
    const records = [...tree].map(([path, state]) => `${path}\0${state}\0`);
    const head = [turn + 1, ends.now, generation ?? "", tree.size].map(
      (field) => `${String(field)}\0`,
    );
    // On the disk before it takes the place of the old one: what is not there after a power cut would be forgotten.
    writeFileSync(written, [...head, ...records].join(""), { mode: 0o600, flush: true });
    // Another igor may have been faster; then its journals are not these.
    if (turnOf(this.#base) === turn) {
      renameSync(written, this.#base);
      rmSync(this.#journal(turn - 1), { force: true });
    } else rmSync(written, { force: true });
  }
}

/** What a base and its journals said up to some byte. */
interface Seen {
  /** The number of the journal that is written now. */
  readonly turn: number;
  /** Up to which byte that journal, and the one before it, are in the tree already. */
  readonly ends: { readonly old: number; readonly now: number };
  /** How many changes the journals held. */
  readonly weight: number;
  readonly generation: string | undefined;
  readonly tree: Map<string, FileState>;
  readonly pending: readonly Attempt[];
}

/** Nothing is known. */
const unknown = (): Seen => ({
  turn: 0,
  ends: { old: 0, now: 0 },
  weight: 0,
  generation: undefined,
  tree: new Map(),
  pending: [],
});

/** Brings the tree up to date, in its place. */
function replay(
  { tree, ...before }: Pick<Seen, "generation" | "tree" | "pending">,
  lines: readonly JournalLine[],
): Pick<Seen, "generation" | "tree" | "pending"> {
  let { generation, pending } = before;
  for (const line of lines) {
    if ("pending" in line) {
      const changes = new Map(line.changes.map(([path, state]) => [path, state ?? undefined]));
      pending = [...pending, { generation: line.pending, changes, knows: line.knows }];
      continue;
    }
    if ("withdrawn" in line) {
      pending = pending.filter((attempt) => attempt.generation !== line.withdrawn);
      continue;
    }
    // What was really sent is noted as a second attempt of the same generation: it counts.
    const confirmed = pending.filter((attempt) => attempt.generation === line.confirmed);
    const last = confirmed.at(-1);
    if (last === undefined) continue;
    // An attempt lists every path in which the states before it differ from its own tree, so it fits the base as it is.
    for (const [path, state] of last.changes) {
      if (state === undefined) tree.delete(path);
      else tree.set(path, state);
    }
    generation = last.generation;
    // What it was not made for may have arrived in part before it: an attempt that somebody else noted at the same time.
    const settled = new Set([last.generation, ...confirmed.flatMap(({ knows }) => knows)]);
    pending = pending.filter((attempt) => !settled.has(attempt.generation));
  }
  return { generation, tree, pending };
}

function changesIn(lines: readonly JournalLine[]): number {
  return lines.reduce((sum, line) => sum + ("changes" in line ? line.changes.length + 1 : 1), 0);
}

function readBase(file: string): Seen | undefined {
  const text = textOf(file);
  if (text === undefined) return unknown();
  const [turn = "", covered = "", generation = "", size = "", ...fields] = text.split("\0");
  const tree = new Map<string, FileState>();
  for (let index = 0; index + 1 < fields.length; index += 2) {
    tree.set(fields[index] ?? "", fields[index + 1] ?? "");
  }
  // Two fields for each file, and nothing after the last NUL.
  if (fields.length !== 2 * Number(size) + 1) return undefined;
  return {
    turn: Number(turn),
    ends: { old: Number(covered), now: 0 },
    weight: 0,
    generation: generation === "" ? undefined : generation,
    tree,
    pending: [],
  };
}

/** Only the head of the base: which journal is written now. */
function turnOf(file: string): number {
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

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // Missing: igor never wrote to that host from here. Unreadable: the host will say that it does not know us.
    return undefined;
  }
}
