import type { Event } from "../model/event.ts";
import { clockText } from "./amount-text.ts";
import { decisionText, decisionWeight } from "./decision-text.ts";
import { span } from "./line.ts";
import type { Span } from "./line.ts";
import { printable } from "./printable.ts";
import type { View } from "./view.ts";

/**
 * What one event says in a log, without the host's name: a decision with its reason, a step that ended. Nothing for
 * what a log does not need. `view` is the view before the event.
 */
export function eventSpan(view: View, event: Event): Span | undefined {
  if (event.type === "decided") {
    const text = decisionText(event.decision, event.host);
    return decisionWeight(event.decision) === "warning"
      ? span(`warning: ${text}`, "warning")
      : span(text);
  }
  if (event.type === "step-ended") {
    const host = view.hosts.find((other) => other.host === event.host);
    const spent =
      host?.stepStartedAt === undefined ? "" : `, ${clockText(event.at - host.stepStartedAt)}`;
    return span(`${printable(event.step)} done${spent}`, "dim");
  }
  return undefined;
}
