import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { DebugProtocol } from "@vscode/debugprotocol";
import { framesOf, frameOf } from "../../src/debug/framing.ts";
import { ended } from "./laptop.ts";
import type { IgorOptions, IgorResult, Laptop } from "./laptop.ts";
import { openTerminal } from "./terminal.ts";
import type { Terminal } from "./terminal.ts";
import { until } from "./until.ts";

type Json = Readonly<Record<string, unknown>>;

/** A message of the adapter, with when it came (`performance.now()`). */
type Came<M> = M & { readonly at: number };

/** How a session is begun. */
export interface Beginning {
  readonly command?: "launch" | "attach";
  readonly arguments: Json;
  /** Lines by the path of the file. */
  readonly breakpoints?: Readonly<Record<string, readonly number[]>>;
  readonly filters?: readonly string[];
}

/** A frame of a stack. */
export type Frame = DebugProtocol.StackFrame;

/** A client of `igor dap` that asks what editors ask, in their order, and keeps everything that it hears. */
export class DapClient implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly ended: Promise<IgorResult>;
  readonly events: Came<DebugProtocol.Event>[] = [];
  /** What the adapter asked of us and has no answer yet. */
  readonly asked: DebugProtocol.Request[] = [];
  readonly #answers = new Map<number, Came<DebugProtocol.Response>>();
  /** Events that no call was given, by name. */
  readonly #untaken = new Map<string, Came<DebugProtocol.Event>[]>();
  /** Looks again for what somebody waits for. */
  readonly #looks = new Set<() => void>();
  #seq = 0;

  constructor(
    laptop: Laptop,
    project: { readonly root: string },
    { words = ["dap"], ...options }: IgorOptions & { readonly words?: readonly string[] } = {},
  ) {
    this.child = laptop.start(project, words, options);
    this.ended = ended(this.child);
    this.child.stdin?.on("error", () => undefined);
    const read = framesOf(
      ({ body }) => this.#heard(JSON.parse(body.toString()) as DebugProtocol.ProtocolMessage),
      (begin) => {
        throw new Error(`no message: ${begin}`);
      },
    );
    this.child.stdout?.on("data", read);
  }

  /** Sends a request and does not wait. */
  send(command: string, given: object = {}): number {
    this.#seq += 1;
    this.#write({ seq: this.#seq, type: "request", command, arguments: given });
    return this.#seq;
  }

  async answerTo<R extends DebugProtocol.Response>(
    seq: number,
    withinMs?: number,
  ): Promise<Came<R>> {
    const found = await this.#coming(
      () => `the answer to request ${String(seq)}`,
      () => this.#answers.get(seq),
      withinMs,
    );
    return found as Came<R>;
  }

  async ask<R extends DebugProtocol.Response = DebugProtocol.Response>(
    command: string,
    given: object = {},
  ): Promise<Came<R>> {
    return this.answerTo<R>(this.send(command, given));
  }

  /** Answers what the adapter asked of us. */
  reply(request: DebugProtocol.Request, body: object = {}): void {
    this.asked.splice(this.asked.indexOf(request), 1);
    this.#seq += 1;
    const { seq: request_seq, command } = request;
    this.#write({ seq: this.#seq, type: "response", request_seq, command, success: true, body });
  }

  /** Runs what the adapter asks for in a terminal, as editors do. */
  runInTerminal(request: DebugProtocol.Request, { env }: Laptop): Terminal {
    const given = request.arguments as DebugProtocol.RunInTerminalRequestArguments;
    const terminal = openTerminal(["env", "-C", given.cwd, ...given.args], env);
    this.reply(request, { processId: terminal.pid });
    return terminal;
  }

  /** The next event of a name that no other call was given. */
  async event(name: string, withinMs?: number): Promise<Came<DebugProtocol.Event>> {
    return this.#coming(
      () =>
        `the event ${name} among ${this.events.map(({ event }) => event).join()}; said: ${this.said()}`,
      () => this.#untaken.get(name)?.shift(),
      withinMs,
    );
  }

  /** How many events of a name no call was given. */
  countOf(name: string): number {
    return this.#untaken.get(name)?.length ?? 0;
  }

  /** What was said in the windows of the editor. */
  said(...categories: readonly string[]): string {
    return this.events
      .filter(({ event }) => event === "output")
      .map(({ body }) => body as DebugProtocol.OutputEvent["body"])
      .filter(({ category = "console" }) =>
        categories.length === 0 ? category !== "telemetry" : categories.includes(category),
      )
      .map(({ output }) => output)
      .join("");
  }

  async initialize(): Promise<DebugProtocol.InitializeResponse> {
    return this.ask<DebugProtocol.InitializeResponse>("initialize", {
      adapterID: "igor",
      clientID: "test",
      pathFormat: "path",
      linesStartAt1: true,
      columnsStartAt1: true,
      supportsVariableType: true,
      supportsRunInTerminalRequest: true,
      supportsStartDebuggingRequest: true,
    });
  }

  /** From `initialize` to the answer of `launch`, with the breakpoints set. */
  async begin(beginning: Beginning, withinMs?: number): Promise<Came<DebugProtocol.Response>> {
    const { command = "launch", breakpoints = {}, filters = ["uncaught"] } = beginning;
    await this.initialize();
    const started = this.send(command, { type: "igor", request: command, ...beginning.arguments });
    const answered = this.answerTo(started, withinMs);
    const refused = answered.then(({ success }) => (success ? undefined : "refused"));
    if ((await Promise.race([this.event("initialized", withinMs), refused])) === "refused")
      return answered;
    for (const [path, lines] of Object.entries(breakpoints))
      await this.ask("setBreakpoints", {
        source: { path },
        breakpoints: lines.map((line) => ({ line })),
      });
    await this.ask("setExceptionBreakpoints", { filters });
    await this.ask("configurationDone");
    return answered;
  }

  /** Waits until a thread stops: its id, and its stack. */
  async stop(withinMs?: number): Promise<{
    readonly threadId: number;
    readonly reason: string;
    readonly stack: readonly Frame[];
  }> {
    const { body } = (await this.event("stopped", withinMs)) as DebugProtocol.StoppedEvent;
    const { threadId = 0, reason } = body;
    const { body: stack } = await this.ask<DebugProtocol.StackTraceResponse>("stackTrace", {
      threadId,
    });
    return { threadId, reason, stack: stack.stackFrames };
  }

  /** The local variables of a frame, as text. */
  async locals(frame: Frame): Promise<Readonly<Record<string, string>>> {
    const { body } = await this.ask<DebugProtocol.ScopesResponse>("scopes", { frameId: frame.id });
    const { variablesReference = 0 } = body.scopes.find(({ name }) => name === "Locals") ?? {};
    const { body: found } = await this.ask<DebugProtocol.VariablesResponse>("variables", {
      variablesReference,
    });
    return Object.fromEntries(found.variables.map(({ name, value }) => [name, value]));
  }

  /** Ends the session as editors do. */
  async disconnect(given = { terminateDebuggee: true }): Promise<IgorResult> {
    this.send("disconnect", given);
    return this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.stdin?.end();
      await once(this.child, "exit");
    }
  }

  /** What is found after one message or another; fails when nothing is within the time. */
  #coming<T>(what: () => string, find: () => T | undefined, withinMs = 20_000): Promise<T> {
    const found = find();
    if (found !== undefined) return Promise.resolve(found);
    return new Promise((resolve, reject) => {
      const over = setTimeout(() => {
        this.#looks.delete(look);
        reject(new Error(`waited ${String(withinMs)} ms for ${what()}`));
      }, withinMs);
      const look = (): void => {
        const now = find();
        if (now === undefined) return;
        clearTimeout(over);
        this.#looks.delete(look);
        resolve(now);
      };
      this.#looks.add(look);
    });
  }

  #happened(event: Came<DebugProtocol.Event>): void {
    this.events.push(event);
    const untaken = this.#untaken.get(event.event);
    if (untaken === undefined) this.#untaken.set(event.event, [event]);
    else untaken.push(event);
  }

  #write(message: object): void {
    this.child.stdin?.write(frameOf(message));
  }

  #heard(message: DebugProtocol.ProtocolMessage): void {
    const came = { ...message, at: performance.now() };
    if (message.type === "response")
      this.#answers.set(
        (message as DebugProtocol.Response).request_seq,
        came as Came<DebugProtocol.Response>,
      );
    else if (message.type === "event") this.#happened(came as Came<DebugProtocol.Event>);
    else this.asked.push(message as DebugProtocol.Request);
    for (const look of this.#looks) look();
  }
}

/** Begins a session for every child of what a client debugs, as editors do. */
export class Family implements AsyncDisposable {
  readonly children: DapClient[] = [];
  readonly #watch: NodeJS.Timeout;

  constructor(laptop: Laptop, parent: DapClient, more: Partial<Beginning> = {}) {
    const look = (client: DapClient): void => {
      const asked = client.asked.find(({ command }) => command === "startDebugging");
      if (asked === undefined) return;
      client.reply(asked);
      const given = asked.arguments as DebugProtocol.StartDebuggingRequestArguments;
      const child = new DapClient(laptop, { root: "/" });
      this.children.push(child);
      // What ends before it is debugged has no say.
      child
        .begin({ ...more, command: given.request, arguments: given.configuration })
        .catch(() => undefined);
    };
    this.#watch = setInterval(() => [parent, ...this.children].forEach(look), 10);
  }

  /** The first child that stops. */
  stopped(): Promise<DapClient> {
    return until("a child to stop", () =>
      this.children.find(({ events }) => events.some(({ event }) => event === "stopped")),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#watch);
    await Promise.all(this.children.map((child) => child[Symbol.asyncDispose]()));
  }
}
