import { readFile } from "node:fs/promises";
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
  try {
    return ok({ file, text: await readFile(file, "utf8") });
  } catch (error) {
    const { code, detail } = systemErrorOf(error);
    if (code !== "ENOENT" && code !== "ENOTDIR") {
      return fail({ reason: "config-unreadable", file, detail });
    }
  }
  if (directory === dirname(directory)) return fail({ reason: "config-missing", from });
  const above = await findConfig(dirname(directory));
  return above.ok || above.failure.reason !== "config-missing"
    ? above
    : fail({ reason: "config-missing", from });
}
