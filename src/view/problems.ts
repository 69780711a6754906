import type { Event } from "../model/event.ts";
import { localPathOf } from "../model/local-path.ts";
import type { PathMap } from "../model/local-path.ts";
import type { Problem, Spot } from "../model/problem.ts";
import { printable } from "./printable.ts";
import type { Clue, Report } from "./problem-clue.ts";
import { advanceLane, dockerfileItself, endedLane, startLane } from "./problem-lane.ts";
import type { Lane } from "./problem-lane.ts";

/** What a command on one host told of what is wrong, folded from the lines of its output. */
export interface Problems {
  readonly host: string;
  readonly map: PathMap;
  /** Relative to the project's root. */
  readonly dockerfile: string;
  /** It only grows: what is there stays as it is. */
  readonly found: readonly Problem[];
  /** What was told already; a second time it is no news. */
  readonly told: ReadonlySet<string>;
  /** By who writes: ranks and build steps write at the same time. */
  readonly lanes: ReadonlyMap<string, Lane>;
}

/** What a fold begins with. */
export interface ProblemPlace {
  readonly host: string;
  readonly map: PathMap;
  readonly dockerfile: string;
}

/** A longer list helps nobody. */
const mostProblems = 2000;
/** A longer line is not for people; of a text no more is shown. */
const longestLine = 2000;
const longestText = 500;
const mostLanes = 256;

/** The problems before the first line. */
export function startProblems({ host, map, dockerfile }: ProblemPlace): Problems {
  return { host, map, dockerfile, found: [], told: new Set(), lanes: new Map() };
}

/** The problems after some more lines of output. */
export function advanceProblems(
  problems: Problems,
  lines: readonly Pick<Extract<Event, { type: "output" }>, "stream" | "line">[],
): Problems {
  const lanes = new Map(problems.lanes);
  const next = { ...problems, lanes, found: [...problems.found], told: new Set(problems.told) };
  for (const { stream, line } of lines) {
    if (next.found.length >= mostProblems) break;
    const { writer, text } = writerOf(shown(line));
    const key = `${stream} ${writer}`;
    const { lane, reports } = advanceLane(lanes.get(key) ?? startLane, text);
    lanes.set(key, lane);
    const [oldest = key] = lanes.keys();
    if (lanes.size > mostLanes) lanes.delete(oldest);
    addReports(next, reports);
  }
  return next;
}

/** All problems when nothing comes any more: what has no end yet is told as far as it is known. */
export function endedProblems(problems: Problems): readonly Problem[] {
  const all = { ...problems, found: [...problems.found], told: new Set(problems.told) };
  addReports(all, [...problems.lanes.values()].flatMap(endedLane));
  return all.found;
}

/** The last state of a line that was drawn over, without colours, and no longer than one reads. */
function shown(line: string): string {
  const end = line.endsWith("\r") ? line.length - 1 : line.length;
  const start = line.lastIndexOf("\r", end - 1) + 1;
  return printable(line.slice(start, Math.min(end, start + longestLine))).trimEnd();
}

/**
 * Who wrote a line, when it says so: `[rank0]: Traceback`, `#12 3.45 Traceback` of a step of BuildKit, `app-1  | ` of
 * docker compose, `(Trainer pid=812) ` of ray, `3: ` of srun.
 */
function writerOf(line: string): { readonly writer: string; readonly text: string } {
  const found =
    /^(?:\[(?:rank|default) ?\d+\]:? ?|#(\d+) \d+\.\d+ |\([\w.-]+ pid=\d+[^)]{0,60}\) |[A-Za-z][\w.-]{0,40} +\| |\d{1,4}: )/.exec(
      line,
    );
  if (found === null) return { writer: "", text: line };
  return { writer: found[1] ?? found[0], text: line.slice(found[0].length) };
}

function addReports(
  problems: Problems & { readonly found: Problem[]; readonly told: Set<string> },
  reports: readonly Report[],
): void {
  const { found, told, host } = problems;
  for (const report of reports) {
    if (found.length >= mostProblems) return;
    const news = problemsOf(report, problems);
    const key = JSON.stringify(news);
    if (!told.has(key)) found.push(...news);
    told.add(key);
  }
  if (found.length < mostProblems) return;
  const more = "igor lists no more problems than these; the output may tell of others";
  found.splice(mostProblems - 1, Infinity, textOnly(host, "I", more));
}

/** What happened is told at the innermost place of the project; where there is none, behind the frames. */
function problemsOf({ clues, message, isInnermostFirst }: Report, problems: Problems): Problem[] {
  const all = clues.map((clue) => problemOf(clue, problems));
  if (message === undefined) return all;
  const isHere = ({ spot }: Problem) => spot !== undefined;
  const at = isInnermostFirst === true ? all.findIndex(isHere) : all.findLastIndex(isHere);
  const text = message.replace(/:$/, "").slice(0, longestText);
  if (at < 0) return [...all, textOnly(problems.host, "E", text)];
  return all.map((problem, index) => (index === at ? { ...problem, type: "E", text } : problem));
}

function textOnly(host: string, type: Problem["type"], text: string): Problem {
  return { host, type, text, spot: undefined };
}

function problemOf(clue: Clue, { host, map, dockerfile }: Problems): Problem {
  const { type, path, text, ...place } = clue;
  const file = path === dockerfileItself ? dockerfile : path && localPathOf(map, path);
  if (file === undefined || file === "") return textOnly(host, type, elsewhere(clue));
  const spot: Spot = { file, ...place };
  return { host, type, text: text.slice(0, longestText), spot };
}

/** A place that is not on the laptop, as text, e.g. `/usr/lib/python3.11/json/__init__.py:346: in loads`. */
function elsewhere({ path, line, text }: Clue): string {
  const place = path === undefined ? [] : [line === undefined ? path : `${path}:${line}`];
  return [...place, text]
    .filter((part) => part !== "")
    .join(": ")
    .slice(0, longestText);
}
