import { readFileSync } from "node:fs";
import type { FileState, PendingPush } from "../model/manifest.ts";

/** A line of the journal: an attempt (`null`: the path is deleted), or its confirmation by the host. */
export type JournalLine =
  | {
      readonly pending: string;
      /** The attempts that were pending before it, as far as its igor knew. */
      readonly knows: readonly string[];
      readonly changes: readonly (readonly [string, FileState | null])[];
    }
  | { readonly confirmed: string };

/** An attempt that the host has not confirmed. */
export type Attempt = PendingPush & { readonly knows: readonly string[] };

/** What a journal says from a byte on, and up to which byte its lines are whole. */
export interface Journal {
  readonly lines: readonly JournalLine[];
  readonly end: number;
}

/** Reads a journal. A line that a crash cut short is left out: nothing was sent on the strength of it. */
export function readJournal(file: string, from: number): Journal {
  const bytes = bytesOf(file);
  const end = bytes.lastIndexOf("\n") + 1;
  const lines = bytes.subarray(Math.min(from, end), end).toString("utf8").split("\n");
  return { lines: lines.flatMap(parseLine), end };
}

function parseLine(line: string): readonly JournalLine[] {
  try {
    const value: unknown = line === "" ? undefined : JSON.parse(line);
    return isJournalLine(value) ? [value] : [];
  } catch {
    return [];
  }
}

function isJournalLine(value: unknown): value is JournalLine {
  if (typeof value !== "object" || value === null) return false;
  if ("confirmed" in value) return typeof value.confirmed === "string";
  return (
    "pending" in value &&
    typeof value.pending === "string" &&
    "knows" in value &&
    Array.isArray(value.knows) &&
    "changes" in value &&
    Array.isArray(value.changes)
  );
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    // Nothing was noted yet.
    return Buffer.alloc(0);
  }
}
