import type { FoundLink, StatusFinding } from "../model/finding-status.ts";
import { shortText } from "./amount-text.ts";
import { headlineAt } from "./failure-text.ts";
import { hostSpan } from "./host-line.ts";
import { flowed, span } from "./line.ts";
import type { Line, Span } from "./line.ts";
import { ofGroup } from "./of-group.ts";
import { printable } from "./printable.ts";
import { factsOf } from "./status-text.ts";
import { padded } from "./text-width.ts";
import type { HostView, View } from "./view.ts";

/** The labels stand in one column. */
const labelWidth = "container".length;

/**
 * How things stand on a host; nothing for a request that asked something else. e.g.
 * ```
 * apollo  0.4 ms away, over igor's own connection
 *   files      pushed from here 3 min ago; 3 files to send (12 kB): igor push
 *   image      dino-mnist:igor is up to date, built 2 h ago
 * ```
 */
export function statusLines(view: View, host: HostView, width: number): Line[] {
  const facts = host.findings.filter(isOfStatus);
  if (facts.length === 0) return [];
  const { group = "" } = facts.find((fact) => fact.kind === "pending") ?? {};
  const rows = factsOf(facts).flatMap(({ label, text, style }) =>
    flowed(
      [span(`  ${padded(label, labelWidth)}  `, "dim")],
      span(printable(ofGroup(text, group)), style),
      width,
    ),
  );
  return [...flowed([nameOf(view, host), span("  ")], linkOf(host, facts), width), ...rows];
}

function nameOf(view: View, { host }: HostView): Span {
  return hostSpan(view, host);
}

function linkOf({ host, failure }: HostView, facts: readonly StatusFinding[]): Span {
  const link = facts.find((fact) => fact.kind === "link");
  if (link !== undefined) return span(`${shortText(link.roundTripMs)} away, ${overText(link)}`);
  if (failure === undefined) return span("not reached", "bad");
  return span(`not reached: ${headlineAt(failure, host)}`, "bad");
}

function overText({ shared }: FoundLink): string {
  switch (shared) {
    case "igor":
      return "over igor's own connection";
    case "user":
      return "over the shared connection of your ssh configuration";
    case "none":
      return "over a connection that does not stay: every command logs in anew";
  }
}

const kinds = {
  link: true,
  tree: true,
  pending: true,
  "image-state": true,
  "container-state": true,
  "engine-state": true,
  task: true,
  repl: true,
  disk: true,
  timings: true,
} as const satisfies Record<StatusFinding["kind"], true>;

function isOfStatus(finding: { readonly kind: string }): finding is StatusFinding {
  return finding.kind in kinds;
}
