import type { Failure } from "../model/failure.ts";
import type { ThereEntry } from "../model/pull.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { deniedPaths, parseEntries, pathPayload, splitSent } from "../remote/pull-answer.ts";
import {
  parseRsyncProgress,
  rsyncFetchArgv,
  rsyncList,
  rsyncUnusable,
  unreadableThere,
  unwritableHere,
} from "../remote/rsync.ts";
import type { RsyncUnusable } from "../remote/rsync.ts";
import { rsyncShell } from "../remote/ssh.ts";
import { askPull, unzipped } from "./ask-pull.ts";
import type { PullInputs } from "./ask-pull.ts";
import { fetchByTar } from "./fetch-tar.ts";
import { startProcess } from "./spawn.ts";
import { transferFailure, TransferWatch } from "./transfer-watch.ts";
import type { WatchMeans } from "./transfer-watch.ts";
import { unpackFiles } from "./unpack.ts";
import type { FileToUnpack } from "./unpack.ts";

/** Files that are to come from a host into the stage. */
export interface FetchTask {
  readonly inputs: PullInputs;
  readonly tool: "frame" | "rsync" | "tar";
  /** The project's directory there, absolute. */
  readonly from: string;
  /** Never empty. */
  readonly files: readonly FileToUnpack[];
  readonly stage: { readonly files: string; readonly parts: string };
  /** The project here: what is in it need not travel again. */
  readonly root: string;
}

/** What a fetch needs beside its task. */
export interface FetchMeans extends WatchMeans {
  /** Told when rsync does not work and tar is used. */
  readonly onFallback: (because: string) => void;
}

/** What the host said of the files when they had come. */
export interface Fetched {
  readonly told: readonly ThereEntry[];
  /** What could not be read there. */
  readonly unreadable: readonly string[];
}

/** Text compresses well, weights do not: a mean size from which on compressing costs more time than it saves. */
const largeMean = 1_000_000;
/** Of an rsync that says nothing: it looks through a huge file. */
const stuckMs = 600_000;

/** Brings files into the stage; what is whole there is whole, and the rest can be gone on with. */
export async function fetchFiles(task: FetchTask, means: FetchMeans): Promise<Result<Fetched>> {
  if (task.tool === "frame") return fetchInFrame(task, means);
  const moved =
    task.tool === "rsync" ? await fetchByRsync(task, means) : await fetchByTar(task, means);
  if ("unusable" in moved) {
    means.onFallback(`${moved.unusable}; the files come by tar`);
    return fetchFiles({ ...task, tool: "tar" }, means);
  }
  if (!moved.ok) return moved;
  const paths = task.files.map(({ path }) => path);
  const looked = await askPull({ ...task.inputs, in_do: "look" }, means, pathPayload(paths));
  if (!looked.ok) return looked;
  return ok({ told: parseEntries(looked.value.text), unreadable: moved.value });
}

async function fetchInFrame(task: FetchTask, means: FetchMeans): Promise<Result<Fetched>> {
  const { shell, signal } = means;
  const payload = pathPayload(task.files.map(({ path }) => path));
  const inputs = { ...task.inputs, in_do: "send" };
  const ended = await shell.run({ program: "pull", inputs, payload }, { signal });
  if (signal.aborted) return fail({ reason: "cancelled" });
  if (!ended.ok) return ended;
  const { exitCode, stdout, stderr } = ended.value;
  const sent = exitCode === 0 ? splitSent(stdout) : undefined;
  const told = sent === undefined ? undefined : unzipped(sent.told);
  const archive = sent === undefined ? undefined : unzipped(sent.archive);
  const { host } = shell.connection.host;
  if (told === undefined || archive === undefined) {
    const end = { exitCode, missing: false, words: stderr.toString("utf8"), failure: undefined };
    return fail(transferFailure(end, "pull", host));
  }
  const unpacked = await unpackFiles([archive], task);
  if (!unpacked.ok) return unpacked;
  means.onProgress(archive.length, 100);
  return ok({
    told: parseEntries(told.toString("utf8")),
    unreadable: deniedPaths(stderr.toString("utf8")),
  });
}

/** The value is what could not be read there. */
async function fetchByRsync(
  task: FetchTask,
  means: FetchMeans,
): Promise<Result<readonly string[]> | RsyncUnusable> {
  const { connection } = means.shell;
  const { host } = connection.host;
  const watch = new TransferWatch(means, stuckMs);
  const bytes = task.files.reduce((sum, { size }) => sum + size, 0);
  const child = startProcess(
    rsyncFetchArgv({
      host,
      from: task.from,
      into: task.stage.files,
      beside: task.root,
      compress: bytes / task.files.length < largeMean,
      shell: rsyncShell(connection),
    }),
  );
  child.stdout?.on("data", (chunk: Buffer) => {
    // Progress is redrawn in place: carriage returns, not lines.
    const progress = parseRsyncProgress(chunk.toString("utf8").split("\r").at(-1) ?? "");
    if (progress !== undefined) watch.moved(progress.bytes, progress.percent);
  });
  child.stdin?.end(rsyncList(task.files.map(({ path }) => path)));
  const end = await watch.endOf(child);
  if (end.failure !== undefined) return fail(end.failure);
  const unusable = rsyncUnusable(end);
  if (unusable !== undefined) return unusable;
  const here = unwritableHere(end.words);
  if (here !== undefined) return fail(unwritable(task, here));
  // 23 and 24: some files could not be read, or are gone.
  if (end.exitCode !== 0 && end.exitCode !== 23 && end.exitCode !== 24)
    return fail(transferFailure(end, "pull", host));
  return ok(unreadableThere(end.words, task.from));
}

function unwritable({ root }: FetchTask, detail: string): Failure {
  return { reason: "cannot-write-here", path: root, detail };
}
