import type { Event } from "../model/event.ts";
import type { Failure } from "../model/failure.ts";
import { failureWithTail } from "../view/end-lines.ts";
import { failureLines } from "../view/failure-lines.ts";
import { advance, startView } from "../view/view.ts";
import type { View } from "../view/view.ts";
import { outputText } from "./screen-output.ts";
import { statusText, writeFindings } from "./screen-findings.ts";
import { paint, widthOf } from "./screen-paint.ts";
import type { Screen, ScreenOptions } from "./screen.ts";

/** Tells failures and what was asked for, and passes the output of the user's own command on. */
export function quietScreen(options: ScreenOptions): Screen {
  const { stderr, color } = options;
  const width = widthOf(stderr);
  let view = startView;
  return {
    emit(event) {
      view = advance(view, event);
      if (event.type === "output") {
        const said = outputText(view, event, { ...options, detail: "normal" });
        if (said !== undefined) options[said.stream].write(said.text);
      }
      options.stdout.write(statusText(view, event, options));
      if (event.type === "plan-ended") writeFindings(view, options);
      const failure = failureOf(view, event);
      if (failure !== undefined) stderr.write(paint(failureLines(failure, width), color.stderr));
    },
    close() {
      // Nothing is left open.
    },
  };
}

function failureOf(view: View, event: Event): Failure | undefined {
  if (event.type === "failed") return event.failure;
  if (event.type === "decided" && event.decision.kind === "not-pushed")
    return event.decision.failure;
  if (event.type !== "host-ended") return undefined;
  const { host, exitCode = 0 } = event;
  if (event.failure === undefined && exitCode !== 0) {
    return { reason: "command-failed", host, exitCode, lastWords: [] };
  }
  const ended = view.hosts.find((other) => other.host === host);
  return ended === undefined ? event.failure : failureWithTail(ended);
}
