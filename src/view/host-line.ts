import { byteText, clockText } from "./amount-text.ts";
import { decisionWeight, outcomeText } from "./decision-text.ts";
import { headlineAt } from "./failure-text.ts";
import { fitted, span } from "./line.ts";
import type { Span } from "./line.ts";
import { printable } from "./printable.ts";
import { padded, widthOf } from "./text-width.ts";
import type { HostView, Progress, View } from "./view.ts";

/** A host's name in the colour that is its own in this plan. */
export function hostSpan(view: View, host: string): Span {
  const colours = ["host-0", "host-1", "host-2", "host-3", "host-4", "host-5"] as const;
  const index = view.hosts.findIndex((other) => other.host === host);
  return span(printable(host), colours[Math.max(0, index) % colours.length] ?? "plain");
}

/** How wide the column of host names is. */
export function hostColumn(view: View, width: number): number {
  const longest = Math.max(0, ...view.hosts.map(({ host }) => widthOf(printable(host))));
  return Math.min(longest, Math.max(6, Math.floor(width / 3)));
}

/** Mark, name and clock of a host, e.g. `⠹ apollo        12 s`. */
export function headOf(
  view: View,
  host: HostView,
  { now, column }: { readonly now: number; readonly column: number },
): Span[] {
  const [name = span("")] = fitted([hostSpan(view, host.host)], column);
  const spent =
    host.startedAt === undefined ? "" : clockText((host.endedAt ?? now) - host.startedAt);
  return [
    markOf(host, now),
    span(" "),
    { ...name, text: padded(name.text, column) },
    span(spent.padStart(8), "dim"),
  ];
}

const spinner = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";

function markOf({ state }: HostView, now: number): Span {
  const marks = {
    waiting: span("·", "dim"),
    running: span(spinner.charAt(Math.floor(now / 100) % spinner.length), "running"),
    done: span("✓", "good"),
    failed: span("✗", "bad"),
    cancelled: span("-", "warning"),
  };
  return marks[state];
}

/** What a host does, or how it ended. */
export function activityOf(host: HostView): Span[] {
  if (host.state === "waiting") return [span("waiting", "dim")];
  if (host.state === "running") {
    return [span(printable(host.step ?? "starting")), ...progressSpans(host.progress)];
  }
  return [endingOf(host)];
}

/** How a host ended and why, without its name, e.g. `exit 3`, `3 files pushed (12 kB); image up to date`. */
export function endingOf(host: HostView): Span {
  const styles = { done: "plain", failed: "bad", cancelled: "warning" } as const;
  const ended = host.state === "waiting" || host.state === "running" ? "cancelled" : host.state;
  return span(ended === "done" ? successText(host) : failureClause(host), styles[ended]);
}

/** e.g. `  412/2000 files  3.1 MB/s  src/train.py` */
function progressSpans(progress: Progress | undefined): Span[] {
  if (progress === undefined) return [];
  const { note } = progress;
  return [
    span(`  ${progressText(progress)}`, "strong"),
    ...(note === undefined ? [] : [span(`  ${printable(note)}`, "dim")]),
  ];
}

/** Steps are counted as the builder counts them: the one that runs, not those behind it. */
function progressText({ unit, done, total, at, first }: Progress): string {
  if (unit === "steps") return total === undefined ? "" : `${Math.min(done + 1, total)}/${total}`;
  const amount = (value: number) => (unit === "bytes" ? byteText(value) : String(value));
  const counted = total === undefined ? amount(done) : `${amount(done)}/${amount(total)}`;
  const seconds = (at - first.at) / 1000;
  const rate = seconds < 0.5 ? undefined : (done - first.done) / seconds;
  const shownRate =
    rate === undefined ? "" : `  ${unit === "bytes" ? byteText(rate) : rate.toFixed(0)}/s`;
  const things = unit === "files" ? ((total ?? done) === 1 ? " file" : " files") : "";
  return `${counted}${things}${shownRate}`;
}

function successText(host: HostView): string {
  const outcomes = host.decisions
    .filter((decision) => decisionWeight(decision) === "outcome" || decision.kind === "synced")
    .map((decision) => outcomeText(decision, host.host));
  const exit = host.exitCode === undefined ? [] : [`exit ${host.exitCode}`];
  return [...outcomes, ...exit].join("; ") || "done";
}

function failureClause({ host, failure, exitCode }: HostView): string {
  if (failure === undefined) return exitCode === undefined ? "not finished" : `exit ${exitCode}`;
  if (failure.reason === "command-failed") return `exit ${failure.exitCode}`;
  return headlineAt(failure, host);
}
