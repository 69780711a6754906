import { lstat, readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { ConfigFailure } from "../model/failure-config.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { systemErrorOf } from "./system-error.ts";

/** Where the configuration is, relative to the project. */
export const configPath = join(".igor", "config.json");

/**
 * Reads the nearest `.igor/config.json`, in this directory or above it. One above it, e.g. in `/tmp`, may have been put
 * there by another user for whoever works below: it counts if it is of this user, of root, or of the owner of this
 * directory, whose project this is then.
 */
export async function findConfig(
  from: string,
): Promise<Result<{ readonly file: string; readonly text: string }, ConfigFailure>> {
  const start = resolve(from);
  for (let directory = start; ; directory = dirname(directory)) {
    const file = join(directory, configPath);
    const read = await readRegular(file);
    const isHere = directory === start;
    if (read.ok && !isHere && (await isOfStranger(dirname(file), start)))
      return fail({ reason: "config-of-another", file, from: start });
    if (read.ok) return ok({ file, text: read.value });
    if (!isAbsent(read.failure)) return fail(unreadable(read.failure));
    if (directory === dirname(directory)) return fail({ reason: "config-missing", from });
  }
}

/** Whoever owns the directory decides what is in it, also where a link in it leads. */
async function isOfStranger(directory: string, start: string): Promise<boolean> {
  const { uid } = await lstat(directory);
  if (uid === 0 || uid === process.getuid?.()) return false;
  return (await stat(start)).uid !== uid;
}

/** Why a file has no text for igor. */
export interface Unread {
  readonly file: string;
  readonly code: string;
  readonly detail: string;
}

/** The text of a regular file: a pipe that nobody writes to would be read for ever. */
export async function readRegular(file: string): Promise<Result<string, Unread>> {
  try {
    const detail = "it is neither a file nor a link to one";
    if (!(await stat(file)).isFile()) return fail({ file, code: "", detail });
    return ok(await readFile(file, "utf8"));
  } catch (error) {
    return fail({ file, ...systemErrorOf(error) });
  }
}

/** There is nothing of that name. */
export function isAbsent({ code }: Unread): boolean {
  return code === "ENOENT" || code === "ENOTDIR";
}

/** What that means for the project. */
export function unreadable({ file, detail }: Unread): ConfigFailure {
  return { reason: "config-unreadable", file, detail };
}
