import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { frameOf, framesOf } from "../../src/debug/framing.ts";
import debugProgram from "../../src/remote/programs/debug.py";
import { debugProgramBytes, debugWords } from "../../src/remote/debug.ts";
import { until } from "./until.ts";

/** A message as it came. */
export type Said = Readonly<Record<string, unknown>> & {
  readonly seq: number;
  readonly command?: string;
  readonly event?: string;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly request_seq?: number;
};

/** The far end of the debugger on this machine, without ssh and without igor. */
export class DebugEnd implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly said: Said[] = [];
  stderr = "";

  /** `said`: the program, and maybe more. */
  constructor({
    cwd,
    said = debugProgramBytes(),
  }: { readonly cwd?: string; readonly said?: Buffer } = {}) {
    const [python = "", ...words] = debugWords("python3", debugProgramBytes());
    this.child = spawn(python, words, { cwd, stdio: "pipe" });
    this.child.stdin?.on("error", () => undefined);
    this.child.stdout?.on(
      "data",
      framesOf(
        ({ body }) => this.said.push(JSON.parse(body.toString()) as Said),
        (begin) => (this.stderr += `no message: ${begin}`),
      ),
    );
    this.child.stderr?.on("data", (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.write(said);
  }

  write(bytes: Buffer | string): void {
    this.child.stdin?.write(bytes);
  }

  send(message: object): void {
    this.write(frameOf(message));
  }

  hello(given: object): void {
    this.send({ seq: 0, type: "request", command: "igorHello", arguments: given });
  }

  /** Its next message that fulfils a wish; it counts as read. */
  async says(what: string, is: (said: Said) => boolean): Promise<Said> {
    return until(
      `${what}; said: ${JSON.stringify(this.said)} ${this.stderr}`,
      () => {
        const at = this.said.findIndex(is);
        return at < 0 ? undefined : this.said.splice(at, 1)[0];
      },
      5_000,
    );
  }

  /** The end of stdin; how it ends then. */
  async end(): Promise<number | string | null> {
    this.child.stdin?.end();
    return this.ended();
  }

  async ended(): Promise<number | string | null> {
    if (this.child.exitCode === null && this.child.signalCode === null)
      await once(this.child, "close");
    return this.child.signalCode ?? this.child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}

/** Stands for debugpy's adapter: what it is asked, and what it says, is up to the test. */
export class FakeAdapter implements AsyncDisposable {
  readonly asked: Said[] = [];
  readonly #server: Server;
  #peer: Socket | undefined;
  #seq = 0;

  private constructor(server: Server) {
    this.#server = server;
    server.on("connection", (peer) => {
      this.#peer = peer;
      peer.on("error", () => undefined);
      peer.on(
        "data",
        framesOf(
          ({ body }) => this.asked.push(JSON.parse(body.toString()) as Said),
          (begin) => {
            throw new Error(begin);
          },
        ),
      );
    });
  }

  static async start(): Promise<FakeAdapter> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new FakeAdapter(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The next question of a name. */
  async isAsked(command: string): Promise<Said> {
    return until(
      `the question ${command}; asked: ${JSON.stringify(this.asked)}`,
      () => {
        const at = this.asked.findIndex((each) => each.command === command);
        return at < 0 ? undefined : this.asked.splice(at, 1)[0];
      },
      5_000,
    );
  }

  answer({ seq, command }: Said, body: object = {}): void {
    this.tell({ type: "response", request_seq: seq, command, success: true, body });
  }

  event(event: string, body: object = {}): void {
    this.tell({ type: "event", event, body });
  }

  tell(message: object): void {
    this.#seq += 1;
    this.write(frameOf({ seq: this.#seq, ...message }));
  }

  write(bytes: Buffer): void {
    this.#peer?.write(bytes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#peer?.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** How long the far end holds back that a program has stopped, in seconds. */
export const holdSeconds = Number(/^HOLD = ([\d.]+)$/m.exec(debugProgram)?.[1]);
