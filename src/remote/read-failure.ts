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

/**
 * Tools' words about a file system, under LC_ALL=C, each with a real sample. A tool complains about each file: the first
 * complaints are kept, and how many there were.
 */
export function readFileSystemWords(words: string, host: string): Failure | undefined {
  const lines = words.split(/\r?\n/);
  const about = (pattern: RegExp): readonly string[] => lines.filter((line) => pattern.test(line));
  // write error: No space left on device; Disk quota exceeded; with nothing better: tar: f/big: Wrote only 512 of 10240 bytes
  const short = about(/No space left on device|Disk quota exceeded/);
  const full = short.length > 0 ? short : about(/Wrote only \d+ of \d+ bytes/);
  if (full.length > 0)
    return { reason: "disk-full", path: namedPath(full), host, lastWords: firstOf(full) };
  // mv: cannot move 'a' to './b/a': Permission denied; mkdir: cannot create directory 'x': Read-only file system
  const refused = about(/Permission denied|Read-only file system|Operation not permitted/);
  if (refused.length > 0)
    return { reason: "not-writable", path: namedPath(refused), host, lastWords: firstOf(refused) };
  // /bin/sh: 3: tar: not found; sh: line 1: stat: command not found
  const missing = /(?:^|[\s:])(tar|gzip|stat|awk|base64|find|cmp): (?:command )?not found/.exec(
    words,
  )?.[1];
  if (missing === undefined) return undefined;
  const lastWords = lines.filter((line) => line.trim() !== "").slice(-3);
  return { reason: "not-installed", program: missing, where: "host", host, lastWords };
}

function firstOf(complaints: readonly string[]): readonly string[] {
  if (complaints.length < 4) return complaints;
  return [...complaints.slice(0, 2), `... and ${complaints.length - 2} more of these`];
}

/**
 * The path that the first complaint names in quotes, as it is in the project; empty when it names none.
 * e.g. of `mkstemp "/data/toy/.igor/host/stage/0f3a/f/src/.a.py.JkFMst" failed: ...` it is `/data/toy/src`
 */
function namedPath([first = ""]: readonly string[]): string {
  const quoted = /['"‘](?:\.\/)?([^'"’]+)['"’][^'"]*$/.exec(first)?.[1] ?? "";
  const path = quoted.replace(/\/\.igor\/host\/stage\/[0-9a-f]+\/f\//, "/");
  // rsync's name for what is not whole does not tell whether there was a dot before.
  return /\bmkstemp\b/.test(first) ? path.replace(/\/[^/]*$/, "") : path;
}
