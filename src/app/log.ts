import { dirname } from "node:path";
import type { ConfigFailure } from "../model/failure-config.ts";
import type { ActionSummary, RecordedAction } from "../model/journal.ts";
import { fail } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { findConfig } from "../project/config-find.ts";
import { actionIdOf, journalFiles, readJournalFile, summaryOf } from "../project/journal-read.ts";

/** How many actions are listed. */
const mostListed = 20;

/** The last actions on the project that a directory belongs to, outside of every project on all; the newest last. */
export async function lastActions(directory: string): Promise<readonly ActionSummary[]> {
  const files = journalFiles(await rootOf(directory));
  return files
    .slice(-mostListed)
    .map(summaryOf)
    .filter((summary) => summary !== undefined);
}

/** The action with this id, wherever it was, or of this file; without a name the last of `lastActions`. */
export async function recordedAction(
  directory: string,
  name: string | undefined,
): Promise<Result<RecordedAction, ConfigFailure>> {
  if (name !== undefined && /[/\\]|\.ndjson$/.test(name)) return readJournalFile(name);
  const file =
    name === undefined
      ? journalFiles(await rootOf(directory)).at(-1)
      : journalFiles(undefined).find((one) => actionIdOf(one) === name);
  if (file === undefined) return fail({ reason: "unknown-action", id: name });
  return readJournalFile(file);
}

/** The ids of the actions that `lastActions` lists, the newest first. */
export async function lastActionIds(directory: string): Promise<readonly string[]> {
  return journalFiles(await rootOf(directory))
    .slice(-mostListed)
    .map(actionIdOf)
    .reverse();
}

/** A configuration with mistakes is one of a project all the same. */
async function rootOf(directory: string): Promise<string | undefined> {
  const found = await findConfig(directory);
  return found.ok ? dirname(dirname(found.value.file)) : undefined;
}
