import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { FileState, PendingPush } from "../model/manifest.ts";

/** A line of the journal: an attempt (`null`: the path is deleted), or what the host said of it. */
export type JournalLine =
  | {
      readonly pending: string;
      /** The attempts that were pending before it, as far as its igor knew. */
      readonly knows: readonly string[];
      readonly changes: readonly (readonly [string, FileState | null])[];
    }
  | { readonly confirmed: string }
  | { readonly withdrawn: string };

/** An attempt that the host has not confirmed. */
export type Attempt = PendingPush & { readonly knows: readonly string[] };

/** What a journal says from a byte on, and up to which byte its lines are whole. */
export interface Journal {
  readonly lines: readonly JournalLine[];
  readonly end: number;
}

/**
 * Reads a journal from a byte on. A line that a crash cut short is left out: nothing was sent on the strength of it.
 * Undefined when it ends before that byte: it is another one.
 */
export function readJournal(file: string, from: number): Journal | undefined {
  const bytes = bytesFrom(file, from);
  if (bytes === undefined) return undefined;
  const length = bytes.lastIndexOf("\n") + 1;
  const lines = bytes.subarray(0, length).toString("utf8").split("\n");
  return { lines: lines.flatMap(parseLine), end: from + length };
}

function parseLine(line: string): readonly JournalLine[] {
  try {
    const value: unknown = line === "" ? undefined : JSON.parse(line);
    return typeof value === "object" && value !== null ? journalLineOf(value) : [];
  } catch {
    return [];
  }
}

/** What the line says, and no more: each kind of line is known by its words. */
function journalLineOf(value: object): readonly JournalLine[] {
  const { pending, knows, changes, confirmed, withdrawn }: Partial<Record<string, unknown>> = {
    ...value,
  };
  if (isString(pending))
    return isListOf(knows, isString) && isListOf(changes, isChange)
      ? [{ pending, knows, changes }]
      : [];
  if (isString(confirmed)) return [{ confirmed }];
  return isString(withdrawn) ? [{ withdrawn }] : [];
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}

function isListOf<T>(value: unknown, isItem: (item: unknown) => item is T): value is readonly T[] {
  return Array.isArray(value) && value.every(isItem);
}

function isChange(value: unknown): value is readonly [string, FileState | null] {
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    isString(value[0]) &&
    (value[1] === null || isString(value[1]))
  );
}

function bytesFrom(file: string, from: number): Buffer | undefined {
  let journal: number | undefined;
  try {
    journal = openSync(file, "r");
    const { size } = fstatSync(journal);
    if (size < from) return undefined;
    const bytes = Buffer.alloc(size - from);
    return bytes.subarray(0, readSync(journal, bytes, 0, bytes.length, from));
  } catch {
    // Nothing was noted yet.
    return from === 0 ? Buffer.alloc(0) : undefined;
  } finally {
    if (journal !== undefined) closeSync(journal);
  }
}
