import type { Failure } from "../model/failure.ts";
import type { Lane } from "../model/plan.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { parseContainerDecision, parseContainerFailure } from "../remote/container-events.ts";
import { followJob } from "./follow.ts";
import type { Job, LaneAnswer, StepMeans } from "./step.ts";

/** The tool's own last words that a failure of a job shows. */
const mostLastWords = 20;

/** What a job ends with that was told to end; see `job.sh`. */
const stoppedByTerm = 143;

/** Watches a job to its end and tells what it decides. */
export async function followStep(
  job: Job,
  means: StepMeans,
): Promise<Result<{ readonly kind: "done" } | LaneAnswer>> {
  const { lane, tools, signal } = means;
  const { host } = lane.host;
  const dir = jobDir(lane);
  const lastWords: string[] = [];
  let failed: Failure | undefined;
  const ended = await followJob({
    host,
    dir,
    job,
    now: tools.now,
    signal,
    connect: () => tools.connect(lane.host),
    reconnect: () => tools.reconnect(lane.host),
    emit: (event) => {
      if (event.type === "output") {
        lastWords.push(event.line);
        if (lastWords.length > mostLastWords) lastWords.shift();
      }
      means.emit(event);
    },
    onEvent: (words) => {
      const [verb, ...rest] = words;
      const decision = parseContainerDecision(words);
      // What the build said is no reason why a container does not start.
      if (decision?.kind === "built") lastWords.length = 0;
      if (decision !== undefined) means.emit({ type: "decided", host, decision, at: tools.now() });
      else if (verb === "failed")
        failed = parseContainerFailure(rest, { host, lastWords: [...lastWords] });
    },
  });
  const log = `${dir}/.igor/host/jobs/${job.job}/log`;
  if (!ended.ok)
    return ended.failure.reason === "cancelled"
      ? ended
      : fail(outOfReach(ended.failure, { job: job.job, log, host }));
  if (ended.value === "lost")
    return fail({ reason: "job-lost", job: job.job, log, host, lastWords });
  if (!job.same) return ok({ kind: "other-job-ended" });
  if (failed !== undefined) return fail(failed);
  if (ended.value === stoppedByTerm)
    return fail({ reason: "job-stopped", job: job.job, log, host, lastWords });
  if (ended.value !== 0)
    return fail({ reason: "step-failed", step: "job", exitCode: ended.value, host, lastWords });
  return ok({ kind: "done" });
}

/** Prints the log of a job as what the user asked for; how the job ends is no failure. */
export async function printLog(
  { job, until }: { readonly job: Job; readonly until: "to-the-end" | "so-far" },
  { lane, tools, signal, emit }: StepMeans,
): Promise<Result<{ readonly kind: "done" }>> {
  const ended = await followJob({
    host: lane.host.host,
    dir: jobDir(lane),
    job,
    now: tools.now,
    signal,
    connect: () => tools.connect(lane.host),
    reconnect: () => tools.reconnect(lane.host),
    emit,
    onEvent: () => undefined,
    log: until,
  });
  return ended.ok ? ok({ kind: "done" }) : ended;
}

/** The directory of the project whose jobs a lane starts. */
export function jobDir({ steps }: Lane): string {
  const dirs = steps.flatMap((step) =>
    step.kind === "frame" ? [step.inputs["in_dir"] ?? ""] : [],
  );
  return dirs.at(-1) ?? "";
}

/** The job goes on without igor. */
function outOfReach(
  failure: Failure,
  job: { readonly job: string; readonly log: string; readonly host: string },
): Failure {
  const lastWords = "lastWords" in failure ? failure.lastWords : [];
  return { reason: "job-out-of-reach", ...job, lastWords };
}
