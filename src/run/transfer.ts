import { randomBytes } from "node:crypto";
import { relative } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Failure } from "../model/failure.ts";
import type { FileState } from "../model/manifest.ts";
import type { Step } from "../model/plan.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { bootCommand } from "../remote/boot.ts";
import { assignments } from "../remote/quote.ts";
import { readFileSystemWords } from "../remote/read-failure.ts";
import { readSshWords } from "../remote/read-ssh.ts";
import {
  isRsyncUnusable,
  parseRsyncProgress,
  rsyncArgv,
  rsyncList,
  unreadableHere,
} from "../remote/rsync.ts";
import { rsyncShell, sessionArgv } from "../remote/ssh.ts";
import { lastLines } from "./connection.ts";
import type { HostShell } from "./host-shell.ts";
import { streamFiles } from "./pack.ts";
import type { Changed, FileSource } from "./pack.ts";
import { lineReader } from "./read-lines.ts";
import { allOf, startProcess } from "./spawn.ts";
import type { Running } from "./spawn.ts";

/** A file that is written to again and again is sent so often; then it goes with the frame that follows. */
const mostRuns = 3;
/** A transfer that stands still for so long ends when the host shell beside it has found the link dead. */
const stillMs = 9000;
/** And after so long it is told what igor waits for. */
const tellMs = 10_000;
/**
 * A host that compares or writes a huge file says nothing meanwhile, so the end comes late where the link lives. rsync's
 * own timeout never comes when only the far end hangs: it takes what it sends itself for a sign of life.
 */
const stuckMs = { "size-and-time": 600_000, link: 600_000, contents: 3_600_000 } as const;
const lookEveryMs = 500;

/** A shared connection holds the pipes of a session for as long as something runs at its far end: igor waits so long. */
const lastWordsMs = 1000;

/** What a transfer needs beside its step. */
export interface TransferMeans {
  readonly shell: HostShell;
  readonly source: FileSource;
  readonly onProgress: (bytes: number, percent: number | undefined) => void;
  /** Told when nothing has moved for a while. */
  readonly onStill: () => void;
  /** Told when rsync does not work and tar is used. */
  readonly onFallback: (because: string) => void;
  readonly signal: AbortSignal;
}

/** What a transfer did. */
export interface Transferred {
  readonly changed: Changed;
  /** Files that were still being written to: which state of them was sent is not known. */
  readonly late: readonly string[];
}

type Transfer = Step & { kind: "transfer" };

/** Brings many files into the stage of a host; nothing that is in place is touched. */
export async function transfer(step: Transfer, means: TransferMeans): Promise<Result<Transferred>> {
  if (step.tool === "tar") return tar(step, means);
  const sent = await rsyncUntilStill(step, means);
  if (sent !== "unusable") return sent;
  means.onFallback("rsync does not work there; the files go by tar");
  return tar(step, means);
}

/** rsync does not tell in which state it read a file: one that looks different afterwards is sent again. */
async function rsyncUntilStill(
  step: Transfer,
  means: TransferMeans,
): Promise<Result<Transferred> | "unusable"> {
  const { source } = means;
  const sent = new Map<string, FileState | undefined>();
  let files = step.files;
  for (let run = 1; files.length > 0 && run <= mostRuns; run += 1) {
    const before = new Map(files.map((path) => [path, sent.get(path) ?? source.stateOf(path)]));
    const ran = await rsync({ ...step, files }, means);
    if (ran === "unusable" || !ran.ok) return ran;
    for (const path of files) {
      const now = source.lookAgain(path);
      if (now !== before.get(path)) sent.set(path, now);
      else before.delete(path);
    }
    files = files.filter((path) => before.has(path) && sent.get(path) !== undefined);
  }
  for (const path of files) sent.delete(path);
  return ok({ changed: sent, late: files });
}

async function rsync(
  step: Transfer,
  means: TransferMeans,
): Promise<Result<undefined> | "unusable"> {
  const { shell, source } = means;
  const { connection } = shell;
  const watch = new Watch(step, means);
  const child = startProcess(
    rsyncArgv({
      root: source.root,
      host: connection.host.host,
      into: step.into,
      compareWith: step.compareWith,
      shell: rsyncShell(connection),
    }),
  );
  child.stdout?.on("data", (chunk: Buffer) => {
    // Progress is redrawn in place: carriage returns, not lines.
    const progress = parseRsyncProgress(chunk.toString("utf8").split("\r").at(-1) ?? "");
    if (progress !== undefined) watch.moved(progress.bytes, progress.percent);
  });
  child.stdin?.end(rsyncList(step.files));
  const end = await watch.endOf(child);
  if (end.failure !== undefined) return fail(end.failure);
  if (end.exitCode === 0 || onlyVanished(end.words, end.exitCode)) return ok(undefined);
  if (end.missing || isRsyncUnusable(end)) return "unusable";
  const unreadable = unreadableHere(end.words);
  if (unreadable !== undefined) {
    const path = relative(source.root, unreadable);
    return fail({ reason: "unreadable-file", path, cause: "no-permission" });
  }
  return fail(failureOf(end, step, connection.host.host));
}

/** It says that it is ready, so that startup files read nothing of the archive. */
const unpack =
  'mkdir -p -- "$in_into" && cd -P -- "$in_into" && echo "$in_ready" && exec tar -xzpof -';

async function tar(step: Transfer, means: TransferMeans): Promise<Result<Transferred>> {
  const { connection } = means.shell;
  const ready = randomBytes(9).toString("hex");
  const inputs = assignments({ in_into: step.into, in_ready: ready });
  const watch = new Watch(step, means);
  const child = startProcess(
    sessionArgv(connection, bootCommand(`umask 022;${inputs}${unpack}`), "no-tty"),
  );
  const isReady = new Promise<true>((resolve) => {
    const reader = lineReader((line) => {
      if (line.endsWith(ready)) resolve(true);
    });
    child.stdout?.on("data", (chunk: Buffer) => reader.write(chunk));
  });
  const ending = watch.endOf(child);
  let changed: Result<Changed> = ok(new Map());
  if ((await Promise.race([isReady, ending])) === true) {
    const { bytes, packed } = streamFiles(means.source, step.files);
    let sent = 0;
    bytes.on("data", (chunk: Buffer) => watch.moved((sent += chunk.length), undefined));
    // A pipe that the far end closed early: its end says why.
    if (child.stdin !== undefined) await pipeline(bytes, child.stdin).catch(() => child.end());
    changed = await packed;
  }
  const end = await ending;
  if (end.failure !== undefined) return fail(end.failure);
  if (!changed.ok) return changed;
  if (end.exitCode === 0) return ok({ changed: changed.value, late: [] });
  return fail(failureOf(end, step, connection.host.host));
}

/** How a process ended, with what it said; `failure` when it was ended from here. */
interface End {
  readonly exitCode: number | undefined;
  readonly missing: boolean;
  readonly words: string;
  readonly failure: Failure | undefined;
}

/**
 * Ends a transfer when the user says so, when it stands still over a link that the host shell has found dead, and when it
 * stands still for good.
 */
class Watch {
  readonly #means: TransferMeans;
  readonly #stuckMs: number;
  /** As far as it was seen: what passes while igor itself stands still does not count. */
  #stillMs = 0;

  constructor({ compareWith }: Transfer, means: TransferMeans) {
    this.#means = means;
    this.#stuckMs = stuckMs[compareWith?.by ?? "size-and-time"];
  }

  moved(bytes: number, percent: number | undefined): void {
    this.#stillMs = 0;
    this.#means.onProgress(bytes, percent);
  }

  async endOf(child: Running): Promise<End> {
    const { signal, shell } = this.#means;
    let failure: Failure | undefined;
    let death: Failure | undefined;
    let isOver = false;
    const stop = (because: Failure): void => {
      if (failure !== undefined) return;
      failure = because;
      child.end();
    };
    const cancel = (): void => stop({ reason: "cancelled" });
    signal.addEventListener("abort", cancel, { once: true });
    void shell.died.then((because) => (death = because));
    const timer = setInterval(() => {
      this.#stillMs += lookEveryMs;
      if (death !== undefined && this.#stillMs > stillMs) stop(death);
      else if (this.#stillMs >= this.#stuckMs) stop(this.#stuck());
      else if (this.#stillMs === tellMs) this.#means.onStill();
    }, lookEveryMs);
    let leave: NodeJS.Timeout | undefined;
    void child.gone.then(() => {
      const close = (): void => {
        for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe?.destroy();
      };
      if (!isOver) leave = setTimeout(close, lastWordsMs);
    });
    const [words, ended] = await Promise.all([allOf(child.stderr), child.ended]);
    signal.removeEventListener("abort", cancel);
    clearInterval(timer);
    clearTimeout(leave);
    isOver = true;
    return { ...ended, words: words.toString("utf8"), failure };
  }

  #stuck(): Failure {
    const { host } = this.#means.shell.connection.host;
    return { reason: "unreachable", cause: "stuck", host, lastWords: [] };
  }
}

function failureOf({ words, exitCode }: End, step: Transfer, host: string): Failure {
  const where = { host, lastWords: lastLines(words) };
  // What the tool says itself comes first: that its pipe broke then is no news of the link.
  const ofTool = words
    .split("\n")
    .filter((line) => /^(?:rsync|tar|mkdir|gzip|\/bin\/sh): /.test(line));
  const known = readFileSystemWords(ofTool.join("\n"), where);
  if (known !== undefined) return known;
  const link = readSshWords(words);
  if (link !== undefined) return { ...link, ...where };
  // rsync error: timeout in data send/receive (code 30); connection unexpectedly closed (code 12)
  if (/io timeout|connection unexpectedly closed|error in rsync protocol/.test(words)) {
    return { reason: "unreachable", cause: "link-died", ...where };
  }
  return { reason: "step-failed", step: step.title, exitCode, ...where };
}

/** rsync's way to say that files went away between the scan and the transfer: the next push sees that they are gone. */
function onlyVanished(words: string, exitCode: number | undefined): boolean {
  if (exitCode !== 23 && exitCode !== 24) return false;
  const complaints = words
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^rsync (error|warning):/.test(line));
  // rsync: [sender] link_stat "/home/dino/mnist/gone" failed: No such file or directory (2); file has vanished: "..."
  return complaints.every((line) =>
    /link_stat .* failed: No such file|file has vanished/.test(line),
  );
}
