import { randomBytes } from "node:crypto";
import type { Failure, LinkFailure } from "../model/failure.ts";
import type { ProgramName } from "../model/plan.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { bootCommand, restrictedBootCommand } from "../remote/boot.ts";
import { frameBytes, parseAnswer } from "../remote/frame.ts";
import type { Answer } from "../remote/frame.ts";
import { hostShell, programText } from "../remote/programs.ts";
import { readSshWords } from "../remote/read-ssh.ts";
import { closeArgv, sessionArgv, unshared } from "../remote/ssh.ts";
import type { Connection } from "../remote/ssh.ts";
import { lastLines } from "./connection.ts";
import { lineReader } from "./read-lines.ts";
import { runToEnd, startProcess } from "./spawn.ts";
import type { Running } from "./spawn.ts";

/** How often the far end hears from us, how long silence may last here, and how long there (seconds). */
const pingEveryMs = 2000;
const silenceMs = 10_000;
const farSilence = 10;
/** A shared connection that has not opened a session by then is taken for dead. */
const sharedOpensWithinMs = 6000;
/** A cold login with everything; ConnectTimeout ends what does not answer at all much earlier. */
const opensWithinMs = 30_000;

/** A remote program and what it gets. */
export interface FrameRequest {
  readonly program: ProgramName;
  readonly inputs: Readonly<Record<string, string>>;
  readonly payload?: Buffer;
}

/** How a remote program ended. */
export interface FrameEnd {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** What goes along while a frame runs. An abort sends TERM to the program; the frame still ends by itself. */
export interface FrameWatch {
  readonly onEvent?: (words: readonly string[]) => void;
  readonly signal?: AbortSignal;
}

interface OpenFrame {
  readonly onEvent: (words: readonly string[]) => void;
  readonly stdout: Buffer[];
  readonly stderr: Buffer[];
  settle(end: Result<FrameEnd>): void;
}

/**
 * The open host shell of one host: remote programs run through it, each in one round trip, side by side.
 * It dies with the channel: what still runs in it is ended there, at once or (a link that went silent) within 12 seconds.
 */
export class HostShell implements Disposable {
  readonly connection: Connection;
  /** Resolves when the channel is gone, for whatever reason, with what that means for those who still needed it. */
  readonly died: Promise<Failure>;
  #tellDeath: (death: Failure) => void = () => undefined;
  readonly #process: Running;
  readonly #nonce: string;
  readonly #frames = new Map<number, OpenFrame>();
  readonly #ping: NodeJS.Timeout;
  #nextId = 1;
  #heardAt = Date.now();
  #death: Failure | undefined;

  constructor(connection: Connection, opened: Opened) {
    this.connection = connection;
    this.died = new Promise((resolve) => (this.#tellDeath = resolve));
    this.#process = opened.process;
    this.#nonce = opened.nonce;
    opened.hear((answer) => this.#hear(answer));
    void opened.process.ended.then(() => this.#die(this.#deathBy(opened.words())));
    let ping = 0;
    this.#ping = setInterval(() => {
      if (Date.now() - this.#heardAt > silenceMs) {
        this.#die(this.#link({ reason: "unreachable", cause: "link-died" }, []));
        this.#process.end("SIGKILL");
      } else this.#process.stdin?.write(`${this.#nonce} 0 ping ${String(++ping)}\n`);
    }, pingEveryMs);
  }

  /** Runs a remote program. A failure is one of the link; how the program itself ended is in the value. */
  run(request: FrameRequest, watch: FrameWatch = {}): Promise<Result<FrameEnd>> {
    if (this.#death !== undefined) return Promise.resolve(fail(this.#death));
    const id = this.#nextId++;
    const kill = (): void =>
      void this.#process.stdin?.write(`${this.#nonce} ${String(id)} kill TERM\n`);
    return new Promise((resolve) => {
      this.#frames.set(id, {
        onEvent: watch.onEvent ?? (() => undefined),
        stdout: [],
        stderr: [],
        settle: (end) => {
          this.#frames.delete(id);
          watch.signal?.removeEventListener("abort", kill);
          resolve(end);
        },
      });
      const text = programText(request.program, request.inputs);
      this.#process.stdin?.write(
        frameBytes(this.#nonce, { id, text, payload: request.payload ?? Buffer.alloc(0) }),
      );
      watch.signal?.addEventListener("abort", kill, { once: true });
      if (watch.signal?.aborted === true) kill();
    });
  }

  /**
   * Closes the channel. What still runs in it is ended on the host by the far end itself, so nobody waits for that:
   * ssh goes when the host has said goodbye, a round trip later.
   */
  [Symbol.dispose](): void {
    clearInterval(this.#ping);
    this.#process.stdin?.end();
  }

  #hear(answer: Answer): void {
    this.#heardAt = Date.now();
    if (answer.kind === "hello" || answer.kind === "pong" || answer.kind === "desync") return;
    const frame = this.#frames.get(answer.frame);
    if (frame === undefined) return;
    if (answer.kind === "event") frame.onEvent(answer.words);
    else if (answer.kind === "output") frame[answer.stream].push(answer.bytes);
    else {
      frame.settle(
        ok({
          exitCode: answer.exitCode,
          stdout: Buffer.concat(frame.stdout),
          stderr: Buffer.concat(frame.stderr),
        }),
      );
    }
  }

  #die(death: Failure): void {
    clearInterval(this.#ping);
    this.#death ??= death;
    this.#tellDeath(this.#death);
    for (const frame of [...this.#frames.values()]) frame.settle(fail(this.#death));
  }

  #deathBy(words: string): Failure {
    return this.#link(
      readSshWords(words) ?? { reason: "unreachable", cause: "closed" },
      lastLines(words),
    );
  }

  #link(failure: LinkFailure, lastWords: readonly string[]): Failure {
    return { ...failure, host: this.connection.host.host, lastWords };
  }
}

/** A process whose far end has said hello. */
interface Opened {
  readonly process: Running;
  readonly nonce: string;
  /** From now on answers go there. */
  hear(listener: (answer: Answer) => void): void;
  /** What ssh has said on its stderr. */
  words(): string;
}

/** Told when opening takes a second try, with the reason in a few words. */
export type OnRetry = (because: string) => void;

/**
 * Opens the host shell: two round trips on a shared connection, a whole login without one.
 * A shared connection that does not answer is given up once, visibly, for a new one.
 */
export async function openHostShell(
  connection: Connection,
  onRetry: OnRetry = () => undefined,
): Promise<Result<HostShell>> {
  const first = await open(connection, bootCommand);
  if (first.ok) return ok(new HostShell(connection, first.value));
  if (first.failure.reason === "shared-connection-dead") {
    onRetry("the shared connection does not answer");
    // Only our own is ended; a connection of the user's own configuration is left to the user.
    if (connection.controlPath !== undefined) await runToEnd(closeArgv(connection));
    const fresh = connection.controlPath === undefined ? unshared(connection) : connection;
    return settle(fresh, await open(fresh, bootCommand));
  }
  if (first.failure.reason === "restricted")
    return settle(connection, await open(connection, restrictedBootCommand));
  return fail(first.failure);
}

function settle(connection: Connection, opened: Result<Opened, OpenFailure>): Result<HostShell> {
  const { host } = connection.host;
  if (opened.ok) return ok(new HostShell(connection, opened.value));
  if (opened.failure.reason === "shared-connection-dead") {
    return fail({ reason: "unreachable", cause: "timed-out", host, lastWords: [] });
  }
  if (opened.failure.reason === "restricted") {
    return fail({ reason: "shell-refused", cause: "restricted", host, lastWords: [] });
  }
  return fail(opened.failure);
}

type OpenFailure =
  Failure | { readonly reason: "shared-connection-dead" } | { readonly reason: "restricted" };

/** Starts ssh and waits for the hello of the far end; nothing is sent before, since a startup file might read it. */
async function open(
  connection: Connection,
  boot: typeof bootCommand,
): Promise<Result<Opened, OpenFailure>> {
  const nonce = randomBytes(9).toString("hex");
  const command = boot(hostShell, [nonce, String(farSilence)]);
  const child = startProcess(sessionArgv(connection, command, "no-tty"), { apart: true });
  let words = "";
  let noise = "";
  child.stderr?.on("data", (chunk: Buffer) => (words += chunk.toString("utf8")));
  let listener: (answer: Answer) => void = () => undefined;
  const hello = new Promise<"hello">((resolve) => {
    const reader = lineReader((line) => {
      const answer = parseAnswer(nonce, line);
      if (answer === undefined) noise = `${noise}${line}\n`.slice(-4000);
      else if (answer.kind === "hello") resolve("hello");
      else listener(answer);
    });
    child.stdout?.on("data", (chunk: Buffer) => reader.write(chunk));
  });
  const patience = deadline(
    connection.controlPath === "none" ? opensWithinMs : sharedOpensWithinMs,
  );
  let outcome = await Promise.race([hello, child.ended, patience.passed]);
  if (outcome === "passed" && connection.controlPath !== "none" && !(await isShared(connection))) {
    // A login that is merely slow: there is no shared connection yet that could be dead.
    const longer = deadline(opensWithinMs - sharedOpensWithinMs);
    outcome = await Promise.race([hello, child.ended, longer.passed]);
    longer.stop();
    if (outcome === "passed") {
      child.end("SIGKILL");
      return fail(noHello(connection, { words, noise, cause: "timed-out" }));
    }
  }
  patience.stop();
  if (outcome === "hello") {
    return ok({ process: child, nonce, hear: (to) => (listener = to), words: () => words });
  }
  if (outcome === "passed") {
    child.end("SIGKILL");
    return fail({ reason: "shared-connection-dead" });
  }
  if (outcome.missing) {
    return fail({
      reason: "not-installed",
      program: "ssh",
      where: "laptop",
      host: connection.host.host,
      lastWords: [],
    });
  }
  // rbash: line 1: exec: restricted
  if (/restricted/.test(words) && boot === bootCommand) return fail({ reason: "restricted" });
  return fail(noHello(connection, { words, noise, cause: "ended" }));
}

/** Why the far end never said hello: the link, or what the user's startup files or the host's rules did to our command. */
function noHello(
  { host }: Connection,
  seen: { readonly words: string; readonly noise: string; readonly cause: "ended" | "timed-out" },
): Failure {
  const base = { host: host.host, lastWords: lastLines(seen.words + seen.noise) };
  const link = readSshWords(seen.words);
  if (link !== undefined) return { ...link, ...base };
  if (/mkdir: .*igor\./.test(seen.words))
    return { reason: "shell-refused", cause: "no-temporary-directory", ...base };
  if (/restricted|only allow|connections only/i.test(seen.words + seen.noise)) {
    return { reason: "shell-refused", cause: "restricted", ...base };
  }
  return { reason: "shell-refused", cause: "startup-file", ...base };
}

/** Whether a shared connection claims to be there. It may be dead all the same. */
async function isShared(connection: Connection): Promise<boolean> {
  const [ssh, ...rest] = closeArgv(connection);
  const check = await runToEnd([ssh, ...rest.map((word) => (word === "exit" ? "check" : word))]);
  return check.exitCode === 0;
}

function deadline(afterMs: number): { passed: Promise<"passed">; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<"passed">((resolve) => {
    timer = setTimeout(() => resolve("passed"), afterMs);
  });
  return { passed, stop: () => clearTimeout(timer) };
}
