import type { Buffer } from "node:buffer";
import type { Size } from "../remote/repl.ts";
import { terminalModes } from "../remote/terminal-modes.ts";
import { startProcess } from "./spawn.ts";

/** Who reads a terminal. */
export interface TerminalReader {
  readonly onKeys: (keys: Buffer) => void;
  readonly onResize: () => void;
}

/**
 * igor's own terminal, which passes every byte as it is while this is open; then it is as it was before, whatever a
 * program did to it.
 */
export class RawTerminal implements AsyncDisposable {
  readonly #modes = terminalModes();
  readonly #reader: TerminalReader;
  readonly #passes: Promise<unknown>;

  constructor(reader: TerminalReader) {
    this.#reader = reader;
    process.stdin.setRawMode(true);
    // Node leaves the terminal to put a carriage return before each line feed.
    this.#passes = startProcess(["stty", "-opost"], {
      streams: { stdin: "inherit", stdout: "ignore", stderr: "ignore" },
    }).ended;
    process.stdin.on("data", reader.onKeys);
    process.stdout.on("resize", reader.onResize);
    process.stdin.resume();
  }

  /** Writes what a program says; resolves when more may come. */
  async write(output: Buffer): Promise<void> {
    await this.#passes;
    this.#modes.read(output);
    await this.#written(output);
  }

  /** The begin of a line, for something that igor says itself. */
  async beginLine(): Promise<void> {
    await this.#passes;
    await this.#written("\r\n");
  }

  /** An empty screen, without anything that a program did to it. */
  async clear(): Promise<void> {
    await this.#passes;
    await this.#written(`${this.#modes.reset()}\x1b[m\x1b[H\x1b[2J`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#passes;
    process.stdin.off("data", this.#reader.onKeys);
    process.stdout.off("resize", this.#reader.onResize);
    process.stdin.pause();
    await this.#written(this.#modes.reset());
    process.stdin.setRawMode(false);
  }

  async #written(output: Buffer | string): Promise<void> {
    if (output.length === 0 || process.stdout.write(output)) return;
    await new Promise((resolve) => {
      process.stdout.once("drain", resolve);
      process.stdout.once("error", resolve);
    });
  }
}

/** The size of igor's terminal. */
export function terminalSize(): Size {
  const { rows, columns } = process.stdout;
  return { rows: rows || 24, columns: columns || 80 };
}

/** Whether igor's terminal is one of Neovim, which tells its terminals so. */
export function isInNeovim(): boolean {
  return process.env["NVIM"] !== undefined;
}
