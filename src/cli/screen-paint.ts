import { styleText } from "node:util";
import type { Line, Style } from "../view/line.ts";
import type { Sink } from "./screen.ts";

type Format = Parameters<typeof styleText>[0];

// Red and green are for how things ended, never for a host.
const formats: Readonly<Record<Style, Format | undefined>> = {
  plain: undefined,
  dim: "dim",
  strong: "bold",
  good: "green",
  bad: "red",
  warning: "yellow",
  running: "cyan",
  "host-0": "cyan",
  "host-1": "magenta",
  "host-2": "yellow",
  "host-3": "blue",
  "host-4": "cyanBright",
  "host-5": "magentaBright",
};

/** Lines as text for a terminal, each with its line break; without colours they are plain text. */
export function paint(lines: readonly Line[], color: boolean): string {
  return lines.map((line) => `${paintLine(line, color).trimEnd()}\n`).join("");
}

function paintLine(line: Line, color: boolean): string {
  return line
    .map(({ text, style }) => {
      const format = formats[style];
      return color && format !== undefined
        ? styleText(format, text, { validateStream: false })
        : text;
    })
    .join("");
}

/** How wide lines may be: as the terminal is; in a pipe no line is cut. */
export function widthOf({ isTTY, columns }: Sink): number {
  return isTTY === true ? columns || 80 : Infinity;
}
