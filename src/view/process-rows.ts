import type { FoundKept, FoundProcess, FoundSession } from "../model/finding.ts";
import { ageText, byteText } from "./amount-text.ts";
import { span } from "./line.ts";
import { printable } from "./printable.ts";
import { shortId } from "./short-id.ts";
import type { Column } from "./table.ts";
import type { HostView } from "./view.ts";

/** A process, or a session of which none is there; a session is told with its first process only. */
export interface ProcessRow {
  readonly host: string;
  readonly session: FoundSession | "none" | "as-above";
  readonly process: FoundProcess | undefined;
}

/** The sessions on a host with their processes, then those that igor did not start. */
export function processRows({ host, findings }: HostView): ProcessRow[] {
  const sessions = findings.filter((finding) => finding.kind === "session");
  const processes = findings.filter((finding) => finding.kind === "process");
  const rows = (session: FoundSession | "none", own: readonly FoundProcess[]): ProcessRow[] =>
    own.map((process, index) => ({
      host,
      session: index === 0 || session === "none" ? session : "as-above",
      process,
    }));
  return [
    ...sessions.flatMap((session) => {
      const own = processes.filter((process) => process.session === session.id);
      return own.length === 0 ? [{ host, session, process: undefined }] : rows(session, own);
    }),
    ...rows(
      "none",
      processes.filter((process) => process.session === undefined),
    ),
  ];
}

/** The columns of these rows. */
export const processColumns: readonly Column<ProcessRow>[] = [
  {
    heading: "SESSION",
    cell: ({ session }) =>
      session === "as-above" ? "" : session === "none" ? "-" : span(shortId(session.id), "strong"),
  },
  { heading: "STARTED BY", cell: startText },
  { heading: "PID", align: "right", cell: ({ process }) => (process ? String(process.pid) : "") },
  { heading: "USER", cell: ({ process }) => printable(process?.user ?? "") },
  {
    heading: "FOR",
    align: "right",
    cell: ({ process }) => (process ? ageText(process.ageMs) : ""),
  },
  {
    heading: "MEMORY",
    align: "right",
    cell: ({ process }) => (process ? byteText(process.memoryBytes) : ""),
  },
  {
    heading: "GPU",
    align: "right",
    cell: ({ process }) => (process?.gpuBytes === undefined ? "" : byteText(process.gpuBytes)),
  },
  {
    heading: "COMMAND",
    cell: ({ process, session }) =>
      process ? printable(process.command) : span(withoutProcess(session), "dim"),
  },
];

/** e.g. `exec, kim@falcon`, `repl, kim@falcon, ending` */
function startText({ session }: ProcessRow): string {
  if (session === "as-above") return "";
  if (session === "none") return "not igor";
  const { verb, from, state, kept } = session;
  const parts = [
    verb === "unknown" ? "igor" : verb,
    ...(from === undefined ? [] : [from]),
    ...(kept === undefined ? [] : ["kept", attachedText(kept)]),
    ...(state === "ending" ? ["ending"] : []),
    ...(state === "abandoned" ? ["gone"] : []),
  ];
  return printable(parts.join(", "));
}

/** e.g. `kim@falcon`, `nobody attached for 3 h` */
export function attachedText({ attached, aloneMs }: FoundKept): string {
  if (attached.length > 0) return attached.join(", ");
  return aloneMs === undefined ? "nobody attached" : `nobody attached for ${ageText(aloneMs)}`;
}

function withoutProcess(session: ProcessRow["session"]): string {
  if (typeof session === "string") return "";
  return session.state === "ending" ? "(ending)" : "(not begun yet)";
}
