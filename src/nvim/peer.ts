import { setMaxListeners } from "node:events";
import { existsSync } from "node:fs";
import { bugOf } from "../app/bug.ts";
import { Workbench } from "../app/workbench.ts";
import type { Environment } from "../app/igor.ts";
import type { Failure } from "../model/failure.ts";
import type { HostRequest } from "../request/commands.ts";
import { wordsOfLine } from "../request/command-line.ts";
import { parse, usageFailure } from "../request/parse.ts";
import { failureLines } from "../view/failure-lines.ts";
import { failureText } from "../view/failure-text.ts";
import { actInEditor } from "./act.ts";
import type { EndKind } from "./act.ts";
import { debugging } from "./debug.ts";
import type { DebugAsked } from "./debug.ts";
import type { Editor } from "./editor.ts";
import { widthForAdvice } from "./editor-text.ts";
import { markedLines } from "./marked-lines.ts";
import type { Message } from "./messages.ts";
import { startPace } from "./pace.ts";
import { report } from "./report.ts";
import { forEditor, isOnHosts, needsTerminal, sendsFiles } from "./requests.ts";
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
    if (run.debug !== undefined) return this.#debug({ ...run, debug: run.debug }, running);
    const { line, id, directory } = run;
    const lineWords = wordsOfLine(line);
    if (lineWords === undefined)
      return this.#refuse(run, usageFailure([], { kind: "quote-open", given: line }));
    const words = lineWords.map(({ text }) => text);
    const parsed = parse(words);
    if (!parsed.ok) return this.#refuse(run, parsed.failure);
    const request = parsed.value;
    // Nobody talks with an adapter by a command of the editor.
    if (request.kind === "dap")
      return this.#debug({ ...run, line: "", debug: { file: "", line: 1 } }, running);
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
    await this.#act(
      run,
      { title: line, request: forEditor(request, { line, words: lineWords }) },
      running,
    );
  }

  /** Makes ready what is to be debugged, and hands on what the debugger is to do. */
  async #debug(run: Asked & DebugAsked, running: Running): Promise<void> {
    const { line, directory, unsaved } = run;
    if (!existsSync(directory)) return this.#refuse(run, { reason: "directory-gone" });
    beSomewhere(directory);
    const wanted = await debugging(run);
    if (!wanted.ok) return this.#refuse(run, wanted.failure);
    const { setup, configuration } = wanted.value;
    if (unsaved.length > 0) void this.#editor.tell({ kind: "unsaved", files: unsaved });
    const title = `debug ${line}`.trim();
    const kind =
      setup === undefined
        ? await this.#ended(run)
        : await this.#act(run, { title, request: setup }, running);
    if (kind === "done") await this.#editor.tell({ kind: "debug", configuration });
  }

  /** Nothing had to be done. */
  async #ended({ id }: Pick<Run, "id">): Promise<EndKind> {
    await this.#editor.tell({ kind: "ended", id, outcome: "done", message: "", stays: false });
    return "done";
  }

  async #act(
    run: Asked,
    { title, request }: { readonly title: string; readonly request: HostRequest },
    running: Running,
  ): Promise<EndKind> {
    const { id, directory } = run;
    const { signal } = running.controller;
    const editor = this.#editor;
    return actInEditor({
      id,
      title,
      request,
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
