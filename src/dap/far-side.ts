import type { Buffer } from "node:buffer";
import type { Far, Introduction } from "../app/debug.ts";
import { framesOf, frameOf } from "../debug/framing.ts";
import type { Framed } from "../debug/framing.ts";
import { messageIn } from "../debug/message.ts";
import type { Message } from "../debug/message.ts";

/** No more of what is said on stderr is kept. */
const mostWords = 10_000;

/** What comes from the far side; see debug.py for the events that are ours. */
export interface FarListener {
  /** What a program prints, as it came: it is much, and nobody here reads it. */
  readonly onOutput: (whole: Buffer) => void;
  readonly onMessage: (message: Message, whole: Buffer) => void;
  /** Resolves when there is room for more: while the editor is busy the program that prints waits, too. */
  readonly taken: () => Promise<void>;
}

/** The far end of the debugger, over one attempt to reach it after the other. */
export class FarSide {
  /** What was said before the far side said anything: said again to the next attempt. */
  #unheard: Buffer[] | undefined = [];
  #stdin: Far["stdin"];
  #words = "";
  readonly #listener: FarListener;

  constructor(listener: FarListener) {
    this.#listener = listener;
  }

  /** What was said there on stderr. */
  get lastWords(): readonly string[] {
    return this.#words
      .split("\n")
      .filter((line) => line.trim() !== "")
      .slice(-20);
  }

  /** Talks with it until it ends. */
  async begin(far: Far, hello: Introduction): Promise<void> {
    this.#stdin = far.stdin;
    far.stdin?.write(frameOf({ seq: 0, type: "request", command: "igorHello", arguments: hello }));
    for (const whole of this.#unheard ?? []) far.stdin?.write(whole);
    await Promise.all([this.#listen(far.stdout), this.#hearWords(far.stderr)]);
  }

  send(message: object | Buffer): void {
    const whole = frameOf(message);
    this.#unheard?.push(whole);
    this.#stdin?.write(whole);
  }

  /** Nothing more will be said: the debugger ends its programs. */
  end(): void {
    this.#stdin?.end();
  }

  async #listen(stdout: AsyncIterable<Buffer>): Promise<void> {
    const read = framesOf(
      (frame) => this.#heard(frame),
      // What is no message is said by whatever took the place of the program.
      (begin) => (this.#words += `${begin}\n`),
    );
    for await (const chunk of stdout) {
      read(chunk);
      await this.#listener.taken();
    }
  }

  #heard({ whole, body }: Framed): void {
    this.#unheard = undefined;
    if (isOutput(body)) {
      this.#listener.onOutput(whole);
      return;
    }
    const message = messageIn(body);
    if (message !== undefined) this.#listener.onMessage(message, whole);
  }

  async #hearWords(stderr: AsyncIterable<Buffer>): Promise<void> {
    for await (const chunk of stderr)
      this.#words = (this.#words + chunk.toString("utf8")).slice(-mostWords);
  }
}

/** debugpy says early in a message what event it is. */
function isOutput(body: Buffer): boolean {
  return /"event": ?"output"/.test(body.toString("latin1", 0, 120));
}
