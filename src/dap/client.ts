import type { Buffer } from "node:buffer";
import type { Writable } from "node:stream";
import { frameOf } from "../debug/framing.ts";
import type { Request } from "../debug/message.ts";

/** The numbers of our own messages are far from those of debugpy, which counts from 1. */
const firstSeq = 1_000_000;

/** The editor, as igor talks to it. */
export class Client {
  readonly #output: Writable;
  #seq = firstSeq;

  constructor(output: Writable) {
    this.#output = output;
    // An editor that went away is noticed by the end of its words.
    output.on("error", () => undefined);
  }

  /** Hands on a message as it came. */
  pass(whole: Buffer): void {
    this.#write(whole);
  }

  /** Hands on a message that was changed. */
  send(message: object): void {
    this.#write(frameOf(message));
  }

  event(event: string, body: object = {}): void {
    this.send({ seq: this.#seq++, type: "event", event, body });
  }

  /** A text in the editor's window for what the debugger and its programs say. */
  say(output: string, category: "console" | "stderr" = "console"): void {
    if (output !== "") this.event("output", { category, output });
  }

  answer({ seq, command }: Request, body: object = {}): void {
    this.send({ ...this.#head(seq, command), success: true, body });
  }

  /** A failure without a body: what editors show of one is their own affair, the message they show whole. */
  refuse({ seq, command }: Request, message: string): void {
    this.send({ ...this.#head(seq, command), success: false, message });
  }

  /** Resolves at once where the editor takes more, else when it has taken what there is. */
  async taken(): Promise<void> {
    if (this.#output.writableNeedDrain) await this.flushed();
  }

  /** Resolves when all of it was taken. */
  async flushed(): Promise<void> {
    await new Promise<void>((resolve) => this.#output.write("", () => resolve()));
  }

  /** What comes in one breath is written at once: a program may print much. */
  #write(whole: Buffer): void {
    if (this.#output.writableCorked === 0) {
      this.#output.cork();
      process.nextTick(() => this.#output.uncork());
    }
    this.#output.write(whole);
  }

  #head(request_seq: number, command: string): object {
    return { seq: this.#seq++, type: "response", request_seq, command };
  }
}
