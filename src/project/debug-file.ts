import { Buffer } from "node:buffer";
import { constants } from "node:fs";
import {
  access,
  chmod,
  lstat,
  mkdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ConfigProblem } from "../model/failure-config.ts";
import type { DebugFileFailure, DebugFileMistake } from "../model/failure-debug.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { parseSource, problemAt } from "./config-source.ts";
import type { TrailingCommas } from "./config-source.ts";
import { systemErrorOf } from "./system-error.ts";

/** What the reader of such a file takes, beside comments. */
export interface Dialect {
  readonly trailingCommas: TrailingCommas;
  /** Whether the file may begin with a byte order mark. */
  readonly mark: "allowed" | "refused";
}

/** A file with configurations of debuggers, as it is. */
export interface DebugFile {
  readonly file: string;
  /** Without a byte order mark; undefined when there is no file. */
  readonly text: string | undefined;
  /** A byte order mark, or nothing. */
  readonly mark: string;
}

/** Reads a file that is the user's, and may not be there. A file with mistakes is refused with all of them. */
export async function readDebugFile(
  file: string,
  dialect: Dialect,
): Promise<Result<DebugFile, DebugFileFailure>> {
  let bytes: Buffer;
  try {
    // A pipe that nobody writes to would be read for ever.
    if (!(await stat(file)).isFile())
      return fail({ reason: "debug-file-unreadable", file, detail: "it is no file" });
    bytes = await readFile(file);
  } catch (error) {
    const { code, detail } = systemErrorOf(error);
    if (code === "ENOENT" && !(await isThere(file))) return ok({ file, text: undefined, mark: "" });
    return fail({ reason: "debug-file-unreadable", file, detail });
  }
  const whole = bytes.toString("utf8");
  const text = whole.replace(/^\uFEFF/, "");
  const mark = whole.slice(0, whole.length - text.length);
  const problems = problemsOf(bytes, { whole, text, mark }, dialect);
  if (problems.length > 0) return fail({ reason: "debug-file-invalid", file, problems });
  return ok({ file, text, mark });
}

/** Writes the file that a name leads to, whole or not at all; it keeps its mode. */
export async function writeDebugFile({
  file,
  text,
  mark,
}: DebugFile): Promise<Result<undefined, DebugFileFailure>> {
  let made: string | undefined;
  try {
    await mkdir(dirname(file), { recursive: true });
    const isNew = !(await isThere(file));
    const target = isNew ? file : await realpath(file);
    if (!isNew) await access(target, constants.W_OK);
    made = join(dirname(target), `.igor.${String(process.pid)}.new`);
    await writeFile(made, mark + (text ?? ""), { flag: "wx" });
    if (!isNew) await chmod(made, (await stat(target)).mode & 0o7777);
    await rename(made, target);
    return ok(undefined);
  } catch (error) {
    const { detail } = systemErrorOf(error);
    if (made !== undefined) await rm(made, { force: true });
    return fail({ reason: "debug-file-unwritable", file, detail });
  }
}

/** A mistake that only its writer could find, as one of the file. */
export function invalidDebugFile(
  { file, text = "" }: DebugFile,
  mistake: DebugFileMistake,
): DebugFileFailure {
  return { reason: "debug-file-invalid", file, problems: [problemAt(text, mistake, mistake)] };
}

function problemsOf(
  bytes: Buffer,
  { whole, text, mark }: { readonly whole: string; readonly text: string; readonly mark: string },
  dialect: Dialect,
): readonly ConfigProblem[] {
  const written = Buffer.from(whole, "utf8");
  if (!written.equals(bytes)) {
    const wrong = bytes.findIndex((byte, index) => byte !== written[index]);
    const offset = bytes.subarray(0, wrong).toString("utf8").length;
    return [problemAt(whole, { offset, length: 1 }, { key: "", message: "is not UTF-8" })];
  }
  if (mark !== "" && dialect.mark === "refused") {
    const message = "no byte order mark may stand here";
    return [problemAt(text, { offset: 0, length: 1 }, { key: "", message })];
  }
  if (text.trim() === "") return [];
  const parsed = parseSource(text, dialect.trailingCommas);
  return parsed.ok ? [] : parsed.failure;
}

/** A link to nothing is there, too. */
async function isThere(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    if (systemErrorOf(error).code === "ENOENT") return false;
    throw error;
  }
}
