import {
  appendFileSync,
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Brought, BroughtPath } from "../model/pull.ts";
import { readText } from "./read.ts";
import { stateDir } from "./state-dir.ts";

/** With so many more lines than paths the file is written anew. */
const mostStale = 2000;

/**
 * What igor has brought to the project in `root`, and how it left it: a line for each path, the last one counts. Any
 * number of igors may read and append at once.
 */
export function loadBrought(root: string): ReadonlyMap<string, Brought> {
  const file = fileOf(root);
  const { lines, brought } = parse(readText(file) ?? "");
  try {
    if (lines > 2 * brought.size + mostStale) writeAnew(file);
  } catch {
    // It goes on growing.
  }
  return brought;
}

/**
 * Notes how paths will look, before they do: a note that nothing comes of matches nothing that is here. Where it cannot
 * be written, what is brought now is taken for the user's own next time, and stays.
 */
export function noteBrought(root: string, brought: readonly BroughtPath[]): void {
  if (brought.length === 0) return;
  try {
    mkdirSync(dirname(fileOf(root)), { recursive: true, mode: 0o700 });
    append(fileOf(root), textOf(brought));
  } catch {
    // A full disk or a read-only home.
  }
}

function append(file: string, text: string): void {
  const opened = openSync(file, "a", 0o600);
  try {
    // The line break in front keeps a line that a crash cut short apart from these.
    appendFileSync(opened, `\n${text}`);
    // Who has written it anew may have read it before.
    if (fstatSync(opened).nlink === 0) append(file, text);
  } finally {
    closeSync(opened);
  }
}

function writeAnew(file: string): void {
  const written = `${file}.${String(process.pid)}`;
  const opened = openSync(file, "r");
  try {
    const text = readFileSync(opened, "utf8");
    const all = [...parse(text).brought].map(([path, each]) => ({ path, ...each }));
    writeFileSync(written, textOf(all), { mode: 0o600, flush: true });
    // Another igor was faster.
    if (fstatSync(opened).nlink === 0) {
      rmSync(written);
      return;
    }
    renameSync(written, file);
    // What others have noted meanwhile, behind the begin of a line that was half written.
    const late = text.slice(text.lastIndexOf("\n") + 1) + readFileSync(opened, "utf8");
    if (late !== "") append(file, late);
  } finally {
    closeSync(opened);
  }
}

function textOf(brought: readonly BroughtPath[]): string {
  return brought
    .map(({ path, here, there, before }) => [
      ...[path, here],
      ...((there ?? before) ? [there ?? null] : []),
      ...(before ? [before] : []),
    ])
    .map((note) => `${JSON.stringify(note)}\n`)
    .join("");
}

function parse(text: string): {
  readonly lines: number;
  readonly brought: ReadonlyMap<string, Brought>;
} {
  const lines = text.split("\n").filter((line) => line !== "");
  return { lines: lines.length, brought: new Map(lines.flatMap(parseLine)) };
}

function parseLine(line: string): readonly (readonly [string, Brought])[] {
  try {
    const value: unknown = JSON.parse(line);
    const [path, here, there, before]: readonly unknown[] = Array.isArray(value)
      ? (value as unknown[])
      : [];
    if (typeof path !== "string" || typeof here !== "string") return [];
    const more = {
      ...(typeof there === "string" ? { there } : {}),
      ...(typeof before === "string" ? { before } : {}),
    };
    return [[path, { here, ...more }]];
  } catch {
    // Cut short by a crash.
    return [];
  }
}

function fileOf(root: string): string {
  return join(stateDir(root), "pulled");
}
