import { debug, debugFailure } from "../app/debug.ts";
import type { Call } from "../app/igor.ts";
import { capabilities } from "../debug/capabilities.ts";
import type { Framed } from "../debug/framing.ts";
import { KnownAnswers } from "../debug/known-answers.ts";
import { messageIn } from "../debug/message.ts";
import type { DapEvent, Message, Request } from "../debug/message.ts";
import type { Emit } from "../model/event.ts";
import type { Failure } from "../model/failure.ts";
import type { Client } from "./client.ts";
import { debugpyText, failureSaid } from "./far-events.ts";
import { FarSide } from "./far-side.ts";
import { childConfiguration, inTerminal } from "./reverse.ts";
import { startOf } from "./start.ts";
import type { Called, Start } from "./start.ts";
import { supply } from "./supply.ts";

/** What an adapter is given to work with. */
export interface AdapterMeans extends Pick<Call, "environment" | "now">, Called {
  readonly client: Client;
  /** Tells what is done until the debugger begins, as text. */
  readonly emit: Emit;
  /** A failure as the user reads it. */
  readonly textOf: (failure: Failure) => string;
  /** The words with which this igor is called. */
  readonly igor: readonly string[];
}

/** How long the far side may take to end its programs before igor ends them. */
const orderlyEndMs = 4000;

/**
 * One session of a debugger: what stands between the editor and debugpy's adapter in the container. It answers
 * `initialize` itself, makes the container ready at `launch`, and from then on hands on what both say.
 */
export class Adapter {
  /** Resolves when the session is over, and nothing of it runs any more. */
  readonly over: Promise<void>;
  #isOver: () => void = () => undefined;
  readonly #means: AdapterMeans;
  readonly #far: FarSide;
  readonly #known = new KnownAnswers();
  readonly #cancel = new AbortController();
  /** How the editor introduced itself. */
  #introduction: Readonly<Record<string, unknown>> = {};
  /** The `launch` or `attach` with which the session began. */
  #began: Request | undefined;
  #start: Start | undefined;
  /** What the editor says before it is known where the session begins. */
  #early: Request[] = [];
  /** The debugger has said its first word. */
  #isThere = false;
  #isEnding = false;
  /** The `disconnect` that has no answer yet. */
  #leaves: Request | undefined;
  #isTerminated = false;
  #failure: Failure | undefined;
  /** Of the adapter in the container, for children. */
  #port = 0;

  constructor(means: AdapterMeans) {
    this.#means = means;
    this.over = new Promise((resolve) => (this.#isOver = resolve));
    this.#far = new FarSide({
      onOutput: (whole) => means.client.pass(whole),
      onMessage: (message, whole) => this.#said(message, whole),
      taken: () => means.client.taken(),
    });
  }

  /** A message of the editor. */
  hear({ body }: Framed): void {
    const message = messageIn(body);
    if (message === undefined) return;
    if (message.type !== "request") {
      this.#far.send(message);
      return;
    }
    const { client } = this.#means;
    const { command } = message;
    if (command === "initialize") {
      this.#introduction = message.arguments;
      client.answer(message, capabilities);
      return;
    }
    if ((command === "launch" || command === "attach") && this.#began === undefined) {
      this.#began = message;
      void this.#begin(message);
      return;
    }
    const leaves = command === "disconnect" || command === "terminate";
    if (leaves && !this.#isThere) {
      client.answer(message);
      this.#terminate();
      this.end();
      return;
    }
    if (command === "disconnect") this.#leave(message);
    if (command === "restart") {
      // debugpy would be silent from then on.
      client.refuse(message, "debugpy restarts nothing: end the session and begin another one");
      return;
    }
    const known = this.#known.answerTo(message);
    if (known !== undefined) {
      client.answer(message, known);
      return;
    }
    if (this.#start === undefined) this.#early.push(message);
    else this.#ask(message);
  }

  /** The editor has gone, or igor is to end: the far side ends its programs, and is ended when it does not. */
  end(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#far.end();
    const cancel = (): void => this.#cancel.abort("SIGTERM");
    if (this.#isThere) setTimeout(cancel, orderlyEndMs).unref();
    else cancel();
    if (this.#began === undefined) this.#isOver();
  }

  /** debugpy answers nothing while it waits for a program, e.g. in a terminal: the editor shall not wait with it. */
  #leave(request: Request): void {
    this.#leaves = request;
    const leave = (): void => {
      if (this.#leaves === undefined) return;
      this.#means.client.answer(request);
      this.#terminate();
      this.end();
    };
    setTimeout(leave, orderlyEndMs).unref();
  }

  /** From `launch` to the end of the session. */
  async #begin(request: Request): Promise<void> {
    const { client, textOf } = this.#means;
    const ended = await this.#run(request);
    const failure = this.#failure ?? ended;
    if (!this.#isThere && failure !== undefined && !this.#isEnding) {
      const text = textOf(failure);
      client.say(`${text}\n`, "stderr");
      client.refuse(request, text);
    } else if (!this.#isTerminated && !this.#isEnding) {
      client.say(
        `${failure === undefined ? "the debugger has ended" : textOf(failure)}\n`,
        "stderr",
      );
    }
    this.#terminate();
    await client.flushed();
    this.#isOver();
  }

  /** Runs the far side; why it ended, or did not begin, where that is no end of a program. */
  async #run(request: Request): Promise<Failure | undefined> {
    const { emit, environment, now } = this.#means;
    const start = await startOf(request, this.#means);
    if (!start.ok) return start.failure;
    const { ground, brings, hello, given } = start.value;
    this.#start = start.value;
    const initialize = { seq: 0, type: "request", command: "initialize" };
    this.#far.send({ ...initialize, arguments: this.#introduction });
    this.#far.send({ ...request, arguments: given });
    for (const early of this.#early.splice(0)) this.#ask(early);
    const outcome = await debug({
      ground,
      brings,
      environment,
      emit,
      now,
      signal: this.#cancel.signal,
      begin: (far, introduction) => this.#far.begin(far, { ...introduction, ...hello }),
    });
    if (!outcome.ok) return outcome.failure;
    const end = outcome.value.kind === "ended" ? outcome.value.hosts.get(ground.host.host) : {};
    if (this.#isThere) return end?.failure;
    return debugFailure(end ?? {}, { ground, lastWords: this.#far.lastWords });
  }

  #ask(request: Request): void {
    this.#far.send({ ...request, ...this.#known.changeBy(request) });
  }

  /** A message of the far side. */
  #said(message: Message, whole: Buffer): void {
    const { client } = this.#means;
    switch (message.type) {
      case "response":
        if (message.request_seq !== 0) {
          if (message.request_seq === this.#leaves?.seq) this.#leaves = undefined;
          client.pass(whole);
          return;
        }
        this.#isThere = true;
        client.event("capabilities", { capabilities: message.body });
        return;
      case "request":
        this.#asked(message);
        return;
      case "event":
        if (this.#toldUs(message)) return;
        if (message.event === "terminated") this.#isTerminated = true;
        this.#known.told(message.event);
        client.pass(whole);
        return;
    }
  }

  /** What the debugger asks of the editor, as far as there is a need for it: the host is not the editor's master. */
  #asked(message: Request): void {
    const { client, igor } = this.#means;
    const start = this.#start;
    if (start === undefined) return;
    if (message.command === "startDebugging") {
      const { type = "igor" } = this.#began?.arguments ?? {};
      client.send(childConfiguration(message, { start, port: this.#port, type }));
    } else if (message.command === "runInTerminal") {
      client.send(inTerminal(message, { ground: start.ground, igor }));
    } else {
      const { seq: request_seq, command } = message;
      const answer = { type: "response", request_seq, command, success: false };
      this.#far.send({ seq: 0, ...answer, message: "igor hands on no such request" });
    }
  }

  /** Whether an event is one of ours. */
  #toldUs({ event, body }: DapEvent): boolean {
    const { client } = this.#means;
    switch (event) {
      case "igorReady":
        this.#port = Number(body["port"]);
        client.say(debugpyText(body));
        return true;
      case "igorAhead":
        this.#known.take(body);
        return true;
      case "igorNeeds":
        client.say("the image has no debugpy: igor brings it\n");
        void supply(this.#far, this.#cancel.signal);
        return true;
      case "igorFailed":
        this.#failure = failureSaid(body, this.#start?.ground);
        return true;
      default:
        return false;
    }
  }

  #terminate(): void {
    if (!this.#isTerminated) this.#means.client.event("terminated");
    this.#isTerminated = true;
  }
}
