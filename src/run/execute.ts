import type { Lane, Step } from "../model/plan.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { cancelJob } from "./follow.ts";
import { followStep, jobDir, printLog } from "./follow-step.ts";
import { runFrame } from "./frame-step.ts";
import type { Carried, Job, LaneEnd, StepMeans } from "./step.ts";
import { transfer } from "./transfer.ts";
import { waitNote } from "./wait-note.ts";
import { within } from "./within.ts";

/** rsync tells of every file. */
const progressEveryMs = 50;

/** Whoever waits so long after Ctrl-C is told for what. */
const slowEndMs = 1000;

/** Runs the steps of one lane in order, until one fails or the host answers. */
export async function execute(
  lane: Lane,
  means: Omit<StepMeans, "lane" | "shell" | "transferred">,
): Promise<Result<LaneEnd>> {
  const { tools, emit, signal } = means;
  const { host } = lane.host;
  using _ = tellOfSlowEnd(host, means);
  const opened = await tools.connect(lane.host);
  if (!opened.ok) return opened;
  let job: Job | undefined;
  let transferred: Carried | undefined;
  for (const step of lane.steps) {
    if (signal.aborted) {
      return job === undefined
        ? fail({ reason: "cancelled" })
        : await cancelJob({ host, dir: jobDir(lane), job }, opened);
    }
    if (step.kind === "follow" && job === undefined) continue;
    emit({ type: "step-started", host, step: step.title, at: tools.now() });
    const stepMeans = { ...means, lane, shell: opened.value, transferred };
    const ended = await runStep(step, stepMeans, job);
    if (!ended.ok) return ended;
    if (ended.value.kind === "job") job = ended.value;
    else if (ended.value.kind === "transferred") transferred = ended.value;
    else if (ended.value.kind !== "done") return ok(ended.value);
    emit({ type: "step-ended", host, step: step.title, at: tools.now() });
  }
  return ok({ kind: "done" });
}

/** What does not end within a moment after Ctrl-C is told with the way out. */
function tellOfSlowEnd(
  host: string,
  { emit, signal, tools }: Pick<StepMeans, "emit" | "signal" | "tools">,
): Disposable {
  let patience: NodeJS.Timeout | undefined;
  const wait = (): void => {
    if (signal.reason !== "SIGINT") return;
    patience = setTimeout(() => {
      const note = "ending what runs there; Ctrl-C again leaves at once";
      emit(waitNote(host, note, tools.now()));
    }, slowEndMs);
  };
  signal.addEventListener("abort", wait, { once: true });
  return {
    [Symbol.dispose]: () => {
      signal.removeEventListener("abort", wait);
      clearTimeout(patience);
    },
  };
}

async function runStep(
  step: Step,
  means: StepMeans,
  job: Job | undefined,
): Promise<Result<LaneEnd | Job | ({ readonly kind: "transferred" } & Carried)>> {
  switch (step.kind) {
    case "frame":
      return runFrame(step, means);
    case "transfer": {
      const moved = await runTransfer(step, means);
      return moved.ok ? ok({ kind: "transferred", ...moved.value }) : moved;
    }
    case "follow":
      if (job === undefined) throw new Error("there is no job to follow");
      return step.log === undefined
        ? await released(step, await followStep(job, means), means)
        : printLog({ job, until: step.log }, means);
  }
}

/** What waits for the end of a job begins when that was a good one. */
async function released(
  { releases }: Step & { kind: "follow" },
  ended: Awaited<ReturnType<typeof followStep>>,
  { tools, lane }: StepMeans,
): Promise<typeof ended> {
  if (releases === undefined || !ended.ok || ended.value.kind !== "done") return ended;
  const opened = await tools.connect(lane.host);
  if (!opened.ok) return opened;
  const told = await opened.value.run({ program: "release", inputs: { in_session: releases } });
  return told.ok ? ended : told;
}

async function runTransfer(
  step: Step & { kind: "transfer" },
  means: StepMeans,
): Promise<Result<Carried>> {
  const { tools, emit, signal, shell, lane } = means;
  const { host } = lane.host;
  let carried = 0;
  let toldAt = 0;
  const onProgress = (bytes: number, percent: number | undefined): void => {
    carried = bytes;
    const at = tools.now();
    if (at - toldAt < progressEveryMs) return;
    toldAt = at;
    const total =
      percent === undefined || percent === 0 ? {} : { total: Math.round((bytes * 100) / percent) };
    emit({ type: "progress", host, unit: "bytes", done: bytes, ...total, at });
  };
  const onStill = (): void => {
    const note = `waiting for ${step.tool} there, which compares or writes files and says nothing`;
    emit(waitNote(host, note, tools.now()));
  };
  const onFallback = (because: string): void =>
    emit({ type: "decided", host, decision: { kind: "retrying", because }, at: tools.now() });
  if (step.because !== undefined) {
    const decision = { kind: "by-tar", because: step.because } as const;
    emit({ type: "decided", host, decision, at: tools.now() });
  }
  const moved = await transfer(step, {
    shell,
    source: tools.source,
    onProgress,
    onStill,
    onFallback,
    signal,
  });
  if (moved.ok) return ok({ ...moved.value, bytes: carried });
  if (moved.failure.reason !== "unreachable") await dropStage(means);
  return moved;
}

/** A disk that hangs is no reason to wait. */
const dropWithinMs = 2000;

/** What was transferred for nothing takes no room there. Over a lost link it stays until the next push. */
async function dropStage({ lane, shell }: StepMeans): Promise<void> {
  const last = lane.steps.find((step) => step.kind === "frame");
  if (last?.kind !== "frame") return;
  const inputs = { ...last.inputs, in_drop: "1" };
  await within(dropWithinMs, () => shell.run({ program: "push", inputs }));
}
