import type { Finding } from "../model/finding.ts";
import { ageText, byteText } from "./amount-text.ts";
import { containerStateText, jobText, leftoverName, leftoverText } from "./finding-text.ts";
import { hostSpan } from "./host-line.ts";
import { span } from "./line.ts";
import type { Line, Span } from "./line.ts";
import { printable } from "./printable.ts";
import { processColumns, processRows } from "./process-rows.ts";
import { tableLines } from "./table.ts";
import type { Column } from "./table.ts";
import type { View } from "./view.ts";

/** One finding and where it is. */
interface Row<F extends Finding> {
  readonly host: string;
  readonly finding: F;
}

type Of<K extends Finding["kind"]> = Extract<Finding, { kind: K }>;

/**
 * What was found on all hosts: a table for each kind, in which the hosts are the first column when there are several;
 * an empty line between two tables.
 */
export function findingLines(view: View, width: number): Line[] {
  const hostColumn = {
    heading: "HOST",
    cell: ({ host }: { readonly host: string }): Span => hostSpan(view, host),
  };
  const hosts = view.hosts.length > 1 ? [hostColumn] : [];
  const table = <K extends Finding["kind"]>(kind: K, columns: readonly Column<Of<K>>[]): Line[] => {
    const ofFinding = columns.map(({ cell, ...column }) => ({
      ...column,
      cell: ({ finding }: Row<Of<K>>) => cell(finding),
    }));
    return tableLines([...hosts, ...ofFinding], rowsOf(view, kind), width);
  };
  const processes = view.hosts.flatMap(processRows);
  // Of the first container, that of the group that was asked for, it is known what runs in it.
  const idle = new Set(
    view.hosts
      .filter((host) => processRows(host).length === 0)
      .map(({ findings }) => findings.find(isOf("container"))),
  );
  return apart([
    table("container", [
      { heading: "CONTAINER", cell: ({ name }) => printable(name) },
      { heading: "STATE", cell: (one) => containerStateText(one, idle.has(one)) },
      { heading: "IMAGE", cell: ({ image = "" }) => printable(image) },
      { heading: "PORTS", cell: ({ ports }) => printable(ports.join(", ")) },
    ]),
    tableLines([...hosts, ...processColumns], processes, width),
    table("job", [
      { heading: "JOB", cell: ({ id }) => printable(id) },
      { heading: "WHAT", cell: jobText },
      { heading: "LOG", cell: ({ log }) => printable(log) },
    ]),
    table("image", [
      { heading: "IMAGE", cell: ({ name }) => printable(name) },
      { heading: "ID", cell: ({ id }) => printable(id) },
      {
        heading: "SIZE",
        align: "right",
        cell: ({ bytes }) => (bytes === undefined ? "" : byteText(bytes)),
      },
      {
        heading: "MADE",
        cell: ({ ageMs }) => (ageMs === undefined ? "" : `${ageText(ageMs)} ago`),
      },
    ]),
    table("gpu", [
      { heading: "GPU", cell: ({ index }) => String(index) },
      { heading: "NAME", cell: ({ name }) => printable(name) },
      {
        heading: "MEMORY",
        cell: ({ usedBytes, totalBytes }) => `${byteText(usedBytes)} of ${byteText(totalBytes)}`,
      },
    ]),
    table("leftover", [
      { heading: "LEFTOVER", cell: leftoverName },
      { heading: "WHY", cell: leftoverText },
    ]),
  ]);
}

function rowsOf<K extends Finding["kind"]>(view: View, kind: K): readonly Row<Of<K>>[] {
  return view.hosts.flatMap(({ host, findings }) =>
    findings.filter(isOf(kind)).map((finding) => ({ host, finding })),
  );
}

function isOf<K extends Finding["kind"]>(kind: K) {
  return (finding: Finding): finding is Of<K> => finding.kind === kind;
}

function apart(tables: readonly (readonly Line[])[]): Line[] {
  return tables
    .filter((lines) => lines.length > 0)
    .flatMap((lines, index) => (index === 0 ? lines : [[span("")], ...lines]));
}
