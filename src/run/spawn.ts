import { Buffer } from "node:buffer";
import type { Readable, Writable } from "node:stream";
import { execa } from "execa";
import { environmentNow } from "./environment.ts";

/** How a process ended. All absent values mean it never started. */
export interface Ended {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  /** The program itself was not found. */
  readonly missing: boolean;
}

/** A local process. */
export interface Running {
  readonly pid: number | undefined;
  readonly stdin: Writable | undefined;
  readonly stdout: Readable | undefined;
  readonly stderr: Readable | undefined;
  /** When its pipes are closed too. Never rejects. */
  readonly ended: Promise<Ended>;
  /** The process itself is gone: others, e.g. a shared connection that was given its pipes, may hold them for longer. */
  readonly gone: Promise<void>;
  /** Whether Node goes on for its sake. */
  ref(): void;
  unref(): void;
  /** Ends it politely, and with KILL after two seconds. */
  end(signal?: "SIGTERM" | "SIGHUP" | "SIGINT" | "SIGKILL"): void;
}

/** Where a process has its streams: `pipe` to us, `inherit` from igor itself, `ignore` for none. */
export interface Streams {
  readonly stdin: "pipe" | "inherit" | "ignore";
  readonly stdout: "pipe" | "inherit" | "ignore";
  readonly stderr: "pipe" | "inherit" | "ignore";
}

/** What a process may be given beside its words. */
export interface Surroundings {
  readonly cwd?: string;
  /** Added to igor's own environment; undefined: left out of it. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly streams?: Streams;
  /** In a session of its own: Ctrl-C at the terminal does not reach it, so that igor can end things in order. */
  readonly apart?: true;
}

const pipes: Streams = { stdin: "pipe", stdout: "pipe", stderr: "pipe" };

/** Starts a local process; the one place where igor does. Tools speak English, so that their words can be recognised. */
export function startProcess(
  argv: readonly [string, ...string[]],
  surroundings: Surroundings = {},
): Running {
  const { cwd, env, streams = pipes, apart = false } = surroundings;
  const [file, ...words] = argv;
  const child = execa(file, words, {
    ...streams,
    ...(cwd === undefined ? {} : { cwd }),
    extendEnv: false,
    env: { ...environmentNow(), LC_ALL: "C", ...env },
    buffer: false,
    detached: apart,
    reject: false,
    stripFinalNewline: false,
    forceKillAfterDelay: 2000,
  });
  // A pipe whose other end went away is not a bug of ours; the end of the process tells what happened.
  child.stdin?.on("error", () => undefined);
  const ended = child.then((result) => ({
    exitCode: result.exitCode,
    signal: result.signal,
    missing: result.code === "ENOENT",
  }));
  // Pipes are sockets to Node, whatever their types say.
  const all = [child, child.stdin, child.stdout, child.stderr] as readonly (
    Partial<Keeping> | null | undefined
  )[];
  return {
    ref: () => all.forEach((each) => each?.ref?.()),
    unref: () => all.forEach((each) => each?.unref?.()),
    pid: child.pid,
    stdin: child.stdin ?? undefined,
    stdout: child.stdout ?? undefined,
    stderr: child.stderr ?? undefined,
    ended,
    gone: new Promise((resolve) => void child.once("exit", () => resolve())),
    end: (signal = "SIGTERM") => void child.kill(signal),
  };
}

/** What may keep Node from ending. */
interface Keeping {
  ref(): void;
  unref(): void;
}

/** What a process that ran to its end left behind. */
export interface Finished extends Ended {
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs a local process to its end, with `input` on its stdin. */
export async function runToEnd(
  argv: readonly [string, ...string[]],
  surroundings: Omit<Surroundings, "streams"> & {
    readonly input?: Buffer | string;
    readonly signal?: AbortSignal;
  } = {},
): Promise<Finished> {
  const { input, signal, ...rest } = surroundings;
  const child = startProcess(argv, rest);
  const stop = (): void => child.end();
  signal?.addEventListener("abort", stop, { once: true });
  if (signal?.aborted === true) stop();
  child.stdin?.end(input ?? "");
  const [stdout, stderr, ended] = await Promise.all([
    allOf(child.stdout),
    allOf(child.stderr),
    child.ended,
  ]);
  signal?.removeEventListener("abort", stop);
  return { ...ended, stdout, stderr: stderr.toString("utf8") };
}

/** More than any answer is: who never stops does not fill the memory here. */
export const mostBytes = 256_000_000;

/** Everything a stream brings, but no more than that; what came before an error counts. */
export async function allOf(stream: Readable | undefined): Promise<Buffer> {
  const chunks: Buffer[] = [];
  if (stream === undefined) return Buffer.alloc(0);
  return new Promise((resolve) => {
    let bytes = 0;
    stream.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= mostBytes) chunks.push(chunk);
    });
    for (const end of ["end", "error", "close"])
      stream.on(end, () => resolve(Buffer.concat(chunks)));
  });
}
