import type { Clue, Report } from "./problem-clue.ts";
import { frameOf, isException } from "./problem-frame.ts";
import type { Frame } from "./problem-frame.ts";

/** A traceback of which the end has not come yet. */
export interface Trace {
  /** It began with a line of its own: what is known of it is told even when the end never comes. */
  readonly isHeaded: boolean;
  /** What stands before each of its lines, e.g. `2026-11-22 10:20:30 ERROR `, with any digits. */
  readonly prefix: RegExp | undefined;
  readonly clues: readonly Clue[];
  readonly frame: Frame | undefined;
  /** What may come to the last frame: its code, or the marks below it, the code being so far indented on the screen. */
  readonly awaits: "code" | "nothing" | { readonly marksFrom: number };
  /** pytest, long form: the source line that came, and what happened, before their place. */
  readonly long: { readonly code: string; readonly message: string | undefined } | undefined;
  /** faulthandler tells the innermost frame first, and what happened before them. */
  readonly fault: string | undefined;
  /** Lines since the last one that belonged to it. */
  readonly silence: number;
}

/** After so many lines that are not of a traceback nothing of it comes any more. */
const longestSilence = 100;

/** Deeper recursions are cut by Python itself; of a hostile output no more is kept. */
const mostClues = 300;

export const startTrace: Trace = {
  isHeaded: false,
  prefix: undefined,
  clues: [],
  frame: undefined,
  awaits: "nothing",
  long: undefined,
  fault: undefined,
  silence: 0,
};

/** The traceback after a line, and what it told when that was its last; undefined: the line does not belong to it. */
export interface TraceStep {
  readonly trace: Trace | undefined;
  readonly reports: readonly Report[];
}

/** One more line of a traceback, or the frame that begins one; undefined: it is something else. */
export function advanceTrace(trace: Trace | undefined, text: string): TraceStep | undefined {
  const frame = frameOf(text);
  if (frame !== undefined) return goingOn(withFrame(trace ?? startTrace, frame, text));
  if (trace === undefined) return undefined;
  if (trace.fault !== undefined) return { trace: undefined, reports: unfinished(trace) };
  if (/^ +\[Previous line repeated \d+ more times?\]$/.test(text))
    return goingOn(withClue(trace, { type: "N", text: text.trim() }));
  if (trace.clues.length > 0 && isException(text)) return ended(trace, text);
  return shownCode(trace, text);
}

/** The end of a traceback: what happened there. */
export function ended(trace: Trace, message: string): TraceStep {
  return { trace: undefined, reports: [{ clues: trace.clues, message }] };
}

/** A line that is not of the traceback came between. */
export function passed(trace: Trace): TraceStep {
  if (trace.silence < longestSilence)
    return { trace: { ...trace, silence: trace.silence + 1 }, reports: [] };
  return { trace: undefined, reports: unfinished(trace) };
}

/** What is known of a traceback whose end does not come. */
export function unfinished({ isHeaded, clues, fault }: Trace): Report[] {
  if (fault !== undefined && fault !== "")
    return [{ clues, message: fault, isInnermostFirst: true }];
  return isHeaded && clues.some(({ path }) => path !== undefined) ? [{ clues }] : [];
}

function goingOn(trace: Trace): TraceStep {
  return { trace, reports: [] };
}

function withClue(trace: Trace, clue: Clue): Trace {
  if (trace.clues.length >= mostClues) return { ...trace, silence: 0 };
  return { ...trace, clues: [...trace.clues, clue], silence: 0 };
}

/** With a frame, whose code comes with the next line. */
export function withFrame(trace: Trace, frame: Frame, text: string): Trace {
  const isFile = !frame.path.startsWith("<") && !/^(?:Cell|Input) In/.test(frame.path);
  const clue: Clue = {
    type: "N",
    text: isFile && frame.name !== undefined ? `in ${frame.name}` : text.trim(),
    ...(isFile ? { path: frame.path } : {}),
    ...(isFile && frame.line !== undefined ? { line: frame.line } : {}),
  };
  return { ...withClue(trace, clue), frame, awaits: "code" };
}

/** The code of the last frame, or the marks below it. */
function shownCode(trace: Trace, text: string): TraceStep | undefined {
  const { frame, awaits, clues } = trace;
  const last = clues.at(-1);
  if (frame === undefined || last === undefined || awaits === "nothing") return undefined;
  if (awaits !== "code") {
    if (!/^[ ~^]*\^[ ~^]*$/.test(text)) return undefined;
    const column = text.indexOf("^") - awaits.marksFrom + 1;
    return column < 1
      ? undefined
      : shows(trace, { ...last, column, behindIndent: true }, "nothing");
  }
  // ----> 5     return 1 / x;  of rich: ❱  5 │   return 1 / x
  const [, number, numbered] = /^ *(?:-+>|❱) *(\d+)([ │].*)?$/.exec(text) ?? [];
  if (number !== undefined) {
    const code = (numbered ?? "").replace(/^[ │]+/, "");
    const line = last.line ?? Number(number);
    return shows(
      trace,
      withCode(last.path === undefined ? last : { ...last, line }, code),
      "nothing",
    );
  }
  if (frame.style === "numbered" && /^ *\d+(?: |$)/.test(text)) return goingOn(trace);
  if (!text.startsWith("    ") || text.trim() === "") return undefined;
  const code = text.trim();
  return shows(trace, withCode(last, code), { marksFrom: text.indexOf(code) });
}

/** With more known of the last frame. */
function shows(trace: Trace, clue: Clue, awaits: Trace["awaits"]): TraceStep {
  return goingOn({ ...trace, clues: [...trace.clues.slice(0, -1), clue], awaits, silence: 0 });
}

function withCode(clue: Clue, code: string): Clue {
  if (clue.path === undefined) return clue;
  return { ...clue, text: clue.text.startsWith("in ") ? `${clue.text}: ${code}` : code };
}
