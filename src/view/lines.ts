import { decisionText, decisionWeight } from "./decision-text.ts";
import { endLines, failureWithTail } from "./end-lines.ts";
import { failureLines } from "./failure-lines.ts";
import { activityOf, headOf, hostColumn } from "./host-line.ts";
import { fitted, span } from "./line.ts";
import type { Line } from "./line.ts";
import { printableLines } from "./printable.ts";
import { widthOf } from "./text-width.ts";
import type { HostView, View } from "./view.ts";

/** Up to so many hosts, each has a second line with its reasons while it works. */
const roomForReasons = 6;

/** The screen of a plan at a moment: while it runs one live line per host, at the end what was done and why. */
export function linesOf(view: View, now: number, width: number): Line[] {
  if (view.failure !== undefined) return failureLines(view.failure, width);
  if (view.startedAt === undefined) return [];
  return view.endedAt === undefined ? liveLines(view, now, width) : endLines(view, width);
}

/**
 * The same in a terminal that may be lower than there are hosts: those that work come first, and a last line counts
 * the others, e.g. `and 7 more: 5 done, 2 waiting`.
 */
export function frameOf(view: View, now: number, size: Size): Line[] {
  const lines = linesOf(view, now, size.width);
  if (lines.length <= size.height || view.endedAt !== undefined) return lines;
  const rank = { failed: 0, running: 1, waiting: 2, cancelled: 3, done: 4 };
  const hosts = view.hosts.toSorted((a, b) => rank[a.state] - rank[b.state]);
  const column = hostColumn(view, size.width);
  const shown = hosts.slice(0, Math.max(1, size.height - 1));
  const rest = hosts.slice(shown.length);
  const more = rest.length === 0 ? [] : [fitted([span(restText(rest), "dim")], size.width)];
  return [
    ...shown.map((host) => hostLine(view, host, { now, column, width: size.width })),
    ...more,
  ];
}

/** Of a terminal or a window, in columns and lines. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

function restText(hosts: readonly HostView[]): string {
  const counts = new Map<string, number>();
  for (const { state } of hosts) counts.set(state, (counts.get(state) ?? 0) + 1);
  return `  and ${hosts.length} more: ${[...counts].map(([state, count]) => `${count} ${state}`).join(", ")}`;
}

function hostLine(
  view: View,
  host: HostView,
  { now, column, width }: { readonly now: number; readonly column: number; readonly width: number },
): Line {
  return fitted([...headOf(view, host, { now, column }), span("  "), ...activityOf(host)], width);
}

function liveLines(view: View, now: number, width: number): Line[] {
  const column = hostColumn(view, width);
  return view.hosts.flatMap((host) => {
    const line = hostLine(view, host, { now, column, width });
    if (view.hosts.length > roomForReasons) return [line];
    return [line, ...reasonLines(host, width), ...lastWordLines(host, width)];
  });
}

/** What was decided so far and why, on one line; what is new is never cut off. */
function reasonLines(host: HostView, width: number): Line[] {
  const reasons = reasonsOf(host);
  if (reasons.length === 0) return [];
  const indent = "    ";
  let first = 0;
  const text = () => (first > 0 ? "… " : "") + reasons.slice(first).join("; ");
  while (first < reasons.length - 1 && widthOf(text()) > width - indent.length) first += 1;
  return [fitted([span(indent), span(text(), "dim")], width)];
}

/** The last lines of what failed, while other hosts still work. */
function lastWordLines(host: HostView, width: number): Line[] {
  if (host.state !== "failed") return [];
  const failure = failureWithTail(host);
  if (failure === undefined || !("lastWords" in failure)) return [];
  return printableLines(failure.lastWords)
    .slice(-4)
    .map((line) => fitted([span("  | ", "dim"), span(line)], width));
}

/** What was decided so far, newest last, warnings marked. */
function reasonsOf(host: HostView): string[] {
  if (host.state !== "running") return [];
  // News stand above, one after the other.
  const reasons = host.decisions.filter((decision) => decisionWeight(decision) !== "news");
  return reasons.map((decision) => {
    const text = decisionText(decision, host.host);
    return decisionWeight(decision) === "warning" ? `! ${text}` : text;
  });
}
