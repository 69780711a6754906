import { randomBytes } from "node:crypto";
import { relative } from "node:path";
import { pipeline } from "node:stream/promises";
import type { FileState } from "../model/manifest.ts";
import type { Step } from "../model/plan.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { commandFor } from "../remote/boot.ts";
import { assignments } from "../remote/quote.ts";
import {
  parseRsyncProgress,
  rsyncArgv,
  rsyncList,
  rsyncUnusable,
  unreadableHere,
} from "../remote/rsync.ts";
import type { RsyncUnusable } from "../remote/rsync.ts";
import { rsyncShell, sessionArgv } from "../remote/ssh.ts";
import { streamFiles } from "./pack.ts";
import type { Changed, FileSource } from "./pack.ts";
import { lineReader } from "./read-lines.ts";
import { startProcess } from "./spawn.ts";
import { transferFailure, TransferWatch } from "./transfer-watch.ts";
import type { WatchMeans } from "./transfer-watch.ts";
import { inWholeDirectories } from "./whole-directories.ts";

/** A file that is written to again and again is sent so often; then it goes with the frame that follows. */
const mostRuns = 3;
/**
 * A host that compares or writes a huge file says nothing meanwhile, so the end comes late where the link lives. rsync's
 * own timeout never comes when only the far end hangs: it takes what it sends itself for a sign of life.
 */
const stuckMs = { "size-and-time": 600_000, link: 600_000, contents: 3_600_000 } as const;

/** What a transfer needs beside its step. */
export interface TransferMeans extends WatchMeans {
  readonly source: FileSource;
  /** Told when rsync does not work and tar is used. */
  readonly onFallback: (because: string) => void;
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
  if (!("unusable" in sent)) return sent;
  means.onFallback(`${sent.unusable}; the files go by tar`);
  return tar(step, means);
}

/** rsync does not tell in which state it read a file: one that looks different afterwards is sent again. */
async function rsyncUntilStill(
  step: Transfer,
  means: TransferMeans,
): Promise<Result<Transferred> | RsyncUnusable> {
  const { source } = means;
  const sent = new Map<string, FileState | undefined>();
  let files = step.files;
  for (let run = 1; files.length > 0 && run <= mostRuns; run += 1) {
    const before = new Map(files.map((path) => [path, sent.get(path) ?? source.stateOf(path)]));
    // The host counts what fills an empty tree, and only that comes as a whole.
    const isFilling = step.compareWith === undefined && run === 1;
    const ran = await rsync({ ...step, files }, means, isFilling);
    if ("unusable" in ran || !ran.ok) return ran;
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
  recursive: boolean,
): Promise<Result<undefined> | RsyncUnusable> {
  const { shell, source } = means;
  const { connection } = shell;
  const watch = new TransferWatch(means, stuckMs[step.compareWith?.by ?? "size-and-time"]);
  const child = startProcess(
    rsyncArgv({
      root: source.root,
      host: connection.host.host,
      into: step.into,
      compareWith: step.compareWith,
      recursive,
      shell: rsyncShell(connection),
    }),
  );
  child.stdout?.on("data", (chunk: Buffer) => {
    // Progress is redrawn in place: carriage returns, not lines.
    const progress = parseRsyncProgress(chunk.toString("utf8").split("\r").at(-1) ?? "");
    if (progress !== undefined) watch.moved(progress.bytes, progress.percent);
  });
  child.stdin?.end(rsyncList(recursive ? inWholeDirectories(source.root, step.files) : step.files));
  const end = await watch.endOf(child);
  if (end.failure !== undefined) return fail(end.failure);
  if (end.exitCode === 0 || onlyVanished(end.words, end.exitCode)) return ok(undefined);
  const unusable = rsyncUnusable(end);
  if (unusable !== undefined) return unusable;
  const unreadable = unreadableHere(end.words);
  if (unreadable !== undefined) {
    const path = relative(source.root, unreadable);
    return fail({ reason: "unreadable-file", path, cause: "no-permission" });
  }
  return fail(transferFailure(end, step.title, connection.host.host));
}

/**
 * It says that it is ready, so that startup files read nothing of the archive. busybox tar takes the umask from the modes
 * of files; the directories that no tar has modes for are above them.
 */
const unpack =
  'mkdir -p -- "$in_into" && cd -P -- "$in_into" && umask 0 && echo "$in_ready" && tar -xzpof - && find . -type d -exec chmod 755 {} +';

async function tar(step: Transfer, means: TransferMeans): Promise<Result<Transferred>> {
  const { connection, login } = means.shell;
  const ready = randomBytes(9).toString("hex");
  const inputs = assignments({ in_into: step.into, in_ready: ready });
  const watch = new TransferWatch(means, stuckMs[step.compareWith?.by ?? "size-and-time"]);
  const child = startProcess(
    sessionArgv(connection, commandFor(login, `umask 022;${inputs}${unpack}`), "no-tty"),
  );
  const isReady = new Promise<true>((resolve) => {
    const reader = lineReader((line) => {
      if (line.endsWith(ready)) resolve(true);
    });
    child.stdout?.on("data", (chunk: Buffer) => reader.write(chunk));
  });
  const ending = watch.endOf(child);
  let changed: Result<Changed> | undefined;
  if ((await Promise.race([isReady, ending])) === true) {
    const { bytes, packed } = streamFiles(means.source, step.files);
    let sent = 0;
    bytes.on("data", (chunk: Buffer) => watch.moved((sent += chunk.length), undefined));
    // A pipe that the far end closed early: its end says why.
    if (child.stdin !== undefined) await pipeline(bytes, child.stdin).catch(() => undefined);
    changed = await packed;
    if (changed?.ok === false) child.end();
  }
  const end = await ending;
  if (end.failure !== undefined) return fail(end.failure);
  if (changed?.ok === false) return changed;
  if (end.exitCode === 0 && changed !== undefined) return ok({ changed: changed.value, late: [] });
  return fail(transferFailure(end, step.title, connection.host.host));
}

/** rsync's way to say that files went away between the scan and the transfer: the next push sees that they are gone. */
function onlyVanished(words: string, exitCode: number | undefined): boolean {
  if (exitCode !== 23 && exitCode !== 24) return false;
  const complaints = words
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^rsync (error|warning):/.test(line));
  // rsync: [sender] link_stat "/home/dino/mnist/gone" failed: No such file or directory (2); file has vanished: "..."
  return complaints.every((line) =>
    /link_stat .* failed: No such file|(?:file|directory) has vanished/.test(line),
  );
}
