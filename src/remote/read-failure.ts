import type { Failure } from "../model/failure.ts";
import { decodeWord } from "./frame.ts";

/** Where a failure happened and what the tools said there. */
export interface Where {
  readonly host: string;
  readonly lastWords: readonly string[];
}

const targetCauses = [
  "root",
  "home",
  "not-a-directory",
  "has-files",
  "outside",
  "other-owner",
  "other-project",
] as const;

/** Reads `failed REASON WORDS` of the parts target, lock and commit; undefined for the reasons of other parts. */
export function parseTargetFailure(
  [reason = "", ...words]: readonly string[],
  where: Where,
): Failure | undefined {
  const [first = ""] = words;
  switch (reason) {
    case "target-refused": {
      const cause = targetCauses.find((known) => known === first);
      if (cause === undefined) return undefined;
      const found = words[2] === undefined ? {} : { found: decodeWord(words[2]) };
      return { reason, cause, dir: decodeWord(words[1]), ...found, ...where };
    }
    case "symlink-in-the-way":
      return { reason, path: decodeWord(first), ...where };
    case "locked":
      return { reason, holder: decodeWord(first), ...where };
    case "not-writable":
      return { reason, path: decodeWord(first), ...where };
    default:
      return undefined;
  }
}

/** Tools' words about a file system, under LC_ALL=C, each with a real sample. */
export function readFileSystemWords(words: string, where: Where): Failure | undefined {
  // tar: f/big: Wrote only 512 of 10240 bytes; write error: No space left on device; Disk quota exceeded
  if (/No space left on device|Disk quota exceeded|Wrote only \d+ of \d+ bytes/.test(words)) {
    return { reason: "disk-full", path: namedPath(words), ...where };
  }
  // mv: cannot move 'a' to './b/a': Permission denied; mkdir: cannot create directory 'x': Read-only file system
  if (/Permission denied|Read-only file system|Operation not permitted/.test(words)) {
    return { reason: "not-writable", path: namedPath(words), ...where };
  }
  // /bin/sh: 3: tar: not found; sh: line 1: stat: command not found
  const missing = /(?:^|[\s:])(tar|gzip|stat|awk|base64|find|cmp): (?:command )?not found/.exec(
    words,
  )?.[1];
  return missing === undefined
    ? undefined
    : { reason: "not-installed", program: missing, where: "host", ...where };
}

/** The path in the first complaint that names one; empty when none does. */
function namedPath(words: string): string {
  const line =
    words.split("\n").find((text) => /No space|quota|denied|Read-only|not permitted/.test(text)) ??
    "";
  return /['"‘](?:\.\/)?([^'"’]+)['"’][^'"]*$/.exec(line)?.[1] ?? "";
}
