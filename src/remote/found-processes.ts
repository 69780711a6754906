import type { FoundKept, FoundLeftover, FoundProcess, FoundSession } from "../model/finding.ts";
import type { AskedOfHost } from "./found-project.ts";
import { textOfWord } from "./words.ts";

/** What runs in the container, each as the fields of a line; see `look.sh`. */
export interface RunningLines {
  /** id, verb, laptop, state, age in seconds */
  readonly sessions: readonly (readonly string[])[];
  /** id of the session, its first process, the mark that all its processes have */
  readonly leaders: readonly (readonly string[])[];
  /** id of the session of a REPL that is kept, age in seconds, seconds since nobody is attached, who is attached */
  readonly kept: readonly (readonly string[])[];
  /** number, parent, terminal session, user, age in seconds, memory in kB, session, mark, command */
  readonly processes: readonly (readonly string[])[];
}

/** The sessions in the order in which they began, each with its processes; then those that are of none. */
export function foundProcesses(
  { sessions: sessionLines, leaders, kept, processes: processLines }: RunningLines,
  context: { readonly asked: AskedOfHost; readonly gpuBytes: ReadonlyMap<number, number> },
): readonly (FoundSession | FoundProcess | FoundLeftover)[] {
  const seen = withSessions(processLines.map(seenProcess), leaders);
  const keptOnes = kept.map(keptSession);
  const isKept = new Set(keptOnes.map(({ id }) => id));
  const told = [...sessionLines.map(foundSession).filter(({ id }) => !isKept.has(id)), ...keptOnes];
  const known = new Set(told.map(({ id }) => id));
  const untold = [...new Set(seen.map(({ session }) => session))]
    .filter((id) => id !== undefined && !known.has(id))
    .map((id = ""): FoundSession => ({ kind: "session", id, verb: "unknown", state: "running" }));
  const sessions = [...told, ...untold].toSorted((a, b) => (b.ageMs ?? 0) - (a.ageMs ?? 0));
  const of = (id: string | undefined): readonly FoundProcess[] =>
    seen
      .filter(({ session }) => session === id)
      .toSorted((a, b) => b.ageMs - a.ageMs || a.pid - b.pid)
      .map((process) => foundProcess(process, context));
  return [
    ...sessions.flatMap((session): readonly (FoundSession | FoundProcess | FoundLeftover)[] => {
      const processes = of(session.id);
      return session.state === "abandoned" && processes.length === 0
        ? [leftoverOf(session)]
        : [session, ...processes];
    }),
    ...of(undefined),
  ];
}

function leftoverOf({ id }: FoundSession): FoundLeftover {
  return { kind: "leftover", what: "session", name: id, because: "abandoned" };
}

function foundSession(fields: readonly string[]): FoundSession {
  const [id = "", verb, from = "-", state, age] = fields;
  return {
    kind: "session",
    id,
    verb: verb === "exec" || verb === "repl" || verb === "dap" ? verb : "unknown",
    ...(from === "-" ? {} : { from: textOfWord(from) }),
    state: state === "waiting" || state === "ending" || state === "abandoned" ? state : "running",
    ageMs: Math.max(0, Number(age)) * 1000,
  };
}

function keptSession([id = "", age, alone = "-", from = ""]: readonly string[]): FoundSession {
  const attached = from.split(" ").filter((word) => word !== "");
  return {
    kind: "session",
    id,
    verb: "repl",
    state: "running",
    ageMs: Math.max(0, Number(age)) * 1000,
    kept: keptOf(alone, attached),
  };
}

/** `alone` is `-` while somebody is attached. */
export function keptOf(alone: string, attached: readonly string[]): FoundKept {
  return {
    attached: attached.map(textOfWord),
    ...(alone === "-" ? {} : { aloneMs: Math.max(0, Number(alone)) * 1000 }),
  };
}

interface SeenProcess extends Omit<FoundProcess, "kind" | "gpuBytes" | "session"> {
  readonly parent: number;
  /** The terminal session of the kernel. */
  readonly terminal: number;
  /** What it carries; undefined where it carries nothing, or that cannot be seen. */
  readonly carried: string | undefined;
  readonly mark: string;
  readonly session: string | undefined;
}

function seenProcess(fields: readonly string[]): SeenProcess {
  const [
    pid,
    parent,
    terminal,
    user = "",
    age,
    kilobytes,
    carried = "-",
    mark = "-",
    command = "",
  ] = fields;
  return {
    pid: Number(pid),
    parent: Number(parent),
    terminal: Number(terminal),
    user,
    ageMs: Math.max(0, Number(age)) * 1000,
    memoryBytes: Number(kilobytes) * 1024,
    carried: /^[A-Za-z0-9]+$/.test(carried) ? carried : undefined,
    mark,
    session: undefined,
    command: command.trim(),
  };
}

/** A process is of the session whose mark or id it has; else of that of its parent, or of its terminal. */
function withSessions(
  seen: readonly SeenProcess[],
  leaders: RunningLines["leaders"],
): readonly SeenProcess[] {
  const marks = new Map(leaders.map(([id = "", , mark = ""]) => [mark, id]));
  const byPid = new Map<number, string>();
  const byTerminal = new Map<number, string>();
  const note = ({ pid, terminal }: SeenProcess, session: string): void => {
    byPid.set(pid, session);
    if (terminal > 1 && !byTerminal.has(terminal)) byTerminal.set(terminal, session);
  };
  for (const process of seen) {
    const session = marks.get(process.mark) ?? process.carried;
    if (session !== undefined) note(process, session);
  }
  for (let grown = true; grown;) {
    grown = false;
    for (const process of seen) {
      if (byPid.has(process.pid)) continue;
      const session = byPid.get(process.parent) ?? byTerminal.get(process.terminal);
      if (session === undefined) continue;
      note(process, session);
      grown = true;
    }
  }
  return seen.map((process) => ({ ...process, session: byPid.get(process.pid) }));
}

/** A user without a name in the container may be the one who asked. */
function foundProcess(
  { pid, session, user, ageMs, memoryBytes, command }: SeenProcess,
  {
    asked,
    gpuBytes,
  }: { readonly asked: AskedOfHost; readonly gpuBytes: ReadonlyMap<number, number> },
): FoundProcess {
  const onGpu = gpuBytes.get(pid);
  return {
    kind: "process",
    pid,
    ...(session === undefined ? {} : { session }),
    user: user === asked.uid ? asked.login : user,
    ageMs,
    memoryBytes,
    ...(onGpu === undefined ? {} : { gpuBytes: onGpu }),
    command,
  };
}
