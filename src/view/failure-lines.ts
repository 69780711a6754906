import type { Failure } from "../model/failure.ts";
import { failureText } from "./failure-text.ts";
import { fitted, flowed, span } from "./line.ts";
import type { Line } from "./line.ts";

/**
 * A failure as it is drawn, e.g.
 * ```
 * ✗ apollo: the image could not be built: a command in the dockerfile failed
 *   Step 3/7 : RUN pip install -r requirements.txt
 *   | ERROR: No matching distribution found for torhc
 *   → correct that step and run the same command again
 * ```
 * The tool's words are not cut where they are needed whole: they are wrapped like the rest.
 */
export function failureLines(failure: Failure, width: number): Line[] {
  return [...failureHead(failure, width), ...failureBody(failure, width)];
}

/** Its first line: what happened. */
function failureHead(failure: Failure, width: number): Line[] {
  const mark = failure.reason === "cancelled" ? span("- ", "warning") : span("✗ ", "bad");
  return flowed([mark], span(failureText(failure).headline, "strong"), width);
}

/** The rest: where, the tool's last words, what to do. */
export function failureBody(failure: Failure, width: number): Line[] {
  const { where, details, hint } = failureText(failure);
  return [
    ...(where === undefined ? [] : flowed([span("  ")], span(where), width)),
    ...details.flatMap((detail) => detailLines(detail, width)),
    ...(hint === undefined ? [] : hintLines(hint, width)),
  ];
}

/** The advice; a command in it is not broken at its spaces, so that it can be copied. */
export function hintLines(hint: string, width: number, arrow = "  → "): Line[] {
  const whole = hint.replace(/`[^`]*`/g, (command) => command.replaceAll(" ", "\u00a0"));
  return flowed([span(arrow, "running")], span(whole), width).map((line) =>
    line.map(({ text, style }) => ({ text: text.replaceAll("\u00a0", " "), style })),
  );
}

/** Details keep their leading spaces: a caret must stay below what it points at. */
function detailLines(detail: string, width: number): Line[] {
  const bar = span("  | ", "dim");
  if (/^\s/.test(detail)) return [fitted([bar, span(detail)], width)];
  return flowed([bar], span(detail), width).map((line, index) =>
    index === 0 ? line : fitted([bar, ...line.slice(1)], width),
  );
}
