import type { Failure } from "../model/failure.ts";
import { countText, durationText, shortText } from "./amount-text.ts";
import { decisionText, decisionWeight } from "./decision-text.ts";
import { failureBody } from "./failure-lines.ts";
import { endingOf, headOf, hostColumn } from "./host-line.ts";
import { flowed, span } from "./line.ts";
import type { Line } from "./line.ts";
import { printable } from "./printable.ts";
import type { HostView, View } from "./view.ts";

/**
 * The last frame: a row per host, those that failed last and with what to do about it; then the sum.
 * For a single host both are one line.
 */
export function endLines(view: View, width: number): Line[] {
  const said = new Set<string>();
  const told = view.asks ? grouped(view).filter(hasNews) : grouped(view);
  const rows = told.flatMap((host) => [
    ...rowOf(view, host, width),
    ...warningLines(host, width),
    ...adviceLines(host, { width, said }),
  ]);
  return view.hosts.length === 1 || told.length === 0
    ? rows
    : [...rows, ...flowed([], span(sumText(view), "strong"), width)];
}

/** Where only was asked, a host that answered has said all there is to say. */
function hasNews({ state, decisions }: HostView): boolean {
  return state !== "done" || decisions.some((decision) => decisionWeight(decision) === "warning");
}

/** Only the rows and the sum, where warnings and failures were told before. */
export function tableLines(view: View, width: number): Line[] {
  const rows = grouped(view).flatMap((host) => rowOf(view, host, width));
  return view.hosts.length === 1
    ? rows
    : [...rows, ...flowed([], span(sumText(view), "strong"), width)];
}

/** Hosts that ended alike stand together, those that failed last, next to the prompt. */
function grouped(view: View): HostView[] {
  const rank = { done: 0, running: 1, waiting: 1, cancelled: 2, failed: 3 };
  return view.hosts.toSorted(
    (a, b) => rank[a.state] - rank[b.state] || (a.exitCode ?? 256) - (b.exitCode ?? 256),
  );
}

/** What was done, on how many hosts, how long, e.g. `docker setup failed on 1 of 2 hosts (enterprise) after 12 s`. */
function sumText(view: View): string {
  const spent = spentText((view.endedAt ?? 0) - (view.startedAt ?? 0));
  const title = printable(view.title);
  const names = (hosts: readonly HostView[]) => hosts.map(({ host }) => printable(host)).join(", ");
  const failed = view.hosts.filter(({ state }) => state === "failed");
  const all = view.hosts.length;
  if (failed.length > 0) {
    const part = failed.length === all ? `all ${all}` : `${failed.length} of ${all}`;
    const where = all === 1 ? names(failed) : `${part} hosts (${names(failed)})`;
    return `${title} failed on ${where} after ${spent}`;
  }
  const where = all === 1 ? names(view.hosts) : countText(all, "host");
  return view.hosts.every(({ state }) => state === "done")
    ? `${title} done on ${where} in ${spent}`
    : `${title} cancelled after ${spent}`;
}

/** What takes no tenth of a second is told more closely, e.g. `54 ms`, `0.4 s`. */
function spentText(milliseconds: number): string {
  return milliseconds < 95 ? shortText(milliseconds) : durationText(milliseconds);
}

/** What was done and, for each host, why, in one line however long, e.g. for a pipe. */
export function wholeSumText(view: View): string {
  const [only, ...others] = view.hosts;
  if (only === undefined) return sumText(view);
  if (others.length === 0) return soleText(view, endingOf(only).text);
  const endings = view.hosts.map((host) => `${printable(host.host)}: ${endingOf(host).text}`);
  return [sumText(view), ...endings].join(" | ");
}

/** Of an action on one host. */
function soleText(view: View, ending: string): string {
  return ending === "cancelled" ? sumText(view) : `${sumText(view)}: ${ending}`;
}

function rowOf(view: View, host: HostView, width: number): Line[] {
  const head = headOf(view, host, { now: view.endedAt ?? 0, column: hostColumn(view, width) });
  const ending = endingOf(host);
  if (view.hosts.length > 1) return flowed([...head, span("  ")], ending, width);
  const sum = { ...ending, text: soleText(view, ending.text) };
  return flowed([...head.slice(0, 1), span(" ")], sum, width);
}

function warningLines(host: HostView, width: number): Line[] {
  return host.decisions
    .filter((decision) => decisionWeight(decision) === "warning")
    .flatMap((decision) =>
      flowed([span("  ! ", "warning")], span(decisionText(decision, host.host)), width),
    );
}

/** Where, last words and what to do; said once for hosts that failed in the same way. */
function adviceLines(
  host: HostView,
  { width, said }: { readonly width: number; readonly said: Set<string> },
): Line[] {
  const failure = failureWithTail(host);
  if (failure === undefined || failure.reason === "command-failed") return [];
  const body = failureBody(failure, width);
  const key = JSON.stringify([endingOf(host), failureBody(failure, 1000)]);
  const sameForAnyHost = key.replaceAll(host.host, "");
  if (said.has(sameForAnyHost)) return [];
  said.add(sameForAnyHost);
  return body;
}

/** The failure of a host; if the tool's last words did not come with it, those that were seen. */
export function failureWithTail({ failure, tail }: HostView): Failure | undefined {
  if (failure === undefined || !("host" in failure) || failure.lastWords.length > 0) return failure;
  return { ...failure, lastWords: tail };
}
