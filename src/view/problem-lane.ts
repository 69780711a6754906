import type { Clue, Report } from "./problem-clue.ts";
import { diagnosticOf, severityOf, warningOf } from "./problem-diagnostic.ts";
import { advancePytest } from "./problem-pytest.ts";
import { summaryOf, testHeading } from "./problem-test.ts";
import { advanceTrace, passed, startTrace, unfinished } from "./problem-trace.ts";
import type { Trace } from "./problem-trace.ts";

/** What is remembered of the lines of one writer, e.g. of one rank, or of one step of an image build. */
export interface Lane {
  readonly trace: Trace | undefined;
  /** What a place that comes in a line of its own is about, e.g. `error[E0308]: mismatched types`. */
  readonly headline: string;
  /** Of which test pytest tells, and of which it told what failed in them. */
  readonly test: string;
  readonly told: readonly string[];
  /** Where make is, as it says itself, innermost last. */
  readonly directories: readonly string[];
  /** The instruction of the dockerfile that runs, and the place that BuildKit gave of the one that failed. */
  readonly instruction: string;
  readonly instructionLine: number | undefined;
  /** The last error that a tool told in that instruction; the engine only gives its exit code. */
  readonly complaint: string;
}

export const startLane: Lane = {
  trace: undefined,
  headline: "",
  test: "",
  told: [],
  directories: [],
  instruction: "",
  instructionLine: undefined,
  complaint: "",
};

/** The lane after a line, and what that line completed. */
export interface LaneStep {
  readonly lane: Lane;
  readonly reports: readonly Report[];
}

/** In place of the dockerfile's path, which its errors do not name. */
export const dockerfileItself = "\0dockerfile";

/** The lane after one more line; the same object where the line says nothing. */
export function advanceLane(before: Lane, line: string): LaneStep {
  const own = withoutPrefix(before.trace?.prefix, line);
  const text = unboxed(own);
  const complaint = complaintOf(text);
  const lane = complaint === undefined ? before : { ...before, complaint };
  return (
    begun(lane, line, text) ??
    gone(lane, text) ??
    ofTests(lane, text) ??
    ofBuild(lane, text) ??
    ofCompiler(lane, text, own !== text) ??
    other(lane, text)
  );
}

/** What is known when nothing comes any more. */
export function endedLane({ trace }: Lane): readonly Report[] {
  return trace === undefined ? [] : unfinished(trace);
}

const saying = "Traceback (most recent call last)";

/** The head of a traceback: of Python, IPython, rich; of faulthandler, which begins with the innermost frame. */
function begun(lane: Lane, line: string, text: string): LaneStep | undefined {
  const isFault = text.endsWith(" (most recent call first):");
  const [, before] = line.includes(saying)
    ? (/^(.*?)(?: *\+ Exception Group )?Traceback \(most recent call last\)(?::| ─+╮)?$/.exec(
        line,
      ) ?? [])
    : [];
  if (before === undefined && !isFault) return undefined;
  const { trace, headline } = lane;
  const isChained = trace?.isHeaded === true && trace.frame === undefined;
  const isBare = before === undefined || /^(?:[\w.]+ {2,}|╭─+ | {2,}[|+] )?$/.test(before);
  const next: Trace = {
    ...startTrace,
    isHeaded: true,
    prefix: isBare ? undefined : shapeOf(before),
    clues: isChained ? trace.clues : [],
    ...(isFault ? { fault: text.startsWith("Current thread") ? headline : "" } : {}),
  };
  const reports = isChained || trace === undefined ? [] : unfinished(trace);
  return { lane: { ...lane, trace: next, headline: isFault ? "" : headline }, reports };
}

/** What is before a traceback is before each of its lines, but for the clock. */
function shapeOf(prefix: string): RegExp {
  const literal = prefix.slice(-200).replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  return new RegExp(`${prefix.length > 200 ? "" : "^"}${literal.replace(/\d+/g, "\\d+")}`);
}

function withoutPrefix(prefix: RegExp | undefined, line: string): string {
  const found = prefix?.exec(line);
  return found === null || found === undefined ? line : line.slice(found.index + found[0].length);
}

/** Without the lines that are drawn around the parts of an exception group, or by rich around a traceback. */
function unboxed(text: string): string {
  const bar = /^ {2,}[|+] /.exec(text)?.[0];
  if (bar !== undefined) return text.slice(bar.length);
  return text.startsWith("│") && text.endsWith("│") ? text.slice(1, -1).trimEnd() : text;
}

/** A line of a traceback, or between one and the next. */
function gone(lane: Lane, text: string): LaneStep | undefined {
  if (
    /^(?:The above exception was the direct cause|During handling of the above exception)/.test(
      text,
    )
  ) {
    const trace = { ...startTrace, isHeaded: true, clues: [{ type: "N", text } as const] };
    return { lane: { ...lane, trace }, reports: [] };
  }
  const step = advancePytest(lane.trace, text) ?? advanceTrace(lane.trace, text);
  if (step === undefined) return undefined;
  const isTold = step.reports.length > 0 && lane.test !== "";
  const told = isTold ? [...lane.told, lane.test] : lane.told;
  return { lane: { ...lane, trace: step.trace, told }, reports: step.reports };
}

/** What pytest says between tracebacks. */
function ofTests(lane: Lane, text: string): LaneStep | undefined {
  const test = /^={3,} .* ={3,}$/.test(text) ? "" : testHeading(text);
  if (test !== undefined) return { lane: { ...lane, trace: undefined, test }, reports: [] };
  const summary = summaryOf(text, lane.told);
  if (summary === undefined) return undefined;
  return { lane, reports: summary === "told" ? [] : one(summary) };
}

/** What an engine says of the dockerfile that it builds. */
function ofBuild(lane: Lane, text: string): LaneStep | undefined {
  // Step 3/7 : RUN pip install; podman: STEP 3/7: RUN pip install
  const step = /^(?:Step|STEP) \d+\/\d+ ?: (.*)$/.exec(text)?.[1];
  if (step !== undefined)
    return { lane: { ...lane, instruction: step, complaint: "" }, reports: [] };
  // BuildKit: dockerfile:3, and a line below it
  const place = /^[\w./-]*ockerfile[\w.-]*:(\d+)$/.exec(text)?.[1];
  if (place !== undefined)
    return { lane: { ...lane, instructionLine: Number(place) }, reports: [] };
  const mistake = /dockerfile parse error (?:on )?line (\d+): (.*)$/.exec(text);
  if (mistake !== null) {
    const clue = {
      type: "E",
      text: mistake[2] ?? "",
      path: dockerfileItself,
      line: Number(mistake[1]),
    } as const;
    return { lane, reports: one(clue) };
  }
  const failed =
    /^(The command '.*' returned a non-zero code: \d+|(?:COPY|ADD) failed: .*)$/.exec(text) ??
    /^(?:ERROR: failed to (?:solve|build): |Error: building at STEP "[^"]*": )(.*)$/.exec(text);
  if (failed === null || (lane.instruction === "" && lane.instructionLine === undefined))
    return undefined;
  const { instruction, instructionLine: line, complaint } = lane;
  // The parts of an instruction on several lines are told as one line.
  const search = (/^.*?(?=&&| {2}|$)/.exec(instruction)?.[0] ?? "").trimEnd();
  const clue: Clue = {
    type: "E",
    text: [complaint, failed[1] ?? ""].filter((part) => part !== "").join("; "),
    path: dockerfileItself,
    ...(line === undefined ? { search } : { line }),
  };
  const done = { instruction: "", instructionLine: undefined, complaint: "" };
  return { lane: { ...lane, ...done }, reports: one(clue) };
}

/**
 * What a tool in an image build says of its own failure, e.g. `ERROR: No matching distribution found for nope` of pip,
 * `E: Unable to locate package nope` of apt-get; BuildKit shows it again with the seconds before it. Empty where
 * BuildKit begins to show the step that failed.
 */
function complaintOf(text: string): string | undefined {
  if (/^ > \[[^\]]*\] /.test(text)) return "";
  const said = /^(?:\d+\.\d+ )?(\S.*)$/.exec(text)?.[1] ?? "";
  const isComplaint =
    /^(?:(?:error|E|fatal(?: error)?|failed): |npm (?:ERR!|error) )/i.test(said) ||
    /^\S+: .*: (?:(?:command )?not found|No such file or directory|Permission denied)$/.test(said);
  return isComplaint && !/^(?:ERROR: failed to |Error: building at )/.test(said) ? said : undefined;
}

function ofCompiler(lane: Lane, text: string, isBoxed: boolean): LaneStep | undefined {
  const { directories, headline } = lane;
  // make[1]: Entering directory '/workspace/ext'; ninja: Entering directory `build'
  const [, way, directory = ""] =
    /^\w+(?:\[\d+\])?: (Enter|Leav)ing directory [`'](.+)'$/.exec(text) ?? [];
  if (way !== undefined) {
    const within =
      way === "Enter" ? [...directories.slice(-9), directory] : directories.slice(0, -1);
    return { lane: { ...lane, directories: within }, reports: [] };
  }
  // rustc, ruff:  --> k.rs:2:18
  const [, path, line, column] =
    headline === "" ? [] : (/^ *--> (\S.*):(\d+):(\d+)$/.exec(text) ?? []);
  if (path !== undefined) {
    const type = severityOf(headline) ?? "E";
    const what = headline.replace(/^(?:error|warning|note)(?=\[|: )(?:: )?/, "");
    const clue = { type, text: what, path, line: Number(line), column: Number(column) };
    return { lane: { ...lane, headline: "" }, reports: one(withDirectory(clue, directories)) };
  }
  // A part of an exception group that was never raised has no frames.
  if (isBoxed && /^[\w.]+(?:Error|Exception|Interrupt|Exit)\b/.test(text))
    return { lane, reports: [{ clues: [], message: text }] };
  const clue = warningOf(text) ?? diagnosticOf(text);
  return clue && { lane, reports: one(withDirectory(clue, directories)) };
}

function withDirectory(clue: Clue, directories: readonly string[]): Clue {
  const directory = directories.at(-1);
  const { path = "/" } = clue;
  return path.startsWith("/") || directory === undefined
    ? clue
    : { ...clue, path: `${directory}/${path}` };
}

/** A line that says nothing by itself. */
function other(lane: Lane, text: string): LaneStep {
  const isHeadline =
    /^(?:[a-zA-Z][\w-]*(?:\[\w+\])?: |[A-Z]{1,4}\d{3,4} |Fatal Python error: )/.test(text);
  const headline = isHeadline ? text : lane.headline;
  if (lane.trace === undefined)
    return { lane: headline === lane.headline ? lane : { ...lane, headline }, reports: [] };
  const { trace, reports } = passed(lane.trace);
  return { lane: { ...lane, trace, headline }, reports };
}

function one(clue: Clue): readonly Report[] {
  return [{ clues: [clue] }];
}
