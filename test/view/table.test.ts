import { expect, test } from "vitest";
import { lineText } from "../../src/view/line.ts";
import { tableLines } from "../../src/view/table.ts";
import type { Column } from "../../src/view/table.ts";

interface Planet {
  readonly name: string;
  readonly moons: number;
  readonly note: string;
}

const columns: readonly Column<Planet>[] = [
  { heading: "NAME", cell: ({ name }) => name },
  { heading: "MOONS", align: "right", cell: ({ moons }) => String(moons) },
  { heading: "NOTE", cell: ({ note }) => note },
];
const earth = { name: "地球", moons: 1, note: "" };
const saturn = { name: "Saturn", moons: 274, note: "has rings" };

function shown(rows: readonly Planet[], width = Infinity): readonly string[] {
  return tableLines(columns, rows, width).map((line) => lineText(line).trimEnd());
}

test("columns are as wide as they need, numbers on the right", () => {
  expect(shown([earth, saturn])).toEqual([
    "NAME    MOONS  NOTE",
    "地球        1",
    "Saturn    274  has rings",
  ]);
});

test("a column in which nothing stands is not shown", () => {
  expect(shown([earth])).toEqual(["NAME  MOONS", "地球      1"]);
});

test("lines are cut at the width of a terminal", () => {
  expect(shown([saturn], 20)).toEqual(["NAME    MOONS  NOTE", "Saturn    274  has …"]);
});

test("without rows there is no heading", () => {
  expect(shown([])).toEqual([]);
});
