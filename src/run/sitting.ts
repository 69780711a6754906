import { Buffer } from "node:buffer";
import { beginMark, lostMark } from "../remote/begin-mark.ts";
import { everyKey, leaveKeys } from "../remote/leave-keys.ts";
import { keysFrame, sizeFrame } from "../remote/repl.ts";
import type { Attempt, ReplAnswer, Seen, Size } from "../remote/repl.ts";
import { isInNeovim, RawTerminal, terminalSize } from "./raw-terminal.ts";

const ctrlC = 0x03;

/** A user at the terminal of a REPL, over one connection after the other. The terminal is the REPL's from its first word on. */
export class Sitting implements AsyncDisposable {
  /** Resolves when the user goes. */
  readonly left: Promise<"left">;
  #leave: () => void = () => undefined;
  #seen: Seen | undefined;
  #terminal: RawTerminal | undefined;
  #send: ((frame: Buffer) => void) | undefined;
  #keys = keysToLeave();
  #isCut = false;
  readonly #onBack: () => void;
  #told: Size | undefined;

  /** `onBack` is called when the REPL is heard again after it was cut. */
  constructor(onBack: () => void) {
    this.#onBack = onBack;
    this.left = new Promise((resolve) => (this.#leave = () => resolve("left")));
  }

  /** Undefined as long as there was no REPL. */
  get seen(): Seen | undefined {
    return this.#seen;
  }

  /** What the far side is to know of whoever comes. */
  introduction(): Attempt {
    this.#told = terminalSize();
    return { size: this.#told, seen: this.#seen };
  }

  /** Shows what the REPL says; `send` is the way to it. Resolves when more may come. */
  async hear(
    answer: Extract<ReplAnswer, { kind: "attached" | "replay" | "output" }>,
    send: (frame: Buffer) => void,
  ): Promise<void> {
    switch (answer.kind) {
      case "attached":
        if (this.#seen !== undefined && !answer.isGapless) await this.#terminal?.clear();
        this.#seen = answer.seen;
        if (this.#isCut) this.#onBack();
        this.#isCut = false;
        this.#keys = keysToLeave();
        this.#send = send;
        this.#tellSize();
        return this.#begin();
      case "output":
        if (this.#seen !== undefined) {
          const position = this.#seen.position + answer.bytes.length;
          this.#seen = { ...this.#seen, position };
        }
        return this.#terminal?.write(answer.bytes);
      case "replay":
        return this.#terminal?.write(answer.bytes);
    }
  }

  async #begin(): Promise<void> {
    if (this.#terminal !== undefined) return this.#mark(beginMark);
    this.#terminal = new RawTerminal({
      onKeys: (keys) => this.#type(keys),
      onResize: () => this.#tellSize(),
    });
    await this.#mark(beginMark);
  }

  /** Lets an editor know whose words come next. */
  async #mark(mark: string): Promise<void> {
    if (isInNeovim()) await this.#terminal?.write(Buffer.from(mark));
  }

  /** The REPL cannot be heard any more; what is typed until it can be again goes nowhere. */
  async cut(): Promise<void> {
    this.#send = undefined;
    this.#isCut = true;
    this.#keys = keysToLeave();
    await this.#mark(lostMark);
    await this.#terminal?.beginLine();
  }

  /** The terminal is as before; what igor still says begins a line. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#send = undefined;
    await this.#terminal?.[Symbol.asyncDispose]();
    this.#terminal = undefined;
  }

  /** The REPL knows the size from when it was asked for. */
  #tellSize(): void {
    const size = terminalSize();
    if (size.rows === this.#told?.rows && size.columns === this.#told.columns) return;
    this.#told = size;
    this.#send?.(sizeFrame(size));
  }

  #type(keys: Buffer): void {
    const { pass, leaves } = this.#keys.read(keys);
    if (pass.length > 0) this.#send?.(keysFrame(pass));
    if (leaves || (this.#send === undefined && pass.includes(ctrlC))) this.#leave();
  }
}

function keysToLeave(): ReturnType<typeof leaveKeys> {
  return isInNeovim() ? everyKey() : leaveKeys();
}
