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

function liveLines(view: View, now: number, width: number): Line[] {
  const column = hostColumn(view, width);
  return view.hosts.flatMap((host) => {
    const head = headOf(view, host, { now, column });
    const line = fitted([...head, span("  "), ...activityOf(host)], width);
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
  return host.decisions.map((decision) => {
    const text = decisionText(decision, host.host);
    return decisionWeight(decision) === "warning" ? `! ${text}` : text;
  });
}
