import { clip, widthOf, wrap } from "./text-width.ts";

/** How a piece of text looks; each reader has its own colours for it, and no meaning is in the colour alone. */
export type Style =
  | "plain"
  | "dim"
  | "strong"
  | "good"
  | "bad"
  | "warning"
  | "running"
  | `host-${0 | 1 | 2 | 3 | 4 | 5}`;

/** A piece of text in one style: printable, without line breaks, tabs or control sequences. */
export interface Span {
  readonly text: string;
  readonly style: Style;
}

/** One line of a screen. */
export type Line = readonly Span[];

/** A piece of text; plain unless said otherwise. Tabs become spaces. */
export function span(text: string, style: Style = "plain"): Span {
  return { text: text.replaceAll("\t", "    "), style };
}

/** The text of a line without its styles. */
export function lineText(line: Line): string {
  return line.map(({ text }) => text).join("");
}

/** The line cut to so many columns. */
export function fitted(line: Line, width: number): Line {
  const kept: Span[] = [];
  let room = width;
  for (const { text, style } of line) {
    const shown = clip(text, room);
    if (shown !== "") kept.push({ text: shown, style });
    room -= widthOf(text);
    if (room <= 0) break;
  }
  return kept;
}

/** A text after a first span, broken into as many lines as it needs; the later ones are indented below it. */
export function flowed(first: Line, text: Span, width: number): Line[] {
  const indent = widthOf(lineText(first));
  const beside = width - indent >= 24;
  const pieces = wrap(text.text, beside ? width - indent : width - 2);
  const lines = pieces.map((piece, index): Line => {
    if (beside)
      return [...(index === 0 ? first : [span(" ".repeat(indent))]), { ...text, text: piece }];
    return [span("  "), { ...text, text: piece }];
  });
  return (beside ? lines : [first, ...lines]).map((line) => fitted(line, width));
}
