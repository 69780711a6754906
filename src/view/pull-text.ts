import type { Decision } from "../model/event.ts";
import type { Left, LeftBecause, PullLane, PullPlan } from "../model/pull.ts";
import { unreachable } from "../model/unreachable.ts";
import { byteText, countText, listText } from "./amount-text.ts";
import { printable, printableJson } from "./printable.ts";

/** Decisions of a pull. */
export type PullDecision = Extract<
  Decision,
  {
    kind:
      | "pulled"
      | "nothing-to-pull"
      | "nothing-there"
      | "kept-aside-here"
      | "not-brought"
      | "changed-meanwhile";
  }
>;

/** What a pull did, as one clause. e.g. `12 files pulled (3.1 GB)` */
export function pullDecisionText(decision: PullDecision, host: string): string {
  switch (decision.kind) {
    case "pulled":
      return `${countText(decision.files, "file")} pulled (${byteText(decision.bytes)})`;
    case "nothing-to-pull":
      return `nothing to pull (${countText(decision.files, "file")} up to date)`;
    case "nothing-there":
      return `nothing to pull: there is no ${orText(decision.wanted)} on ${host} yet`;
    case "kept-aside-here":
      return `yours moved aside: ${namesText(decision.paths, 5)} (in ${decision.directory})`;
    case "not-brought":
      return `not brought: ${namesText(decision.paths, 5)} (${leftText(decision.because, host, decision.paths.length)})`;
    case "changed-meanwhile":
      return `${namesText(decision.paths, 5)} changed on ${host} while being read; pull again when nothing writes to ${decision.paths.length === 1 ? "it" : "them"} there`;
    default:
      return unreachable(decision);
  }
}

/** Why paths are not brought, for a bracket or a heading. e.g. `you changed it here` */
function leftText(because: LeftBecause, host: string, count: number): string {
  const isOne = count === 1;
  const it = isOne ? "it" : "them";
  switch (because) {
    case "changed-here":
      return `you changed or made ${it} here`;
    case "differs":
      return "not the same on all hosts of the group";
    case "link-here":
      return "a directory on the way is a symbolic link here, and igor writes through none";
    case "link-there":
      return `a symbolic link on ${host}, which igor does not follow`;
    case "link-leaves":
      return isOne ? "a link that leads out of the project" : "links that lead out of the project";
    case "special":
      return isOne ? "a pipe, a socket or a device" : "pipes, sockets or devices";
    case "name":
      return isOne ? "its name is not UTF-8" : "their names are not UTF-8";
    case "unreadable":
      return `you may not read ${it} on ${host}`;
    default:
      return unreachable(because);
  }
}

/** A list of names in a sentence; one with a line break stays in one line. */
function namesText(paths: readonly string[], most: number): string {
  return listText(paths.map(shownPath), most);
}

/** A path on one line. */
export function shownPath(path: string): string {
  return printable(path.replaceAll("\n", "␤"));
}

/** e.g. `runs or checkpoints/*.pt` */
function orText(words: readonly string[]): string {
  return words.map(shownPath).join(" or ");
}

const firstFiles = 10;

/** What would be brought from each host, for people. */
export function pullPlanText(plan: PullPlan, detail: "short" | "full"): string[] {
  const hosts = plan.lanes.map(({ host }) => host.host);
  return [
    `${printable(plan.title)} from ${printable(listText(hosts, 16))}; nothing was touched`,
    ...plan.lanes.flatMap((lane) => ["", ...laneLines(lane, detail)]),
  ];
}

/** The same for programs, as one line of JSON. */
export function pullPlanJson(plan: PullPlan): string {
  return `${printableJson(plan)}\n`;
}

function laneLines(lane: PullLane, detail: "short" | "full"): string[] {
  const { host, from, files, same, unmatched } = lane;
  const bytes = files.reduce((sum, file) => sum + (file.kind === "file" ? file.size : 0), 0);
  const means = lane.tool === "frame" ? "" : `, with ${lane.tool}`;
  return [
    `${printable(host.host)}:${printable(from ?? host.dir)}`,
    ...(files.length === 0
      ? ["  nothing to bring"]
      : [`  ${countText(files.length, "file")} to bring (${byteText(bytes)}${means})`]),
    ...fileLines(files, detail),
    ...leftLines(lane, detail),
    ...(same === 0 ? [] : [`  ${countText(same, "file")} up to date`]),
    ...(unmatched.length === 0 ? [] : [`  there is no ${orText(unmatched)} there`]),
  ];
}

/** Changed files are marked, and those that make way. */
function fileLines(files: PullLane["files"], detail: "short" | "full"): string[] {
  const marks = { nothing: "+", brought: "~", foreign: "!" } as const;
  const sizes = files.map((file) => (file.kind === "file" ? byteText(file.size) : "link"));
  const shown = files.slice(0, detail === "full" ? files.length : firstFiles);
  const column = Math.max(0, ...sizes.slice(0, shown.length).map((size) => size.length));
  const lines = shown.map((file, index) => {
    const remark = file.replaces === "foreign" ? "  (yours is moved aside)" : "";
    return `    ${marks[file.replaces]} ${(sizes[index] ?? "").padStart(column)}  ${shownPath(file.path)}${remark}`;
  });
  return [...lines, ...moreLines(files.length - shown.length)];
}

function leftLines({ host, left }: PullLane, detail: "short" | "full"): string[] {
  const reasons = [...new Set(left.map(({ because }) => because))];
  return reasons.flatMap((because) => {
    const paths = left.filter((each) => each.because === because).map(({ path }) => path);
    const shown = paths.slice(0, detail === "full" ? paths.length : firstFiles);
    return [
      `  ${countText(paths.length, "file")} not to bring: ${leftText(because, printable(host.host), paths.length)}`,
      ...shown.map((path) => `    - ${shownPath(path)}`),
      ...moreLines(paths.length - shown.length),
    ];
  });
}

function moreLines(more: number): string[] {
  return more > 0 ? [`    and ${more} more (--verbose shows all)`] : [];
}

/** The same reason once, with its paths. e.g. `you changed or made it here: runs/a.txt` */
export function leftDetails(left: readonly Left[], host: string): readonly string[] {
  const reasons = [...new Set(left.map(({ because }) => because))];
  return reasons.map((because) => {
    const paths = left.filter((each) => each.because === because).map(({ path }) => path);
    return `${leftText(because, host, paths.length)}: ${namesText(paths, 10)}`;
  });
}
