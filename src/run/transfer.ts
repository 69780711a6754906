import { pipeline } from "node:stream/promises";
import type { Failure } from "../model/failure.ts";
import type { Step } from "../model/plan.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { bootCommand } from "../remote/boot.ts";
import { assignments } from "../remote/quote.ts";
import { readFileSystemWords } from "../remote/read-failure.ts";
import { readSshWords } from "../remote/read-ssh.ts";
import { parseRsyncProgress, rsyncArgv } from "../remote/rsync.ts";
import { rsyncShell, sessionArgv } from "../remote/ssh.ts";
import type { Connection } from "../remote/ssh.ts";
import { lastLines } from "./connection.ts";
import { streamFiles } from "./pack.ts";
import type { FileSource } from "./pack.ts";
import { allOf, startProcess } from "./spawn.ts";
import type { Running } from "./spawn.ts";

/** What a transfer needs beside its step. */
export interface TransferMeans {
  readonly connection: Connection;
  readonly source: FileSource;
  readonly onProgress: (bytes: number, percent: number | undefined) => void;
  readonly signal: AbortSignal;
}

/** Brings many files into the stage of a host, or into an empty target. Nothing that is in place is touched. */
export async function transfer(
  step: Step & { kind: "transfer" },
  means: TransferMeans,
): Promise<Result<undefined>> {
  return step.tool === "rsync" ? rsync(step, means) : tar(step, means);
}

async function rsync(
  step: Step & { kind: "transfer" },
  means: TransferMeans,
): Promise<Result<undefined>> {
  const { connection, source, onProgress } = means;
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
    if (progress !== undefined) onProgress(progress.bytes, progress.percent);
  });
  child.stdin?.end(step.files.map((file) => `${file}\0`).join(""));
  return outcomeOf(child, { step, means, program: "rsync" });
}

const unpack = 'mkdir -p -- "$in_into" && cd -P -- "$in_into" && exec tar -xzpof -';

async function tar(
  step: Step & { kind: "transfer" },
  means: TransferMeans,
): Promise<Result<undefined>> {
  const command = bootCommand(`umask 022;${assignments({ in_into: step.into })}${unpack}`);
  const child = startProcess(sessionArgv(means.connection, command, "no-tty"));
  const { bytes, packed } = streamFiles(means.source, step.files);
  let sent = 0;
  bytes.on("data", (chunk: Buffer) => means.onProgress((sent += chunk.length), undefined));
  const outcome = outcomeOf(child, { step, means, program: "ssh" });
  // A pipe that the far end closed early: its end says why.
  if (child.stdin !== undefined) await pipeline(bytes, child.stdin).catch(() => undefined);
  await packed.catch(() => undefined);
  return outcome;
}

async function outcomeOf(
  child: Running,
  {
    step,
    means,
    program,
  }: { readonly step: Step; readonly means: TransferMeans; readonly program: string },
): Promise<Result<undefined>> {
  const stop = (): void => child.end();
  means.signal.addEventListener("abort", stop, { once: true });
  const [words, ended] = await Promise.all([
    allOf(child.stderr).then((bytes) => bytes.toString("utf8")),
    child.ended,
  ]);
  means.signal.removeEventListener("abort", stop);
  const where = { host: means.connection.host.host, lastWords: lastLines(words) };
  if (means.signal.aborted) return fail({ reason: "cancelled" });
  if (ended.exitCode === 0 || onlyVanished(words, ended.exitCode)) return ok(undefined);
  if (ended.missing) return fail({ reason: "not-installed", program, where: "laptop", ...where });
  const link = readSshWords(words);
  const failure: Failure | undefined =
    link === undefined ? readFileSystemWords(words, where) : { ...link, ...where };
  // rsync error: timeout in data send/receive (code 30); connection unexpectedly closed (code 12)
  if (
    failure === undefined &&
    /io timeout|connection unexpectedly closed|error in rsync protocol/.test(words)
  ) {
    return fail({ reason: "unreachable", cause: "link-died", ...where });
  }
  return fail(
    failure ?? { reason: "step-failed", step: step.title, exitCode: ended.exitCode, ...where },
  );
}

/** rsync's way to say that files went away between the scan and the transfer: the next push sees that they are gone. */
function onlyVanished(words: string, exitCode: number | undefined): boolean {
  if (exitCode !== 23 && exitCode !== 24) return false;
  const complaints = words
    .split("\n")
    .filter(
      (line) =>
        line.trim() !== "" &&
        !line.startsWith("rsync error:") &&
        !line.startsWith("rsync warning:"),
    );
  // rsync: [sender] link_stat "/home/dino/mnist/gone" failed: No such file or directory (2); file has vanished: "..."
  return complaints.every((line) =>
    /link_stat .* failed: No such file|file has vanished/.test(line),
  );
}
