import { fitted, span } from "./line.ts";
import type { Line, Span } from "./line.ts";
import { padded, widthOf } from "./text-width.ts";

/** A column of a table; one in which no row has anything is not shown. */
export interface Column<Row> {
  /** e.g. `MEMORY`; empty for a column that explains itself */
  readonly heading: string;
  /** Numbers stand on the right. */
  readonly align?: "right";
  /** What a row has there: printable, on one line. */
  readonly cell: (row: Row) => Span | string;
}

const gap = "  ";

/** A heading and a line for each row, in columns as wide as they need; nothing without rows. Lines are cut at the width. */
export function tableLines<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
): Line[] {
  if (rows.length === 0) return [];
  const shown = columns
    .map(({ heading, align, cell }) => ({
      align,
      cells: [span(heading, "dim"), ...rows.map((row) => asSpan(cell(row)))],
    }))
    .filter(({ cells }) => cells.slice(1).some(({ text }) => text !== ""))
    .map((column) => ({
      ...column,
      width: Math.max(...column.cells.map(({ text }) => widthOf(text))),
    }));
  return [undefined, ...rows].map((_, index) =>
    fitted(
      shown.flatMap(({ align, cells, width: columnWidth }, place) => {
        const cell = cells[index] ?? span("");
        const text =
          align === "right"
            ? " ".repeat(columnWidth - widthOf(cell.text)) + cell.text
            : place === shown.length - 1
              ? cell.text
              : padded(cell.text, columnWidth);
        return [...(place === 0 ? [] : [span(gap)]), { ...cell, text }];
      }),
      width,
    ),
  );
}

function asSpan(cell: Span | string): Span {
  return typeof cell === "string" ? span(cell) : cell;
}
