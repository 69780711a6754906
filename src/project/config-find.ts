import { readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { ConfigFailure } from "../model/failure-config.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { systemErrorOf } from "./system-error.ts";

/** Where the configuration is, relative to the project. */
export const configPath = join(".igor", "config.json");

/** Reads the nearest `.igor/config.json`, in this directory or above it. */
export async function findConfig(
  from: string,
): Promise<Result<{ readonly file: string; readonly text: string }, ConfigFailure>> {
  const directory = resolve(from);
  const file = join(directory, configPath);
  const read = await readRegular(file);
  if (read.ok) return ok({ file, text: read.value });
  if (!isAbsent(read.failure)) return fail(unreadable(read.failure));
  if (directory === dirname(directory)) return fail({ reason: "config-missing", from });
  const above = await findConfig(dirname(directory));
  return above.ok || above.failure.reason !== "config-missing"
    ? above
    : fail({ reason: "config-missing", from });
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
