import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { FileState, Manifest, PendingPush, Tree } from "../model/manifest.ts";
import { noBase, readBase, turnOf, writeBase } from "./manifest-base.ts";
import type { Base } from "./manifest-base.ts";
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
  /** Tells the destination from others. */
  readonly name: string;
  readonly #directory: string;
  /** What this igor last saw: later it reads only what was appended. */
  #seen: Seen | undefined;

  /** `destination` tells hosts and directories apart, e.g. `dino@apollo:/srv/mnist`. */
  constructor(stateDirectory: string, destination: string) {
    this.#directory = stateDirectory;
    this.name = createHash("sha256").update(destination).digest("hex").slice(0, 16);
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

  /**
   * The manifest without its tree, of which only some paths are read: for the first look at a large one. Undefined when
   * `load` has more to do than that.
   */
  peek(): Peek | undefined {
    const base = readBase(this.#base);
    if (base === undefined) return undefined;
    const lines = this.#linesSince(base.turn, { old: base.covered, now: 0 })?.lines;
    if (lines === undefined || changesIn(lines) > compactAfter) return undefined;
    const { generation, pending } = replay({ ...base, tree: new Map(), pending: [] }, lines);
    return {
      generation,
      isPending: pending.length > 0,
      part: (paths) => {
        const { tree } = replay({ ...base, tree: base.part(paths), pending: [] }, lines);
        return new Map([...tree].filter(([path]) => paths.has(path)));
      },
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
    return join(this.#directory, `${this.name}.tree`);
  }

  #journal(turn: number): string {
    return join(this.#directory, `${this.name}.${String(turn)}.journal`);
  }

  #append(line: JournalLine): void {
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    // The line break in front keeps a line that a crash cut short apart from this one.
    const text = `\n${JSON.stringify(line)}\n`;
    let turn: number;
    do {
      turn = turnOf(this.#base);
      appendFileSync(this.#journal(turn), text, { mode: 0o600 });
      // Where another igor has begun a new journal meanwhile, whoever begins the next may have read this one before, and
      // removes it. To say a thing twice does no harm.
    } while (turnOf(this.#base) !== turn);
  }

  /** What was seen and what came after it; undefined when the files are not those of the last time, or damaged. */
  #update(before: Seen | undefined): Seen | undefined {
    const base = before === undefined ? readBase(this.#base) : undefined;
    const from = before ?? (base === undefined ? undefined : seenOf(base));
    if (from === undefined) return undefined;
    if (before !== undefined && turnOf(this.#base) !== before.turn) return undefined;
    const since = this.#linesSince(from.turn, from.ends);
    if (since === undefined) return undefined;
    const { lines, ends } = since;
    return {
      ...replay(from, lines),
      turn: from.turn,
      ends,
      weight: from.weight + changesIn(lines),
    };
  }

  /** What the journal of that turn, and the one before it, say from some bytes on. */
  #linesSince(
    turn: number,
    { old: oldEnd, now: nowEnd }: Seen["ends"],
  ): { readonly lines: readonly JournalLine[]; readonly ends: Seen["ends"] } | undefined {
    const old = readJournal(this.#journal(turn - 1), oldEnd);
    const now = readJournal(this.#journal(turn), nowEnd);
    if (now === undefined) return undefined;
    return {
      lines: [...(old?.lines ?? []), ...now.lines],
      ends: { old: old?.end ?? oldEnd, now: now.end },
    };
  }

  /** A base that a crash of the machine cut short: what was appended to it means nothing without it. */
  #forget(): Seen {
    const turn = turnOf(this.#base);
    for (const file of [this.#base, this.#journal(turn - 1), this.#journal(turn)])
      rmSync(file, { force: true });
    return seenOf(noBase);
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
    writeBase(written, { turn: turn + 1, covered: ends.now, generation }, tree);
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

/** What is known of a host without its tree. */
export interface Peek {
  readonly generation: string | undefined;
  /** Whether attempts are pending. */
  readonly isPending: boolean;
  /** The tree in these paths. */
  readonly part: (paths: ReadonlySet<string>) => Tree;
}

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

function seenOf({ turn, covered, generation, tree }: Base): Seen {
  const ends = { old: covered, now: 0 };
  return { turn, ends, weight: 0, generation, tree: tree(), pending: [] };
}
