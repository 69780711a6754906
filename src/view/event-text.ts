import type { Decision, Event } from "../model/event.ts";
import { clockText } from "./amount-text.ts";
import { decisionText, decisionWeight } from "./decision-text.ts";
import { span } from "./line.ts";
import type { Span } from "./line.ts";
import { printable } from "./printable.ts";
import type { View } from "./view.ts";

/** What igor says between the lines of the user's own command is not to be taken for one of them. */
const besideRepl: ReadonlySet<Decision["kind"]> = new Set([
  "repl-cut",
  "repl-left",
  "repl-not-kept",
  "connected-again",
]);

/**
 * What one event says in a log, without the host's name: a decision with its reason, a step that ended. Nothing for
 * what a log does not need. `view` is the view before the event.
 */
export function eventSpan(view: View, event: Event): Span | undefined {
  if (event.type === "decided") {
    const text = decisionText(event.decision, event.host);
    if (decisionWeight(event.decision) === "warning") return span(`warning: ${text}`, "warning");
    return besideRepl.has(event.decision.kind) ? span(text, "dim") : span(text);
  }
  if (event.type === "step-ended") {
    const host = view.hosts.find((other) => other.host === event.host);
    const spent =
      host?.stepStartedAt === undefined ? "" : `, ${clockText(event.at - host.stepStartedAt)}`;
    return span(`${printable(event.step)} done${spent}`, "dim");
  }
  return undefined;
}
