import type { Decision, Event } from "../model/event.ts";
import { decisionWeight } from "../view/decision-text.ts";
import { failureWithTail, tableLines, wholeSumText } from "../view/end-lines.ts";
import { eventSpan } from "../view/event-text.ts";
import { failureLines } from "../view/failure-lines.ts";
import { hostSpan } from "../view/host-line.ts";
import { span } from "../view/line.ts";
import type { Line } from "../view/line.ts";
import { printable } from "../view/printable.ts";
import { advance, startView } from "../view/view.ts";
import type { View } from "../view/view.ts";
import { outputText } from "./screen-output.ts";
import { statusText, writeFindings } from "./screen-findings.ts";
import { paint } from "./screen-paint.ts";
import type { Screen, ScreenOptions } from "./screen.ts";

/**
 * For pipes and logs: a line for what takes long or warns, failures when they come, and at the end one line with what
 * was done and why. With detail, a line for every decision and ended step.
 */
export function plainScreen(options: ScreenOptions): Screen {
  const { stderr, color } = options;
  let view = startView;
  /** The step that was told last, by host. */
  const told = new Map<string, string>();
  return {
    emit(event) {
      const before = view;
      view = advance(view, event);
      if (event.type === "output") {
        const said = outputText(view, event, options);
        if (said !== undefined) options[said.stream].write(said.text);
        return;
      }
      if (event.type === "progress") {
        const step = stepText(event);
        if (step === undefined || told.get(event.host) === step) return;
        told.set(event.host, step);
        stderr.write(paint([[hostSpan(view, event.host), span(`: ${step}`)]], color.stderr));
        return;
      }
      options.stdout.write(statusText(view, event, options));
      if (event.type === "plan-ended") writeFindings(view, options);
      const lines = isTold(event, options.detail) ? plainLines({ before, view, event }) : [];
      if (lines.length > 0) stderr.write(paint(lines, color.stderr));
    },
    close() {
      // Nothing is left open.
    },
  };
}

/** A step of something long, or what it waits for, e.g. `step 3 of 7: RUN pip install -r requirements.txt`; bytes and files are not told. */
function stepText({ unit, done, total, note }: Event & { type: "progress" }): string | undefined {
  // Labels that igor adds to an image are steps of the builder, and nobody else's.
  if (unit !== "steps" || note === undefined || /^(?:$|LABEL igor\.)/.test(note)) return undefined;
  const text = printable(note);
  if (total === undefined) return text;
  return done < total ? `step ${done + 1} of ${total}: ${text}` : undefined;
}

/** What is told at once, since the end is far. */
const slow: ReadonlySet<Decision["kind"]> = new Set(["building", "reconciling", "joined-job"]);

/** What the last line will say is not said before. */
function isTold(event: Event, detail: ScreenOptions["detail"]): boolean {
  if (detail === "verbose") return true;
  if (event.type === "decided") {
    const { decision } = event;
    return slow.has(decision.kind) || ["warning", "news"].includes(decisionWeight(decision));
  }
  return event.type !== "step-ended";
}

/** What an event adds to a log. No line is cut or broken: readers of logs search them. */
export function plainLines({
  before,
  view,
  event,
}: {
  readonly before: View;
  readonly view: View;
  readonly event: Event;
}): Line[] {
  switch (event.type) {
    case "failed":
      return failureLines(event.failure, Infinity);
    case "host-ended": {
      const host = view.hosts.find((other) => other.host === event.host);
      const failure = host === undefined ? undefined : failureWithTail(host);
      if (failure === undefined || failure.reason === "command-failed") return [];
      return failureLines(failure, Infinity);
    }
    case "plan-ended":
      if (view.asks) return [];
      return view.hosts.length > 1 && view.hosts.some(({ exitCode }) => exitCode !== undefined)
        ? tableLines(view, Infinity)
        : [[span(wholeSumText(view), "strong")]];
    case "decided":
    case "step-ended": {
      const said = eventSpan(before, event);
      return said === undefined ? [] : [[hostSpan(view, event.host), span(": "), said]];
    }
    case "plan-started":
    case "step-started":
    case "progress":
    case "found":
    case "output":
      return [];
  }
}
