import { appendFileSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
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
  const lines = (readText(file) ?? "").split("\n").filter((line) => line !== "");
  const brought = new Map(lines.flatMap(parseLine));
  if (lines.length > 2 * brought.size + mostStale) writeAnew(file, brought);
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
    // The line break in front keeps a line that a crash cut short apart from these.
    appendFileSync(fileOf(root), `\n${textOf(brought)}`, { mode: 0o600 });
  } catch {
    // A full disk or a read-only home.
  }
}

function writeAnew(file: string, brought: ReadonlyMap<string, Brought>): void {
  const written = `${file}.${String(process.pid)}`;
  try {
    const all = [...brought].map(([path, each]) => ({ path, ...each }));
    writeFileSync(written, textOf(all), { mode: 0o600, flush: true });
    renameSync(written, file);
  } catch {
    // The file goes on growing.
  }
}

function textOf(brought: readonly BroughtPath[]): string {
  return brought
    .map(({ path, here, there }) => JSON.stringify([path, here, ...(there ? [there] : [])]))
    .map((line) => `${line}\n`)
    .join("");
}

function parseLine(line: string): readonly (readonly [string, Brought])[] {
  try {
    const value: unknown = JSON.parse(line);
    const [path, here, there]: readonly unknown[] = Array.isArray(value)
      ? (value as unknown[])
      : [];
    if (typeof path !== "string" || typeof here !== "string") return [];
    return [[path, typeof there === "string" ? { here, there } : { here }]];
  } catch {
    // Cut short by a crash.
    return [];
  }
}

function fileOf(root: string): string {
  return join(stateDir(root), "pulled");
}
