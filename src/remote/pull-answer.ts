import { Buffer } from "node:buffer";
import type { ThereEntry } from "../model/pull.ts";
import { decodeWord } from "./frame.ts";

/** What the program `pull` says of the directory it is in. */
export interface TreeThere {
  /** Absolute; undefined when the project has no directory there. */
  readonly root: string | undefined;
  readonly rsync: "rsync" | "openrsync" | "none";
}

/** Reads `tree ROOT RSYNC`. */
export function parseTree([verb, root = "-", rsync]: readonly string[]): TreeThere | undefined {
  if (verb !== "tree") return undefined;
  return {
    root: root === "-" ? undefined : decodeWord(root),
    rsync: rsync === "rsync" || rsync === "openrsync" ? rsync : "none",
  };
}

/**
 * Reads the lines of the program `pull`, see its first lines. Whatever else a host says is left out; whether a path may be
 * one here is for the plan to decide. e.g. `f 644 120 1712345678.123456789 ./runs/a.txt`
 */
export function parseEntries(text: string): readonly ThereEntry[] {
  const entries: ThereEntry[] = [];
  const lines = text.split("\n");
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    const follows = lines[index + 1] ?? "";
    const found = line.startsWith("l ")
      ? follows.startsWith("> ")
        ? linkOf(line.slice(2), follows.slice(2))
        : undefined
      : entryOf(line);
    if (found !== undefined) entries.push(found);
  }
  return entries;
}

function entryOf(line: string): ThereEntry | undefined {
  const file = /^([fF]) ([0-7]+) (\d+) (-?\d+(?:\.\d{9})?) (.+)$/.exec(line);
  if (file !== null) {
    const [, kind, mode = "", size, mtime = "", written = ""] = file;
    const path = pathOf(kind === "F" ? decodeWord(written) : written);
    return path === undefined
      ? undefined
      : { kind: "file", path, size: Number(size), mtime, mode: mode.slice(-3) };
  }
  const [kind, first, second] = line.split(" ");
  if (kind === "L") return linkOf(decodeWord(first), decodeWord(second));
  if (kind !== "s") return undefined;
  const path = pathOf(decodeWord(first));
  return path === undefined ? undefined : { kind: "special", path };
}

function linkOf(written: string, target: string): ThereEntry | undefined {
  const path = pathOf(written);
  return path === undefined || target === "" ? undefined : { kind: "link", path, target };
}

function pathOf(written: string): string | undefined {
  return written.startsWith("./") && written.length > 2 ? written.slice(2) : undefined;
}

/** The payload of `look`, `send` and `sum`, and what tar is told. e.g. `a` and `b c` become `./a\0./b c\0` */
export function pathPayload(paths: readonly string[]): Buffer {
  return Buffer.from(paths.map((path) => `./${path}\0`).join(""));
}

/**
 * The two parts of the answer to `send`, both gzipped: what is told of the files, and the archive. Undefined where it is
 * not whole.
 */
export function splitSent(
  answer: Buffer,
): { readonly told: Buffer; readonly archive: Buffer } | undefined {
  const end = answer.indexOf("\n");
  const length = Number(answer.subarray(0, Math.max(end, 0)).toString());
  const from = end + 1;
  if (end < 1 || !Number.isInteger(length) || answer.length < from + length) return undefined;
  return { told: answer.subarray(from, from + length), archive: answer.subarray(from + length) };
}

/**
 * Paths that the host could not look at, from what its tools said.
 * e.g. `find: './runs/secret': Permission denied` and busybox's `find: ./runs/secret: Permission denied`
 */
export function deniedPaths(stderr: string): readonly string[] {
  const paths = stderr.split("\n").flatMap((line) => {
    const found =
      /^(?:find|stat|tar): (?:cannot \w+ )?['"‘]?\.\/(.+?)['"’]?: .*Permission denied$/.exec(line);
    return found?.[1] === undefined ? [] : [found[1]];
  });
  return [...new Set(paths)];
}
