import { setMaxListeners } from "node:events";
import { existsSync } from "node:fs";
import { bugOf } from "../app/bug.ts";
import { Workbench } from "../app/workbench.ts";
import type { Environment } from "../app/igor.ts";
import type { Failure } from "../model/failure.ts";
import type { HostRequest, Request } from "../request/commands.ts";
import { wordsOfLine } from "../request/command-line.ts";
import { parse, usageFailure } from "../request/parse.ts";
import { commandLineWords } from "../request/words.ts";
import { failureLines } from "../view/failure-lines.ts";
import { failureText } from "../view/failure-text.ts";
import { actInEditor } from "./act.ts";
import type { Editor } from "./editor.ts";
import { widthForAdvice } from "./editor-text.ts";
import { markedLines } from "./marked-lines.ts";
import type { Message } from "./messages.ts";
import { startPace } from "./pace.ts";
import { report } from "./report.ts";
import type { FloatScreen } from "./screen.ts";

type Run = Extract<Message, { kind: "run" }>;
/** What is to be done, with all of the editor's environment. */
type Asked = Omit<Run, "environment"> & { readonly environment: Environment };

/** An action that goes on. */
interface Running {
  readonly controller: AbortController;
  screen: FloatScreen | undefined;
  answer: ((yes: boolean) => void) | undefined;
  ended: Promise<unknown> | undefined;
}

/** Verbs that put the project's files on the hosts. */
const senders: readonly Request["kind"][] = ["push", "build", "setup"];

/** How long what goes on may take to end in order when the editor has gone. */
const orderlyMs = 2000;

/** igor at the side of an editor: does what it is told to, several things at once, until the editor has gone. */
export class Peer {
  readonly #editor: Editor;
  readonly #cli: string;
  readonly #running = new Map<number, Running>();
  readonly #workbench = new Workbench({ now: Date.now });
  readonly #pace = startPace();
  #environment: Environment = process.env;

  /** `cli`: the bundle of the command line, for what answers with text. */
  constructor({ editor, cli }: { readonly editor: Editor; readonly cli: string }) {
    this.#editor = editor;
    this.#cli = cli;
  }

  /** Takes a message of the editor; what it asks for goes on when this returns. */
  take(message: Message): void {
    switch (message.kind) {
      case "run":
        this.#hear(message.environment);
        this.#run(message);
        return;
      case "cancel":
        this.#running.get(message.id)?.controller.abort("SIGINT");
        return;
      case "answer":
        this.#running.get(message.id)?.answer?.(message.yes);
        return;
      case "room":
        for (const { screen } of this.#running.values()) screen?.resize(message.room);
        return;
      case "wrote":
        this.#workbench.wrote(message.path);
        return;
      case "open":
        this.#hear(message.environment);
        void this.#workbench.open(message.directory, { environment: this.#environment });
        return;
    }
  }

  /** What begins from now on has the environment that the editor has now; what goes on keeps its own. */
  #hear(changes: Extract<Message, { kind: "run" }>["environment"] = {}): void {
    const environment = { ...this.#environment };
    for (const [name, value] of Object.entries(changes))
      environment[name] = value === false ? undefined : value;
    this.#environment = environment;
  }

  /** Ends all that goes on, and waits for it within reason. */
  async end(): Promise<void> {
    for (const { controller } of this.#running.values()) controller.abort("SIGHUP");
    const ends = [...this.#running.values()].map(async ({ ended }) => ended);
    const late = new Promise((resolve) => setTimeout(resolve, orderlyMs));
    await Promise.race([Promise.all(ends), late]);
    await Promise.race([this.#workbench[Symbol.asyncDispose](), late]);
  }

  #run(run: Run): void {
    const controller = new AbortController();
    // Every host listens to it, and Node warns of more than ten listeners.
    setMaxListeners(0, controller.signal);
    const running: Running = { controller, screen: undefined, answer: undefined, ended: undefined };
    this.#running.set(run.id, running);
    running.ended = this.#do({ ...run, environment: this.#environment }, running)
      .catch(async (thrown: unknown) => {
        // It would draw how things stand over what went wrong.
        await running.screen?.end(false);
        await this.#refuse(run, bugOf(thrown));
      })
      .finally(() => this.#running.delete(run.id));
  }

  async #do(run: Asked, running: Running): Promise<void> {
    const { line, id, directory } = run;
    const lineWords = wordsOfLine(line);
    if (lineWords === undefined)
      return this.#refuse(run, usageFailure([], { kind: "quote-open", given: line }));
    const words = lineWords.map(({ text }) => text);
    const parsed = parse(words);
    if (!parsed.ok) return this.#refuse(run, parsed.failure);
    const request = parsed.value;
    if (!existsSync(directory)) return this.#refuse(run, { reason: "directory-gone" });
    beSomewhere(directory);
    if (run.unsaved.length > 0 && sendsFiles(request))
      void this.#editor.tell({ kind: "unsaved", files: run.unsaved });
    const editor = this.#editor;
    const { signal } = running.controller;
    if (needsTerminal(request)) return editor.tell({ kind: "terminal", id, words, directory });
    const asksHosts = isOnHosts(request) || request.kind === "doctor";
    if (!isOnHosts(request) || request.plan)
      return report({ ...run, words, asksHosts, editor, pace: this.#pace, cli: this.#cli, signal });
    await actInEditor({
      id,
      title: line,
      request: forEditor(request, { line, words: lineWords }),
      directory,
      environment: run.environment,
      quiet: run.quiet,
      room: run.room,
      workbench: this.#workbench,
      editor,
      signal,
      now: Date.now,
      pace: this.#pace,
      onScreen: (screen) => {
        running.screen = screen;
      },
      agrees: (question) =>
        new Promise((resolve) => {
          running.answer = resolve;
          signal.addEventListener("abort", () => resolve(false), { once: true });
          void editor.tell({ kind: "ask", id, question });
        }),
    });
  }

  /** Shows why nothing was begun. */
  async #refuse(
    { id, room, line }: Pick<Run, "id" | "room" | "line">,
    failure: Failure,
  ): Promise<void> {
    const { texts, marks } = markedLines(failureLines(failure, widthForAdvice(room.width)));
    const { headline } = failureText(failure);
    await this.#editor.tell({
      kind: "draw",
      id,
      title: line,
      log: [],
      status: texts,
      marks,
      brief: "",
      grows: false,
    });
    await this.#editor.tell({
      kind: "ended",
      id,
      outcome: "failed",
      message: headline,
      stays: true,
    });
  }
}

/** Programs cannot be started by a process whose own directory is gone: it goes to another one. */
function beSomewhere(directory: string): void {
  let isThere = false;
  try {
    isThere = existsSync(process.cwd());
  } catch {
    // It was gone before anybody asked.
  }
  if (!isThere) process.chdir(directory);
}

function needsTerminal(request: Request): boolean {
  if (request.kind === "exec") return request.tty === "always";
  if (request.kind === "stop") return request.ids.length === 0 && !request.all && !request.plan;
  return request.kind === "repl" || request.kind === "login" || request.kind === "init";
}

function sendsFiles(request: Request): boolean {
  return request.kind === "exec" ? request.push : senders.includes(request.kind);
}

function isOnHosts(request: Request): request is HostRequest {
  return "hostGroup" in request && request.kind !== "config show" && request.kind !== "doctor";
}

/** The command of an exec is a line for the container's sh, as that of `:!` is one for the shell here. */
function forEditor(
  request: HostRequest,
  {
    line,
    words,
  }: { readonly line: string; readonly words: NonNullable<ReturnType<typeof wordsOfLine>> },
): HostRequest {
  if (request.kind !== "exec") return request;
  const first = words.at(-request.words.length);
  return { ...request, json: true, words: commandLineWords(line.slice(first?.start ?? 0)) };
}
