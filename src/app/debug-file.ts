import { dirname, join } from "node:path";
import type { DebugFileMistake } from "../model/failure-debug.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { findConfig } from "../project/config-find.ts";
import { invalidDebugFile, readDebugFile, writeDebugFile } from "../project/debug-file.ts";
import type { Dialect } from "../project/debug-file.ts";

/** A file of a project that an editor reads, and that igor writes its own entries to. */
export interface KeptDebugFile {
  /** Relative to the project, e.g. `.vscode/launch.json`. */
  readonly path: string;
  readonly dialect: Dialect;
  /** The words of the verb that writes it. */
  readonly verb: readonly string[];
  /** The text of the file as it is to be, from what it is. */
  readonly merged: (text: string) => Result<string, DebugFileMistake>;
}

/** What became of it. */
export type Keeping = "written" | "up-to-date";

/** Brings such a file of the project up to date that a directory belongs to, or only looks whether it is. */
export async function keepDebugFile(
  directory: string,
  { path, dialect, verb, merged }: KeptDebugFile,
  mode: "write" | "check",
): Promise<Result<Keeping>> {
  const config = await findConfig(directory);
  if (!config.ok) return config;
  const file = join(dirname(dirname(config.value.file)), path);
  const read = await readDebugFile(file, dialect);
  if (!read.ok) return read;
  const wanted = merged(read.value.text ?? "");
  if (!wanted.ok) return fail(invalidDebugFile(read.value, wanted.failure));
  if (wanted.value === read.value.text) return ok("up-to-date");
  if (mode === "check") {
    const isMissing = read.value.text === undefined;
    return fail({ reason: "debug-file-stale", file, isMissing, verb });
  }
  const written = await writeDebugFile({ ...read.value, text: wanted.value });
  return written.ok ? ok("written") : written;
}
