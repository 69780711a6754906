import type { Failure } from "../model/failure.ts";
import type { ProgramName } from "../model/plan.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import type { LoginShell } from "../remote/boot.ts";
import { frameBytes } from "../remote/frame.ts";
import type { Answer, Frame } from "../remote/frame.ts";
import { keptProgram, programText } from "../remote/programs.ts";
import type { Connection } from "../remote/ssh.ts";
import { lastLines } from "./connection.ts";
import { mostBytes } from "./spawn.ts";
import type { Running } from "./spawn.ts";

/** How often the far end hears from us, and how long silence may last here. The far end waits a little less. */
const pingEveryMs = 2000;
const silenceMs = 9000;
/** A ping that is so late was held up here: igor stood still, and the far end may have given it up. */
const lateMs = 5000;
/** A program that is to end gets so long before it is killed. */
const killAfterMs = 15_000;

/** What ssh said is read so long after it is gone. */
const lastWordsMs = 100;

/** A process whose far end has said hello. */
export interface Opened {
  readonly process: Running;
  readonly nonce: string;
  /** Something was printed before that. */
  readonly printed: boolean;
  /** From now on answers go there. */
  hear(listener: (answer: Answer) => void): void;
  /** What ssh has said on its stderr since then. */
  words(): string;
  /** The login went on although the host showed another key than the one that is known; where that is. */
  readonly otherKey: { readonly keyAt?: string } | undefined;
}

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

/** What goes along while a frame runs. An abort sends TERM to the program, and KILL when it does not end; its end is still told. */
export interface FrameWatch {
  readonly onEvent?: (words: readonly string[]) => void;
  readonly signal?: AbortSignal;
}

interface OpenFrame {
  readonly onEvent: (words: readonly string[]) => void;
  readonly stdout: Buffer[];
  readonly stderr: Buffer[];
  bytes: number;
  settle(end: Result<FrameEnd>): void;
}

/**
 * The open host shell of one host: remote programs run through it, each in one round trip, side by side.
 * It dies with the channel: what still runs in it is ended there, at once or (a link that went silent) within 12 seconds.
 */
export class HostShell implements Disposable {
  readonly connection: Connection;
  readonly login: LoginShell;
  /** Resolves when the channel is gone, for whatever reason, with what that means for those who still needed it. */
  readonly died: Promise<Failure>;
  #tellDeath: (death: Failure) => void = () => undefined;
  readonly #process: Running;
  readonly #nonce: string;
  readonly #frames = new Map<number, OpenFrame>();
  /** Programs that the far end has kept. */
  readonly #kept = new Set<ProgramName>();
  readonly #measured = new Map<number, () => void>();
  readonly #ping: NodeJS.Timeout;
  #nextId = 1;
  /** Far from the numbers of the pings that only say that igor lives. */
  #nextMeasure = 1_000_000_000;
  #heardAt = Date.now();
  #pingedAt = Date.now();
  /** When igor last went on after it had stood still. */
  #wentOnAt = 0;
  #death: Failure | undefined;

  constructor(connection: Connection, opened: Opened, login: LoginShell) {
    this.connection = connection;
    this.login = login;
    this.died = new Promise((resolve) => (this.#tellDeath = resolve));
    this.#process = opened.process;
    this.#nonce = opened.nonce;
    opened.hear((answer) => this.#hear(answer));
    const { ended, gone } = opened.process;
    const dies = (): void => this.#die(this.#linkDied(opened.words()));
    void ended.then(dies);
    // A shared connection that this ssh began has its pipes, too, and lives on.
    void gone.then(() => setTimeout(dies, lastWordsMs).unref());
    let ping = 0;
    this.#ping = setInterval(() => {
      this.#notice();
      this.#pingedAt = Date.now();
      if (Date.now() - this.#heardAt > silenceMs) {
        this.#die(this.#linkDied(""));
        this.#process.end("SIGKILL");
      } else this.#process.stdin?.write(`${this.#nonce} 0 ping ${String(++ping)}\n`);
    }, pingEveryMs);
  }

  /** How long nothing was heard from the far end, which answers a ping every two seconds. */
  get silentMs(): number {
    return Date.now() - this.#heardAt;
  }

  /** Resolves when its process is gone. */
  get gone(): Promise<void> {
    return this.#process.gone;
  }

  /** Keeps Node from ending, as it does from the beginning. */
  ref(): void {
    this.#ping.ref();
    this.#process.ref();
  }

  /** Does not keep Node from ending: nobody needs it at the moment. */
  unref(): void {
    this.#ping.unref();
    this.#process.unref();
  }

  /** Ends its process at once. */
  kill(): void {
    this.#process.end("SIGKILL");
  }

  /** Runs a remote program. A failure is one of the link; how the program itself ended is in the value. */
  run(request: FrameRequest, watch: FrameWatch = {}): Promise<Result<FrameEnd>> {
    if (this.#death !== undefined) return Promise.resolve(fail(this.#death));
    const id = this.#nextId++;
    const signal = (name: string): void =>
      void this.#process.stdin?.write(`${this.#nonce} ${String(id)} kill ${name}\n`);
    let patience: NodeJS.Timeout | undefined;
    const kill = (): void => {
      signal("TERM");
      patience = setTimeout(() => signal("KILL"), killAfterMs);
    };
    return new Promise((resolve) => {
      this.#frames.set(id, {
        onEvent: watch.onEvent ?? (() => undefined),
        stdout: [],
        stderr: [],
        bytes: 0,
        settle: (end) => {
          this.#frames.delete(id);
          watch.signal?.removeEventListener("abort", kill);
          clearTimeout(patience);
          resolve(end);
        },
      });
      this.#process.stdin?.write(frameBytes(this.#nonce, this.#frameOf(id, request)));
      watch.signal?.addEventListener("abort", kill, { once: true });
      if (watch.signal?.aborted === true) kill();
    });
  }

  /** A program that is run again is not sent again. */
  #frameOf(id: number, { program, inputs, payload = Buffer.alloc(0) }: FrameRequest): Frame {
    const kept = keptProgram(program, inputs);
    if (kept === undefined) return { id, text: programText(program, inputs), payload };
    const isThere = this.#kept.has(program);
    this.#kept.add(program);
    const text = isThere ? undefined : kept.text();
    return { id, text, kept: { name: program, inputs: kept.inputs }, payload };
  }

  /** Milliseconds to the far end and back, which also answers while it runs something; undefined when it died. */
  async roundTrip(): Promise<number | undefined> {
    if (this.#death !== undefined) return undefined;
    const ping = this.#nextMeasure++;
    const begin = performance.now();
    const pong = new Promise<true>((resolve) => this.#measured.set(ping, () => resolve(true)));
    this.#process.stdin?.write(`${this.#nonce} 0 ping ${String(ping)}\n`);
    const answered = await Promise.race([pong, this.died]);
    this.#measured.delete(ping);
    return answered === true ? performance.now() - begin : undefined;
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
    if (answer.kind === "pong") this.#measured.get(answer.ping)?.();
    if (answer.kind === "hello" || answer.kind === "pong" || answer.kind === "desync") return;
    if (answer.kind === "full") {
      const { host } = this.connection.host;
      this.#die({ reason: "disk-full", path: answer.directory, host, lastWords: [] });
      return;
    }
    const frame = this.#frames.get(answer.frame);
    if (frame === undefined) return;
    if (answer.kind === "event") frame.onEvent(answer.words);
    else if (answer.kind === "output") {
      frame[answer.stream].push(answer.bytes);
      frame.bytes += answer.bytes.length;
      if (frame.bytes > mostBytes) this.#hangUp();
    } else {
      frame.settle(
        ok({
          exitCode: answer.exitCode,
          stdout: Buffer.concat(frame.stdout),
          stderr: Buffer.concat(frame.stderr),
        }),
      );
    }
  }

  #hangUp(): void {
    const { host } = this.connection.host;
    this.#die({ reason: "unreachable", cause: "endless", host, lastWords: [] });
    this.#process.end("SIGKILL");
  }

  /** Silence while igor stood still tells nothing: the far end gets its time to answer once more. */
  #notice(): void {
    const now = Date.now();
    if (now - this.#pingedAt < pingEveryMs + lateMs) return;
    this.#wentOnAt = now;
    this.#heardAt = now;
  }

  #die(death: Failure): void {
    clearInterval(this.#ping);
    this.#death ??= death;
    this.#tellDeath(this.#death);
    for (const frame of [...this.#frames.values()]) frame.settle(fail(this.#death));
  }

  /** The login had worked, so the link has died, whatever ssh calls it; or it was given up there because igor stood still. */
  #linkDied(words: string): Failure {
    const { host } = this.connection.host;
    this.#notice();
    const cause = Date.now() - this.#wentOnAt < 2 * silenceMs ? "stood-still" : "link-died";
    return { reason: "unreachable", cause, host, lastWords: lastLines(words) };
  }
}
