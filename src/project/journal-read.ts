import { readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { Event } from "../model/event.ts";
import type { ConfigFailure } from "../model/failure-config.ts";
import type {
  ActionEnded,
  ActionStarted,
  ActionSummary,
  RecordedAction,
} from "../model/journal.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { isAlive } from "./is-alive.ts";
import { journalDir, journalEnding } from "./journal.ts";
import { namesIn } from "./read.ts";
import { allStateDirs } from "./state-dir.ts";
import { systemErrorOf } from "./system-error.ts";

/** The files of the journals of the project in `root`, or of all projects; the oldest first. */
export function journalFiles(root: string | undefined): readonly string[] {
  const directories =
    root === undefined ? allStateDirs().map((state) => join(state, "journal")) : [journalDir(root)];
  return directories
    .flatMap((directory) => namesIn(directory).map((name) => join(directory, name)))
    .filter((file) => file.endsWith(journalEnding))
    .sort((one, other) => (basename(one) < basename(other) ? -1 : 1));
}

/** The id of the action whose journal a file is. */
export function actionIdOf(file: string): string {
  return basename(file, journalEnding);
}

/** What an action was; undefined for a file that is gone or no journal. */
export function summaryOf(file: string): ActionSummary | undefined {
  const read = readJournalFile(file);
  if (!read.ok) return undefined;
  const { id, started, ended, isRunning } = read.value;
  return { id, started, ended, isRunning };
}

/** Reads the journal of an action. Lines that are not whole, or of another igor, are left out. */
export function readJournalFile(file: string): Result<RecordedAction, ConfigFailure> {
  const path = resolve(file);
  const unreadable = (detail: string) =>
    fail({ reason: "journal-unreadable" as const, file: path, detail });
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    return unreadable(systemErrorOf(error).detail);
  }
  const lines = text.split("\n").flatMap(parseLine);
  const [started, ...others] = lines;
  if (!isStarted(started)) return unreadable("its first line is not that of a journal");
  const last = others.at(-1);
  const ended = isEnded(last) ? last : undefined;
  const events = others.filter((line): line is Line & Event => eventTypes.has(line.type));
  const isRunning = ended === undefined && isAlive(started.pid);
  return ok({ id: actionIdOf(path), started, events, ended, isRunning });
}

interface Line {
  readonly type: string;
  readonly at: number;
}

function parseLine(line: string): readonly Line[] {
  try {
    const value: unknown = line === "" ? undefined : JSON.parse(line);
    return isLine(value) ? [withoutVersion(value)] : [];
  } catch {
    return [];
  }
}

function isLine(value: unknown): value is Line & { readonly version?: unknown } {
  if (typeof value !== "object" || value === null || !("type" in value && "at" in value))
    return false;
  return typeof value.type === "string" && typeof value.at === "number";
}

function withoutVersion({ version: _, ...line }: Line & { readonly version?: unknown }): Line {
  return line;
}

/** What a journal holds between its first and its last line; whoever draws an event must expect it to be of another igor. */
const eventTypes: ReadonlySet<string> = new Set<Event["type"]>([
  "plan-started",
  "step-started",
  "progress",
  "decided",
  "output",
  "step-ended",
  "host-ended",
  "plan-ended",
  "failed",
]);

function isStarted(line: Line | undefined): line is ActionStarted {
  if (line?.type !== "action-started") return false;
  const { request, hosts, project, igor, node, platform, pid } = line as Partial<ActionStarted>;
  const areWords = [request, hosts].every(
    (words) => Array.isArray(words) && words.every((word) => typeof word === "string"),
  );
  const areText = [project, igor, node, platform].every((text) => typeof text === "string");
  return areWords && areText && typeof pid === "number";
}

function isEnded(line: Line | undefined): line is ActionEnded {
  if (line?.type !== "action-ended") return false;
  const { outcome } = line as Partial<ActionEnded>;
  return outcome === "done" || outcome === "failed" || outcome === "cancelled";
}
