import { randomBytes } from "node:crypto";
import type { Emit } from "../model/event.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { afterMark } from "../remote/after-mark.ts";
import { commandFor } from "../remote/boot.ts";
import { programText } from "../remote/programs.ts";
import { advanceBuild, emptyBuildProgress, isBuildNoise } from "../remote/read-build.ts";
import { advanceJobReading, endJobReading, startJobReading } from "../remote/read-job.ts";
import type { JobItem } from "../remote/read-job.ts";
import { sessionArgv } from "../remote/ssh.ts";
import { lastLines } from "./connection.ts";
import type { HostShell } from "./host-shell.ts";
import { allOf, startProcess } from "./spawn.ts";
import type { Job } from "./step.ts";

/** A job on a host, and how it is watched. */
export interface JobWatch {
  readonly host: string;
  readonly dir: string;
  readonly job: Job;
  readonly emit: Emit;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** The open host shell. */
  readonly connect: () => Promise<Result<HostShell>>;
  /** A new one after a cut link. */
  readonly reconnect: () => Promise<Result<HostShell>>;
  readonly onEvent: (words: readonly string[]) => void;
  /** The user asked to read the log: its lines are told as such, and how far it is, is not. */
  readonly log?: "to-the-end" | "so-far";
}

/** How a job ended: its exit code, or `lost` when it died without a result. */
export type JobEnd = number | "lost";

/** What is waited before each try to reach the host again, in ms; after the last one igor leaves the job to itself. */
const pausesMs = [0, 500, 1000, 2000, 4000, 8000];

/**
 * Streams a job until it ends: its lines as output, its steps as progress, its events to `onEvent`.
 * After a cut link it goes on at the byte where it was. A cancel ends the job on the host, if it is ours. A failure means
 * that the job is out of reach, and goes on.
 */
export async function followJob(watch: JobWatch): Promise<Result<JobEnd>> {
  const { host, emit, now, signal } = watch;
  const reader = jobReader(watch);
  let opened = await watch.connect();
  for (let tries = 0; ;) {
    const from = reader.bytes();
    const part = opened.ok ? await followOnce(watch, opened.value, reader) : fail(opened.failure);
    if (signal.aborted) return cancelJob(watch, opened);
    if (part.ok) {
      reader.end();
      return part;
    }
    if (opened.ok) {
      const because = "the connection was lost";
      emit({ type: "decided", host, decision: { kind: "retrying", because }, at: now() });
    }
    if (reader.bytes() > from) tries = 0;
    const pauseMs = pausesMs[tries++];
    if (pauseMs === undefined) return part;
    await pause(pauseMs, signal);
    opened = await watch.reconnect();
  }
}

/** Ends a job of ours on the host. A failure other than `cancelled` means that it could not be reached any more. */
export async function cancelJob(
  { host, dir, job }: Pick<JobWatch, "host" | "dir" | "job">,
  opened: Result<HostShell>,
): Promise<Result<never>> {
  if (job.begunBy === "another") return fail({ reason: "cancelled" });
  if (!opened.ok) {
    // Nobody waited until the host could be told.
    return opened.failure.reason === "cancelled"
      ? fail({ reason: "unreachable", cause: "link-died", host, lastWords: [] })
      : opened;
  }
  const inputs = { in_dir: dir, in_job: job.job };
  const ended = await opened.value.run({ program: "job-cancel", inputs });
  return ended.ok ? fail({ reason: "cancelled" }) : ended;
}

/** Resolves after a while, or when it is not worth waiting any more. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}

interface JobReader {
  bytes(): number;
  read(chunk: Buffer): void;
  end(): void;
}

function jobReader({ host, job, emit, now, onEvent, log }: JobWatch): JobReader {
  let reading = startJobReading(job.nonce);
  let build = emptyBuildProgress;
  let bytes = 0;
  const tell = (item: JobItem): void => {
    if (item.kind === "event") {
      onEvent(item.words);
      return;
    }
    if (isBuildNoise(item.text)) return;
    const of = log === undefined ? {} : ({ of: "log" } as const);
    emit({ type: "output", host, ...of, stream: "stdout", line: item.text, at: now() });
    if (log !== undefined) return;
    const next = advanceBuild(build, item.text);
    if (next !== build && next.total > 0) {
      emit({
        type: "progress",
        host,
        unit: "steps",
        done: next.done,
        total: next.total,
        note: next.title,
        at: now(),
      });
    }
    build = next;
  };
  return {
    bytes: () => bytes,
    read(chunk) {
      bytes += chunk.length;
      const { reading: after, items } = advanceJobReading(reading, chunk);
      reading = after;
      items.forEach(tell);
    },
    end: () => endJobReading(reading).forEach(tell),
  };
}

/** One session that streams from the byte where the last one stopped. */
async function followOnce(
  watch: JobWatch,
  shell: HostShell,
  reader: JobReader,
): Promise<Result<JobEnd>> {
  const inputs = {
    in_dir: watch.dir,
    in_job: watch.job.job,
    in_from: String(reader.bytes()),
    in_now: watch.log === "so-far" ? "1" : "",
  };
  // What startup files print is none of the log.
  const mark = randomBytes(9).toString("hex");
  const command = commandFor(shell.login, `echo ${mark}\n${programText("follow", inputs)}`);
  const child = startProcess(sessionArgv(shell.connection, command, "no-tty"), { apart: true });
  child.stdin?.end();
  const log = afterMark(mark);
  child.stdout?.on("data", (chunk: Buffer) => reader.read(log.read(chunk)));
  // The shared connection holds the ends of these pipes for as long as the far side has nothing more to write.
  const stop = (): void => {
    child.end();
    child.stdout?.destroy();
    child.stderr?.destroy();
  };
  watch.signal.addEventListener("abort", stop, { once: true });
  if (watch.signal.aborted) stop();
  // The host shell beside it notices a link that went silent; ssh alone may not for a long time.
  void shell.died.then(stop);
  const [words] = await Promise.all([
    allOf(child.stderr).then((bytes) => bytes.toString("utf8")),
    child.ended,
  ]);
  watch.signal.removeEventListener("abort", stop);
  // END 0 5310
  const end = /END (\S+) (\d+)$/m.exec(words);
  if (end?.[1] === "gone") return ok("lost");
  if (end === null || Number(end[2]) !== reader.bytes()) {
    return fail({
      reason: "unreachable",
      cause: "link-died",
      host: watch.host,
      lastWords: lastLines(words),
    });
  }
  return ok(/^\d+$/.test(end[1] ?? "") ? Number(end[1]) : "lost");
}
