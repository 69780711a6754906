import type { Decision } from "../model/event.ts";
import type { Lane, Step } from "../model/plan.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { parseContainerDecision, parseJobAnswer } from "../remote/container-events.ts";
import { readFindings } from "../remote/findings.ts";
import { withValues } from "../remote/env-input.ts";
import { decodeWord, unescapePath } from "../remote/frame.ts";
import { parseReconcile } from "../remote/push-events.ts";
import { keptLines, readFrameFailure } from "../remote/read-frame.ts";
import { packPayload } from "./pack.ts";
import type { Job, LaneAnswer, StepMeans } from "./step.ts";
import { waitNote } from "./wait-note.ts";

/** Runs one remote program and tells what it says. */
export async function runFrame(
  step: Step & { kind: "frame" },
  means: StepMeans,
): Promise<Result<{ readonly kind: "done" } | LaneAnswer | Job>> {
  const { tools, emit, signal, shell, lane } = means;
  const { host } = lane.host;
  const packed = await payloadOf(step, means);
  if (!packed.ok) return packed;
  const payload = packed.value;
  let next: LaneAnswer | Job | undefined;
  let failed: readonly string[] | undefined;
  const decide = (decision: Decision): void =>
    emit({ type: "decided", host, decision, at: tools.now() });
  const bytes = (payload?.length ?? 0) + (means.transferred?.bytes ?? 0);
  const onEvent = (words: readonly string[]): void => {
    const [verb, ...rest] = words;
    const reconcile = parseReconcile(words);
    if (reconcile !== undefined) next = { kind: "reconcile", reconcile };
    else if (verb === "failed") failed = rest;
    else if (verb === "waiting") emit(waitNote(host, decodeWord(rest[0]), tools.now()));
    else {
      // The generation is on the host, whatever becomes of the rest of the program.
      if (verb === "pushed" && step.confirms !== undefined)
        tools.confirmed(lane.host, step.confirms);
      const decision = pushDecision(words, { step, lane, bytes }) ?? parseContainerDecision(words);
      if (decision !== undefined) decide(decision);
      next = jobOf(words, decide) ?? next;
    }
  };
  const request = {
    program: step.program,
    inputs: withValues(step.inputs, tools.environment),
    ...(payload === undefined ? {} : { payload }),
  };
  const ended = await shell.run(request, { onEvent, signal });
  // A job that we began is known to the lane, which ends it.
  if (signal.aborted) return next?.kind === "job" ? ok(next) : fail({ reason: "cancelled" });
  if (!ended.ok) return ended;
  const { exitCode, stdout, stderr } = ended.value;
  const kept = keptLines(stdout.toString("utf8")).map(unescapePath);
  if (kept.length > 0) {
    const directory = `${step.inputs["in_dir"] ?? ""}/.igor/host/conflicts/${step.inputs["in_generation"] ?? ""}`;
    decide({ kind: "kept-aside", paths: kept, directory });
  }
  const failure = readFrameFailure(
    { exitCode, stderr: stderr.toString("utf8"), failed },
    { host, step: step.title },
  );
  if (failure !== undefined) return fail(failure);
  for (const finding of readFindings(stdout.toString("utf8")))
    emit({ type: "found", host, finding, at: tools.now() });
  return ok(next ?? { kind: "done" });
}

/** Reads the files, and notes what is about to be put in place, before the first byte leaves. */
async function payloadOf(
  step: Step & { kind: "frame" },
  { lane, tools, transferred }: StepMeans,
): Promise<Result<Buffer | undefined>> {
  if (step.payload === undefined) return ok(undefined);
  const { changes, send } = step.payload;
  const packed = await tools.pack([...send, ...(transferred?.late ?? [])]);
  if (!packed.ok) return packed;
  const { bytes, changed } = packed.value;
  const all = new Map([...(transferred?.changed ?? []), ...changed]);
  if (step.confirms !== undefined) {
    const noted = tools.aboutToSend(lane.host, step.confirms, all);
    if (!noted.ok) return noted;
  }
  const gone = [...all.keys()].filter((path) => all.get(path) === undefined);
  return ok(await packPayload(changes, bytes, gone));
}

function jobOf(
  words: readonly string[],
  decide: (decision: Decision) => void,
): LaneAnswer | Job | undefined {
  const answer = parseJobAnswer(words);
  if (answer === undefined || answer.kind === "context-needed") return answer;
  const { job, nonce } = answer;
  if (answer.kind === "job") return { kind: "job", job, nonce, same: true, begunBy: "us" };
  if (answer.kind === "log") return { kind: "job", job, nonce, same: true, begunBy: "another" };
  decide({ kind: "joined-job", job });
  return { kind: "job", job, nonce, same: answer.same, begunBy: "another" };
}

function pushDecision(
  [verb, first]: readonly string[],
  {
    step,
    lane,
    bytes,
  }: { readonly step: Step & { kind: "frame" }; readonly lane: Lane; readonly bytes: number },
): Decision | undefined {
  switch (verb) {
    case "pushed":
      return pushedOf(lane, first, bytes);
    case "unchanged":
      return { kind: "nothing-to-push", files: step.files ?? 0 };
    case "new-source":
      return { kind: "new-source", previous: decodeWord(first) };
    case "adopted":
      return { kind: "adopted", dir: decodeWord(first) };
    case "left-alone":
      return { kind: "left-alone", files: Number(first) };
    default:
      return undefined;
  }
}

/** What a lane brought to the host; the host tells how many files it put in place, where it counted them. */
function pushedOf({ steps }: Lane, placed: string | undefined, bytes: number): Decision {
  const changes = steps.flatMap((step) =>
    step.kind === "frame" ? (step.payload?.changes ?? []) : [],
  );
  const sent = steps.flatMap((step) =>
    step.kind === "transfer" ? step.files : step.kind === "frame" ? (step.payload?.send ?? []) : [],
  );
  const planned = changes.filter(({ kind }) => kind === "replace").length;
  const files = placed === undefined ? Math.max(sent.length, planned) : Number(placed);
  const deleted = changes.filter(({ kind }) => kind !== "replace").length;
  if (files + deleted === 0) return { kind: "nothing-to-push", files: planned };
  return { kind: "pushed", files, deleted, bytes };
}
