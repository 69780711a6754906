import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { FileState, Manifest, PendingPush } from "../model/manifest.ts";

/** After this many changes in the journal the base is written anew. */
const compactAfter = 5000;

/** A line of the journal: an attempt (`null`: the path is deleted), or its confirmation by the host. */
type JournalLine =
  | { readonly pending: string; readonly changes: readonly (readonly [string, FileState | null])[] }
  | { readonly confirmed: string };

/**
 * What igor put on one host, on disk: a base (the whole tree of one generation) and a journal of what came after, so that
 * a small push writes a small line. Each line is appended whole; a line that a crash cut short is ignored.
 */
export class ManifestStore {
  readonly #base: string;
  readonly #journal: string;

  /** `destination` tells hosts and directories apart, e.g. `dino@apollo:/srv/mnist`. */
  constructor(stateDirectory: string, destination: string) {
    const name = createHash("sha256").update(destination).digest("hex").slice(0, 16);
    this.#base = join(stateDirectory, `${name}.tree`);
    this.#journal = join(stateDirectory, `${name}.journal`);
  }

  /** The manifest as it is now; another igor may have changed it since the last time. */
  load(): Manifest {
    const lines = readLines(this.#journal);
    const manifest = replay(readBase(this.#base), lines);
    const changes = lines.reduce(
      (sum, line) => sum + ("changes" in line ? line.changes.length + 1 : 1),
      0,
    );
    if (changes > compactAfter && manifest.pending.length === 0) this.#compact(manifest);
    return manifest;
  }

  /** Notes what is about to be sent. From now on the host may hold any part of it. */
  addPending({ generation, changes }: PendingPush): void {
    this.#append({
      pending: generation,
      changes: [...changes].map(([path, state]) => [path, state ?? null]),
    });
  }

  /** The host holds that generation completely. */
  confirm(generation: string): void {
    this.#append({ confirmed: generation });
  }

  #append(line: JournalLine): void {
    mkdirSync(dirname(this.#journal), { recursive: true, mode: 0o700 });
    // The line break in front keeps a line that a crash cut short apart from this one.
    appendFileSync(this.#journal, `\n${JSON.stringify(line)}\n`, { mode: 0o600 });
  }

  /** The journal is emptied after the base is in place: a crash between replays lines that change nothing. */
  #compact(manifest: Manifest): void {
    const records = [...manifest.tree].map(([path, state]) => `${path}\0${state}\0`);
    writeFileSync(`${this.#base}.new`, `${manifest.generation ?? ""}\0${records.join("")}`, {
      mode: 0o600,
    });
    renameSync(`${this.#base}.new`, this.#base);
    writeFileSync(this.#journal, "", { mode: 0o600 });
  }
}

/** A base, to be brought up to date. */
interface Base {
  readonly generation: string | undefined;
  readonly tree: Map<string, FileState>;
}

function replay(base: Base, lines: readonly JournalLine[]): Manifest {
  const { tree } = base;
  let { generation } = base;
  let pending: readonly PendingPush[] = [];
  for (const line of lines) {
    if ("pending" in line) {
      const changes = new Map(line.changes.map(([path, state]) => [path, state ?? undefined]));
      pending = [...pending, { generation: line.pending, changes }];
      continue;
    }
    const index = pending.findIndex((attempt) => attempt.generation === line.confirmed);
    const confirmed = pending[index];
    if (confirmed === undefined) continue;
    // An attempt lists every path in which the states before it differ from its own tree, so it fits the base as it is.
    for (const [path, state] of confirmed.changes) {
      if (state === undefined) tree.delete(path);
      else tree.set(path, state);
    }
    generation = confirmed.generation;
    pending = pending.slice(index + 1);
  }
  return { generation, tree, pending };
}

function readBase(file: string): Base {
  const [generation = "", ...fields] = readOrEmpty(file).split("\0");
  const tree = new Map<string, FileState>();
  for (let index = 0; index + 1 < fields.length; index += 2)
    tree.set(fields[index] ?? "", fields[index + 1] ?? "");
  return { generation: generation === "" ? undefined : generation, tree };
}

function readLines(file: string): readonly JournalLine[] {
  return readOrEmpty(file)
    .split("\n")
    .flatMap((line) => {
      try {
        const value: unknown = line === "" ? undefined : JSON.parse(line);
        return isJournalLine(value) ? [value] : [];
      } catch {
        // Cut short by a crash: nothing was sent on the strength of it.
        return [];
      }
    });
}

function isJournalLine(value: unknown): value is JournalLine {
  if (typeof value !== "object" || value === null) return false;
  return (
    "confirmed" in value ||
    ("pending" in value && "changes" in value && Array.isArray(value.changes))
  );
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // Missing: igor never wrote to that host from here. Unreadable: the host will say that it does not know us.
    return "";
  }
}
