import type { Event } from "../model/event.ts";
import { hostColumn, hostSpan } from "../view/host-line.ts";
import { span } from "../view/line.ts";
import { printable } from "../view/printable.ts";
import { padded } from "../view/text-width.ts";
import type { View } from "../view/view.ts";
import { paint } from "./screen-paint.ts";
import type { ScreenOptions } from "./screen.ts";

type Output = Extract<Event, { type: "output" }>;

/** Text that is written to a stream before anything else is. */
export interface Written {
  readonly stream: "stdout" | "stderr";
  readonly text: string;
}

/**
 * A line of output with the host in front of it: aligned and in the host's colour on a terminal,
 * e.g. `apollo     | epoch 3`; as `apollo: epoch 3` in a pipe. The user's own command is always heard, the tools
 * only when asked for, and then on stderr: stdout is for what the user asked for.
 */
export function outputText(
  view: View,
  { host, line, of = "tool", stream }: Output,
  options: Pick<ScreenOptions, "stdout" | "stderr" | "color" | "detail">,
): Written | undefined {
  if (of === "tool") {
    if (options.detail !== "verbose") return undefined;
    return {
      stream: "stderr",
      text: prefixed(view, { host, line }, { options, stream: "stderr" }),
    };
  }
  if (isAlone(view, of)) return { stream, text: paint([[span(printable(line))]], false) };
  return { stream, text: prefixed(view, { host, line }, { options, stream }) };
}

/** What one host says alone needs no name, e.g. a log that goes into a file. */
function isAlone({ hosts }: View, of: Output["of"]): boolean {
  return of === "log" && hosts.length === 1;
}

function prefixed(
  view: View,
  { host, line }: Pick<Output, "host" | "line">,
  {
    options,
    stream,
  }: {
    readonly options: Pick<ScreenOptions, "stdout" | "stderr" | "color">;
    readonly stream: "stdout" | "stderr";
  },
): string {
  const sink = options[stream];
  const color = options.color[stream];
  const name = hostSpan(view, host);
  const text = span(printable(line));
  if (sink.isTTY !== true) return paint([[name, span(": "), text]], color);
  const column = hostColumn(view, sink.columns || 80);
  const prefix = { ...name, text: padded(name.text, column) };
  return paint([[prefix, span(" | ", "dim"), text]], color);
}
