import type { Finding } from "../model/finding.ts";
import { byteText } from "./amount-text.ts";
import { hostSpan } from "./host-line.ts";
import { span } from "./line.ts";
import type { Line } from "./line.ts";
import { printable } from "./printable.ts";
import { tableLines } from "./table.ts";
import type { Column } from "./table.ts";
import type { View } from "./view.ts";

/** One finding and where it is. */
interface Row<F extends Finding = Finding> {
  readonly host: string;
  readonly finding: F;
}

/**
 * What was found on all hosts: a table for each kind, in which the hosts are the first column when there are several;
 * an empty line between two tables.
 */
export function findingLines(view: View, width: number): Line[] {
  const rows = view.hosts.flatMap(({ host, findings }) =>
    findings.map((finding): Row => ({ host, finding })),
  );
  const hostColumn: Column<Row> = { heading: "HOST", cell: ({ host }) => hostSpan(view, host) };
  const hosts = view.hosts.length > 1 ? [hostColumn] : [];
  const table = <K extends Finding["kind"]>(
    kind: K,
    columns: readonly Column<Row<Extract<Finding, { kind: K }>>>[],
  ): Line[] => tableLines([...hosts, ...columns], rows.filter(isOf(kind)), width);
  return apart([
    table("gpu", [
      { heading: "GPU", cell: ({ finding }) => String(finding.index) },
      { heading: "NAME", cell: ({ finding }) => printable(finding.name) },
      {
        heading: "MEMORY",
        cell: ({ finding: { usedBytes, totalBytes } }) =>
          `${byteText(usedBytes)} of ${byteText(totalBytes)}`,
      },
    ]),
  ]);
}

function isOf<K extends Finding["kind"]>(kind: K) {
  return (row: Row): row is Row<Extract<Finding, { kind: K }>> => row.finding.kind === kind;
}

function apart(tables: readonly (readonly Line[])[]): Line[] {
  return tables
    .filter((lines) => lines.length > 0)
    .flatMap((lines, index) => (index === 0 ? lines : [[span("")], ...lines]));
}
