import type { Failure } from "../model/failure.ts";
import { isHere } from "../model/is-here.ts";
import type { Incoming, PullLane } from "../model/pull.ts";
import { lookHere } from "../project/pull-look.ts";
import { stagedState } from "../project/pull-place.ts";
import type { Stage } from "../project/pull-stage.ts";
import { fetchFiles } from "../run/fetch.ts";
import type { FetchMeans } from "../run/fetch.ts";
import type { HostShell } from "../run/host-shell.ts";
import type { PullAction } from "./pull.ts";
import { pullInputs } from "./pull-facts.ts";
import { waitNote } from "../run/wait-note.ts";

type IncomingFile = Incoming & { readonly kind: "file" };

/** What waits in the stage. */
export interface FetchedFiles {
  /** By path: what is whole, as it looked there when it was read. */
  readonly whole: ReadonlyMap<string, IncomingFile>;
  /** Those of them that changed while they were read. */
  readonly changing: readonly string[];
  readonly unreadable: readonly string[];
  /** Why not all has come. */
  readonly failure: Failure | undefined;
}

/** What is written to while it is read is read so often. */
const mostRuns = 2;

/**
 * Brings the files of a lane into the stage. A file is as it was there at one moment when it looks the same before and
 * after it was read; one that does not is brought once more, and then taken as it is: a log is written to for days.
 */
export async function fetchAll(
  lane: PullLane,
  { action, stage }: { readonly action: PullAction; readonly stage: Stage },
): Promise<FetchedFiles> {
  const files = lane.files.filter((file) => file.kind === "file");
  const whole = new Map<string, IncomingFile>();
  const unreadable = new Set<string>();
  // Brought by a pull that was cut.
  for (const file of files) if (isStaged(file, stage)) whole.set(file.path, file);
  let missing = files.filter(({ path }) => !whole.has(path));
  let changing: readonly IncomingFile[] = [];
  const ended = (failure?: Failure): FetchedFiles => {
    for (const file of changing) whole.set(file.path, file);
    const paths = changing.map(({ path }) => path);
    return { whole, changing: paths, unreadable: [...unreadable], failure };
  };
  const opened = await action.shells.open(lane.host);
  if (!opened.ok) return ended(opened.failure);
  const inputs = pullInputs(lane.host, action);
  const { root } = action.subject.project;
  for (let run = 1; missing.length > 0 && run <= mostRuns; run += 1) {
    const task = { inputs, tool: lane.tool, from: lane.from ?? "", files: missing, stage, root };
    const fetched = await fetchFiles(task, meansOf(missing, opened.value, { action, lane }));
    if (!fetched.ok) {
      // What has come whole is not kept back.
      for (const file of missing) if (isStaged(file, stage)) whole.set(file.path, file);
      changing = changing.filter(({ path }) => !whole.has(path));
      return ended(fetched.failure);
    }
    const told = new Map(fetched.value.told.map((entry) => [entry.path, entry]));
    const again: IncomingFile[] = [];
    for (const file of missing) {
      const now = told.get(file.path);
      const staged = stagedState(stage, file.path);
      if (now?.kind === "file" && staged !== "-") {
        const current = { ...file, ...now };
        if (isHere(now, staged)) whole.set(file.path, current);
        else again.push(current);
      } else if (isStaged(file, stage)) whole.set(file.path, file);
      // Another igor has just put it in its place: rsync has nothing to bring.
      else if (isHere(now ?? file, lookHere(root, file.path))) continue;
      else if (now !== undefined) unreadable.add(file.path);
    }
    missing = again;
    changing = again;
  }
  return ended();
}

/** Whether a file waits in the stage as it looks there. */
function isStaged(file: IncomingFile, stage: Stage): boolean {
  return isHere(file, stagedState(stage, file.path));
}

function meansOf(
  files: readonly IncomingFile[],
  shell: HostShell,
  { action, lane }: { readonly action: PullAction; readonly lane: PullLane },
): FetchMeans {
  const { emit, now, signal } = action;
  const { host } = lane.host;
  const total = files.reduce((sum, { size }) => sum + size, 0);
  return {
    shell,
    signal,
    onProgress: (bytes) => {
      const done = Math.min(bytes, total);
      emit({ type: "progress", host, unit: "bytes", done, total, at: now() });
    },
    onStill: () => {
      const note = "waiting for the host, which reads files and says nothing";
      emit(waitNote(host, note, now()));
    },
    onFallback: (because) =>
      emit({ type: "decided", host, decision: { kind: "retrying", because }, at: now() }),
  };
}
