import { findingLines } from "../view/finding-lines.ts";
import type { View } from "../view/view.ts";
import { paint } from "./screen-paint.ts";
import type { ScreenOptions } from "./screen.ts";

/** Writes what was found to stdout: it is what the user asked for. In a pipe no line is cut. */
export function writeFindings(
  view: View,
  { stdout, color }: Pick<ScreenOptions, "stdout" | "color">,
): void {
  const width = stdout.isTTY === true ? stdout.columns || 80 : Infinity;
  const text = paint(findingLines(view, width), color.stdout);
  if (text !== "") stdout.write(text);
}
