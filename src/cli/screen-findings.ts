import type { Event } from "../model/event.ts";
import { findingLines } from "../view/finding-lines.ts";
import { statusLines } from "../view/status-lines.ts";
import type { View } from "../view/view.ts";
import { paint, widthOf } from "./screen-paint.ts";
import type { ScreenOptions } from "./screen.ts";

/** Writes what was found to stdout: it is what the user asked for. */
export function writeFindings(
  view: View,
  { stdout, color }: Pick<ScreenOptions, "stdout" | "color">,
): void {
  const text = paint(findingLines(view, widthOf(stdout)), color.stdout);
  if (text !== "") stdout.write(text);
}

/** What there is to say of a host that is through, as soon as it is: another one may take long to fail. Empty for most requests. */
export function statusText(
  view: View,
  event: Event,
  { stdout, color }: Pick<ScreenOptions, "stdout" | "color">,
): string {
  if (event.type !== "host-ended") return "";
  const host = view.hosts.find((one) => one.host === event.host);
  if (host === undefined) return "";
  return paint(statusLines(view, host, widthOf(stdout)), color.stdout);
}
