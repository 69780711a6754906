import type { Decision, Emit } from "../model/event.ts";
import type { Failure } from "../model/failure.ts";
import type { Lane, Plan, Step } from "../model/plan.ts";
import type { Host } from "../model/project.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { decodeWord, unescapePath } from "../remote/frame.ts";
import { parseReconcile } from "../remote/push-events.ts";
import type { ReconcileAnswer } from "../remote/push-events.ts";
import { keptLines, readFrameFailure } from "../remote/read-frame.ts";
import type { HostShell } from "./host-shell.ts";
import { packFiles, packPayload } from "./pack.ts";
import type { FileSource, PackedFiles } from "./pack.ts";
import { transfer } from "./transfer.ts";

/** What the executor is given to act with. */
export interface Tools {
  /** The open host shell of a host; opened once, usually before the plan was made. */
  readonly connect: (host: Host) => Promise<Result<HostShell>>;
  readonly source: FileSource;
  /** Called before anything of a generation is sent; `changed` is what was read of files that differ from the plan. */
  readonly aboutToSend: (host: Host, generation: string, changed: PackedFiles["changed"]) => void;
  readonly confirmed: (host: Host, generation: string) => void;
  readonly now: () => number;
}

/** What became of a lane: it is through, or the host answered and the lane must be planned again. */
export type LaneEnd =
  | { readonly kind: "done" }
  | { readonly kind: "answer"; readonly answer: ReconcileAnswer };

/** How each host ended. */
export interface LaneReport {
  readonly host: Host;
  readonly outcome: Result<LaneEnd>;
}

/** Runs the lanes of a plan side by side, the steps of each in order. A failed host does not stop the others. */
export async function execute(
  plan: Plan,
  tools: Tools,
  { emit, signal }: { readonly emit: Emit; readonly signal: AbortSignal },
): Promise<readonly LaneReport[]> {
  const packed = new Map<string, Promise<PackedFiles>>();
  const pack = (paths: readonly string[]): Promise<PackedFiles> => {
    const key = paths.join("\0");
    const known = packed.get(key);
    if (known !== undefined) return known;
    const made = packFiles(tools.source, paths);
    packed.set(key, made);
    return made;
  };
  return Promise.all(
    plan.lanes.map(async (lane) => ({ host: lane.host, outcome: await runLane(lane, { tools, emit, signal, pack }) })),
  );
}

interface LaneMeans {
  readonly tools: Tools;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  readonly pack: (paths: readonly string[]) => Promise<PackedFiles>;
}

async function runLane(lane: Lane, means: LaneMeans): Promise<Result<LaneEnd>> {
  const { tools, emit, signal } = means;
  const { host } = lane.host;
  const opened = await tools.connect(lane.host);
  if (!opened.ok) return opened;
  // A stage that files are written into directly is written before the frame that confirms it.
  const confirming = lane.steps.find((step) => step.kind === "frame" && step.confirms !== undefined);
  const staged = lane.steps.some((step) => step.kind === "transfer");
  if (staged && confirming?.kind === "frame") tools.aboutToSend(lane.host, confirming.confirms ?? "", new Map());
  for (const step of lane.steps) {
    if (signal.aborted) return fail({ reason: "cancelled" });
    emit({ type: "step-started", host, step: step.title, at: tools.now() });
    const outcome = await runStep(step, { ...means, shell: opened.value, lane, staged });
    if (!outcome.ok || outcome.value.kind === "answer") return outcome;
    emit({ type: "step-ended", host, step: step.title, at: tools.now() });
  }
  return ok({ kind: "done" });
}

interface StepMeans extends LaneMeans {
  readonly shell: HostShell;
  readonly lane: Lane;
  readonly staged: boolean;
}

function runStep(step: Step, means: StepMeans): Promise<Result<LaneEnd>> {
  switch (step.kind) {
    case "frame":
      return runFrame(step, means);
    case "transfer":
      return runTransfer(step, means);
    case "follow":
      throw new Error("not yet");
  }
}

async function runTransfer(step: Step & { kind: "transfer" }, means: StepMeans): Promise<Result<LaneEnd>> {
  const { tools, emit, signal, shell, lane } = means;
  const onProgress = (bytes: number, percent: number | undefined): void => {
    const total = percent === undefined || percent === 0 ? {} : { total: Math.round((bytes * 100) / percent) };
    emit({ type: "progress", host: lane.host.host, unit: "bytes", done: bytes, ...total, at: tools.now() });
  };
  const moved = await transfer(step, { connection: shell.connection, source: tools.source, onProgress, signal });
  return moved.ok ? ok({ kind: "done" }) : moved;
}

async function runFrame(step: Step & { kind: "frame" }, means: StepMeans): Promise<Result<LaneEnd>> {
  const { tools, emit, signal, shell, lane, staged } = means;
  const { host } = lane.host;
  const decide = (decision: Decision): void => emit({ type: "decided", host, decision, at: tools.now() });
  const { changes, send } = step.payload ?? { changes: [], send: [] };
  const files = await means.pack(send);
  if (step.confirms !== undefined && !staged) tools.aboutToSend(lane.host, step.confirms, files.changed);
  const payload = step.payload === undefined ? undefined : await packPayload(changes, files.bytes);
  let answer: ReconcileAnswer | undefined;
  let failed: readonly string[] | undefined;
  const onEvent = (words: readonly string[]): void => {
    const [verb, ...rest] = words;
    if (verb === "reconcile") answer = parseReconcile(words);
    else if (verb === "failed") failed = rest;
    else if (verb === "pushed") decide(pushedOf(lane, payload?.length ?? 0));
    else if (verb === "unchanged") decide({ kind: "nothing-to-push", files: step.files ?? 0 });
    else if (verb === "new-source") decide({ kind: "new-source", previous: decodeWord(rest[0]) });
    else if (verb === "waiting") {
      emit({ type: "progress", host, unit: "steps", done: 0, note: decodeWord(rest[0]), at: tools.now() });
    }
  };
  const ended = await shell.run(
    { program: step.program, inputs: step.inputs, ...(payload === undefined ? {} : { payload }) },
    { onEvent, signal },
  );
  if (signal.aborted) return fail({ reason: "cancelled" });
  if (!ended.ok) return ended;
  const kept = keptLines(ended.value.stdout.toString("utf8")).map(unescapePath);
  if (kept.length > 0) {
    decide({ kind: "kept-aside", paths: kept, directory: `${step.inputs["in_dir"] ?? ""}/.igor/host/conflicts/${step.confirms ?? ""}` });
  }
  const failure: Failure | undefined = readFrameFailure(
    { exitCode: ended.value.exitCode, stderr: ended.value.stderr.toString("utf8"), failed },
    { host, step: step.title },
  );
  if (failure !== undefined) return fail(failure);
  if (answer !== undefined) return ok({ kind: "answer", answer });
  if (step.confirms !== undefined) tools.confirmed(lane.host, step.confirms);
  return ok({ kind: "done" });
}

/** What a lane brought to the host. */
function pushedOf({ steps }: Lane, bytes: number): Decision {
  const changes = steps.flatMap((step) => (step.kind === "frame" ? (step.payload?.changes ?? []) : []));
  const transferred = steps.flatMap((step) => (step.kind === "transfer" ? step.files : []));
  return {
    kind: "pushed",
    files: Math.max(transferred.length, changes.filter(({ kind }) => kind === "replace").length),
    deleted: changes.filter(({ kind }) => kind !== "replace").length,
    bytes,
  };
}
