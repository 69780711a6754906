import { Buffer, isUtf8 } from "node:buffer";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Emit } from "../model/event.ts";
import { afterMark } from "../remote/after-mark.ts";
import type { Running } from "./spawn.ts";

/** A line of a command that goes on for longer is shown in pieces of so many bytes. */
const longestLine = 64 * 1024;
const newline = 0x0a;

/** Where lines of a command are told. */
export interface LinesTold {
  readonly host: string;
  readonly emit: Emit;
  /** What comes before this line of its own is of startup files. */
  readonly mark: string;
}

/**
 * Tells the lines of a command that shares the screen with others; the returned function waits until all are told.
 * While nobody reads them the command waits, too.
 */
export function tellLines(child: Running, { host, emit, mark }: LinesTold): () => Promise<void> {
  const telling = (["stdout", "stderr"] as const).map(async (stream) => {
    const reader = commandLines((line) =>
      emit({ type: "output", host, of: "command", stream, line, at: Date.now() }),
    );
    try {
      for await (const bytes of behind(child[stream], mark)) {
        reader.write(bytes);
        await Promise.all([process.stdout, process.stderr].map(hasBeenRead));
      }
    } catch {
      // Closed from here: what has come by then counts.
    }
    reader.end();
  });
  return async () => {
    await Promise.all(telling);
  };
}

/** Passes on, byte by byte, what a command says behind a mark; the returned function waits until all has been read. */
export function passOn(child: Running, mark: string): () => Promise<void> {
  const passing = (["stdout", "stderr"] as const).map((stream) =>
    // A reader that has left, or what ended the command, is told by others.
    pipeline(behind(child[stream], mark), process[stream], { end: false }).catch(() => undefined),
  );
  return async () => {
    await Promise.all(passing);
  };
}

/** A program of igor that talks with a command. */
export interface Talk {
  /**
   * Called at each attempt to begin the session, of which the last one counts; what was written to one that never began
   * is lost. Resolves when everything was read.
   */
  readonly begin: (far: Far) => Promise<void>;
}

/** The streams of a command, behind what startup files of its host say. */
export interface Far {
  readonly stdin: Writable | undefined;
  readonly stdout: AsyncIterable<Buffer>;
  readonly stderr: AsyncIterable<Buffer>;
}

/** Lets a program talk with a command; the returned function waits until it has read everything. */
export function talk(child: Running, mark: string, { begin }: Talk): () => Promise<void> {
  const talking = begin({
    stdin: child.stdin,
    stdout: behind(child.stdout, mark),
    stderr: behind(child.stderr, mark),
  }).catch(() => undefined);
  return () => talking;
}

async function* behind(stream: Readable | undefined, mark: string): AsyncGenerator<Buffer> {
  const said = afterMark(mark);
  for await (const chunk of stream ?? []) yield said.read(chunk as Buffer);
  yield said.rest();
}

/** Resolves at once where a stream takes more, else when what was written to it has been taken. */
async function hasBeenRead(stream: Writable): Promise<void> {
  if (stream.writableNeedDrain) await new Promise((resolve) => stream.write("", resolve));
}

/**
 * Cuts the output of a command into lines of text, at any split of its chunks. Nothing is lost: what is not UTF-8 is
 * written as `\xNN`, a line without an end is told by `end`, an endless one comes in pieces.
 */
export function commandLines(onLine: (line: string) => void): {
  write(chunk: Buffer): void;
  end(): void;
} {
  let pending: Buffer[] = [];
  let bytes = 0;
  const flush = (): void => {
    onLine(textOf(Buffer.concat(pending)));
    pending = [];
    bytes = 0;
  };
  const keep = (part: Buffer): void => {
    pending.push(part);
    bytes += part.length;
  };
  return {
    write(chunk) {
      let start = 0;
      while (start < chunk.length) {
        const at = chunk.indexOf(newline, start);
        const end = Math.min(at < 0 ? chunk.length : at, start + longestLine - bytes);
        keep(chunk.subarray(start, end));
        start = end;
        if (end === at) {
          flush();
          start++;
        } else if (bytes === longestLine) splitOff();
      }
    },
    end() {
      if (bytes > 0) flush();
    },
  };

  /** An endless line is not cut within a character. */
  function splitOff(): void {
    const whole = Buffer.concat(pending);
    const cut = wholeCharacters(whole);
    pending = [whole.subarray(0, cut)];
    flush();
    keep(whole.subarray(cut));
  }
}

/** How many bytes from the start hold whole UTF-8 characters; all of them when the last bytes are none. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= 3; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? bytes.length - back : bytes.length;
    }
    if (byte < 0x80) break;
  }
  return bytes.length;
}

function textOf(line: Buffer): string {
  if (isUtf8(line)) return line.toString("utf8");
  let text = "";
  let start = 0;
  while (start < line.length) {
    const length = [1, 2, 3, 4].find(
      (count) => start + count <= line.length && isUtf8(line.subarray(start, start + count)),
    );
    text +=
      length === undefined
        ? `\\x${(line[start] ?? 0).toString(16).padStart(2, "0")}`
        : line.toString("utf8", start, start + length);
    start += length ?? 1;
  }
  return text;
}
