import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readingIn } from "../app/path-map.ts";
import type { Event } from "../model/event.ts";
import type { Failure } from "../model/failure.ts";
import type { Problem } from "../model/problem.ts";
import { advanceProblems, endedProblems, startProblems } from "../view/problems.ts";
import type { QuickfixItem } from "./messages.ts";

/** Of what a command says without end, the last lines count. */
const mostLines = 20_000;

/** A longer list nobody goes through. */
const mostItems = 1000;

type Output = Extract<Event, { type: "output" }>;

/** The output of an action, for what it says of places in the project. */
export class Outputs {
  readonly #lines = new Map<string, Output[]>();

  /** Notes an event, if it is a line of output that may name a place. */
  note(event: Event): void {
    if (event.type !== "output" || event.of === "log") return;
    const lines = this.#lines.get(event.host) ?? [];
    this.#lines.set(event.host, lines);
    lines.push(event);
    if (lines.length > 2 * mostLines) lines.splice(0, lines.length - mostLines);
  }

  /** The places that the output names, as Neovim's quickfix list takes them. */
  async items(directory: string): Promise<readonly QuickfixItem[]> {
    if (this.#lines.size === 0) return [];
    const reading = await readingIn(directory);
    if (reading === undefined) return [];
    const { root, ...place } = reading;
    const indents = new Indents();
    const most = Math.ceil(mostItems / this.#lines.size);
    return [...this.#lines].flatMap(([host, lines]) => {
      const problems = advanceProblems(startProblems({ host, ...place }), lines);
      const found = endedProblems(problems);
      const items = found.slice(0, most).map((problem) => itemOf({ problem, root, indents }));
      return found.length > most ? [...items, cutAt(most, host)] : items;
    });
  }
}

/** The mistakes of a configuration, in the file itself. */
export function mistakesIn(failure: Failure): readonly QuickfixItem[] {
  if (failure.reason !== "config-invalid") return [];
  return failure.problems.map(({ key, message, line, column, length, sourceLine }) => ({
    filename: failure.file,
    lnum: line,
    col: bytesBefore(sourceLine, column),
    end_lnum: line,
    end_col: bytesBefore(sourceLine, column + length),
    text: [key, message].filter((part) => part !== "").join(": "),
    type: "E",
    valid: 1,
  }));
}

/** A column as Neovim counts it: bytes, from 1. */
const bytesBefore = (line: string, column: number): number =>
  Buffer.byteLength(line.slice(0, column - 1)) + 1;

/** The entry behind the last one of a host that says too much. */
function cutAt(most: number, host: string): QuickfixItem {
  const text = `igor: ${host} said more; only the first ${String(most)} entries are in this list`;
  return { text, type: "W", valid: 0 };
}

/** How far a line is indented; 0 where that file is not here. */
class Indents {
  readonly #files = new Map<string, readonly string[]>();

  of(file: string, line: number | undefined): number {
    const lines = this.#files.get(file) ?? linesOf(file);
    this.#files.set(file, lines);
    return /^\s*/.exec(lines[(line ?? 0) - 1] ?? "")?.[0].length ?? 0;
  }
}

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, "utf8").split("\n");
  } catch {
    return [];
  }
}

function itemOf({
  problem: { type, text, spot },
  root,
  indents,
}: {
  readonly problem: Problem;
  readonly root: string;
  readonly indents: Indents;
}): QuickfixItem {
  if (spot === undefined) return { text, type, valid: 0 };
  const { file, line, column, endLine, endColumn, search } = spot;
  const filename = join(root, file);
  const before = spot.behindIndent === true ? indents.of(filename, line) : 0;
  return {
    filename,
    text,
    type,
    valid: 1,
    ...(line === undefined ? {} : { lnum: line }),
    ...(column === undefined ? {} : { col: column + before }),
    ...(endLine === undefined ? {} : { end_lnum: endLine }),
    ...(endColumn === undefined ? {} : { end_col: endColumn + before }),
    ...(search === undefined || line !== undefined ? {} : { pattern: search }),
  };
}
