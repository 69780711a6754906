import type { Event } from "../model/event.ts";
import { hostColumn, hostSpan } from "../view/host-line.ts";
import { span } from "../view/line.ts";
import { printable } from "../view/printable.ts";
import { padded } from "../view/text-width.ts";
import type { View } from "../view/view.ts";
import { paint } from "./screen-paint.ts";
import type { ScreenOptions } from "./screen.ts";

type Output = Extract<Event, { type: "output" }>;

/**
 * A line of output with the host in front of it: aligned and in the host's colour on a terminal,
 * e.g. `apollo     | epoch 3`; as `apollo: epoch 3` in a pipe.
 */
export function outputText(
  view: View,
  { host, line, stream }: Output,
  { stdout, stderr, color }: Pick<ScreenOptions, "stdout" | "stderr" | "color">,
): string {
  const sink = { stdout, stderr }[stream];
  const name = hostSpan(view, host);
  const text = span(printable(line));
  if (sink.isTTY !== true) return paint([[name, span(": "), text]], color[stream]);
  const column = hostColumn(view, sink.columns ?? 80);
  const prefix = { ...name, text: padded(name.text, column) };
  return paint([[prefix, span(" | ", "dim"), text]], color[stream]);
}
