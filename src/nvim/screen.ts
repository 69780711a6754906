import type { Event } from "../model/event.ts";
import type { Failure } from "../model/failure.ts";
import { briefText, percentOf } from "../view/brief-text.ts";
import { findingLines } from "../view/finding-lines.ts";
import { frameOf } from "../view/lines.ts";
import { logLine } from "../view/log-line.ts";
import { advance, startView } from "../view/view.ts";
import type { View } from "../view/view.ts";
import { statusLines } from "../view/status-lines.ts";
import type { Editor } from "./editor.ts";
import { widthForAdvice } from "./editor-text.ts";
import { markedLines } from "./marked-lines.ts";
import type { Room } from "./messages.ts";
import type { Pace } from "./pace.ts";

/** What is over at once needs no window. */
export const quietForMs = 100;
/** The clocks and the turning mark. */
const tickMs = 100;
/** The editor takes so many lines, and no more bytes, in less than a frame of 16 ms. */
const mostInFrame = { lines: 2000, bytes: 500_000 };
/** Lines that wait for the next frame; more than the editor keeps are not kept here either. */
const mostWaiting = 10_000;

/** The screen of one action in the editor: a reader of its events that draws a float. */
export class FloatScreen {
  readonly #id: number;
  readonly #title: string;
  readonly #editor: Editor;
  readonly #now: () => number;
  readonly #pace: Pace;
  #room: Room;
  #view: View = startView;
  readonly #waiting: string[] = [];
  #isShown = false;
  readonly #over = new AbortController();
  /** A frame that waits for its turn or is on its way; a Neovim that waits for a key takes none. */
  #drawing: Promise<void> | undefined;
  #isStale = false;
  readonly #begin: NodeJS.Timeout | undefined;
  #tick: NodeJS.Timeout | undefined;
  #growsFor: "nothing" | "command" | "failure" = "nothing";

  constructor(options: {
    readonly id: number;
    readonly title: string;
    readonly editor: Editor;
    readonly room: Room;
    /** Shown only at its end, if then. */
    readonly quiet: boolean;
    readonly now: () => number;
    readonly pace: Pace;
  }) {
    this.#id = options.id;
    this.#title = options.title;
    this.#editor = options.editor;
    this.#room = options.room;
    this.#now = options.now;
    this.#pace = options.pace;
    this.#begin = options.quiet ? undefined : setTimeout(() => this.#show(), quietForMs);
  }

  /** What there is to see now. */
  get view(): View {
    return this.#view;
  }

  emit(event: Event): void {
    this.#view = advance(this.#view, event);
    if (event.type === "output") {
      this.#waiting.push(logLine(this.#view, event));
      if (this.#waiting.length > mostWaiting) this.#waiting.shift();
      if (event.of === "command" || event.of === "log") this.#growsFor = "command";
    }
    if (isFailure(event)) this.#growsFor = "failure";
    this.#drawSoon();
  }

  /** The size of the editor has changed. */
  resize(room: Room): void {
    this.#room = room;
    this.#drawSoon();
  }

  /** The last frame, shown also when nothing was shown before. The value: whether there is something to be read in it. */
  async end(stays: boolean): Promise<void> {
    this.#stop();
    if (stays) this.#isShown = true;
    if (!this.#isShown) return;
    // A frame that still waits for its turn is already the last one, and waits no more: nor does who wants to know.
    this.#isStale = true;
    await this.#drawing;
    while (this.#isBehind()) await this.#draw();
  }

  #stop(): void {
    this.#over.abort();
    clearTimeout(this.#begin);
    clearInterval(this.#tick);
  }

  #show(): void {
    this.#isShown = true;
    this.#tick = setInterval(() => this.#drawSoon(), tickMs);
    void this.#draw();
  }

  #drawSoon(): void {
    if (!this.#isShown || this.#over.signal.aborted) return;
    if (this.#drawing === undefined) void this.#draw();
    else this.#isStale = true;
  }

  /** Whether something happened while a frame was on its way, or did not fit in it. */
  #isBehind(): boolean {
    return this.#isStale || this.#waiting.length > 0;
  }

  /** Of the lines that wait, those that the next frame takes: one at least. */
  #countForFrame(): number {
    let bytes = 0;
    const end = this.#waiting.findIndex((line, index) => {
      bytes += line.length;
      return index > 0 && (index >= mostInFrame.lines || bytes > mostInFrame.bytes);
    });
    return end < 0 ? this.#waiting.length : end;
  }

  #draw(): Promise<void> {
    this.#drawing = this.#pace(this.#over.signal)
      .then(() => this.#tell())
      .then(() => {
        this.#drawing = undefined;
        if (this.#isBehind()) this.#drawSoon();
      });
    return this.#drawing;
  }

  async #tell(): Promise<void> {
    this.#isStale = false;
    const log = this.#waiting.splice(0, this.#countForFrame());
    const { height } = this.#room;
    const width = widthForAdvice(this.#room.width);
    const lines = [
      ...this.#view.hosts.flatMap((host) =>
        host.endedAt === undefined ? [] : statusLines(this.#view, host, width),
      ),
      ...(this.#view.endedAt === undefined ? [] : findingLines(this.#view, width)),
      ...frameOf(this.#view, this.#now(), { width, height }),
    ];
    const { texts, marks } = markedLines(lines);
    const percent = percentOf(this.#view);
    await this.#editor.tell({
      kind: "draw",
      id: this.#id,
      title: this.#title,
      log,
      status: texts,
      marks,
      brief: briefText(this.#view, this.#now()),
      ...(percent === undefined ? {} : { percent }),
      grows: this.#growsFor !== "nothing",
    });
  }
}

function isFailure(event: Event): boolean {
  const failure: Failure | undefined =
    event.type === "host-ended" || event.type === "failed" ? event.failure : undefined;
  return failure !== undefined && failure.reason !== "cancelled";
}
