/** A line that is longer is told in parts, e.g. that of a program that waits for nobody and prints dots. */
const longestLine = 65_536;

/** What a job wrote, in its order: lines of the tools it ran, and events as their words. */
export type JobItem =
  | { readonly kind: "line"; readonly text: string }
  | { readonly kind: "event"; readonly words: readonly string[] };

/** Where the reading of a job's log stands between two chunks. */
export interface JobReading {
  readonly nonce: string;
  /** Bytes that may be, or become, an event. */
  readonly undecided: Buffer;
  /** The begin of a line of output whose end has not arrived, as far as it can still be seen in the end. */
  readonly line: Buffer;
  /** The first undecided byte ends a line that was told already, if it is not the begin of an event. */
  readonly isTold: boolean;
}

export function startJobReading(nonce: string): JobReading {
  return { nonce, undecided: Buffer.alloc(0), line: Buffer.alloc(0), isTold: false };
}

/**
 * Reads on, however the bytes are cut. An event is `\nNONCE ev WORDS\n`, both line breaks its own: without the events,
 * the bytes are exactly what the tools wrote. A line is told as soon as it ends, or an event comes after it.
 */
export function advanceJobReading(
  reading: JobReading,
  chunk: Uint8Array,
): { readonly reading: JobReading; readonly items: readonly JobItem[] } {
  const mark = Buffer.from(`\n${reading.nonce} ev `);
  const items: JobItem[] = [];
  let bytes = Buffer.concat([reading.undecided, chunk]);
  let { line, isTold } = reading;
  const write = (output: Buffer): void => {
    const isNew = output.length === 0 || !isTold;
    const lines = splitLines(line, isNew ? output : output.subarray(1));
    if (output.length > 0) isTold = false;
    for (const text of lines.complete) items.push({ kind: "line", text });
    line = lastDraft(lines.rest);
    while (line.length > longestLine) {
      const end = endOfCharacter(line, longestLine);
      items.push({ kind: "line", text: lineText(line.subarray(0, end)) });
      line = line.subarray(end);
    }
  };
  const endLine = (): void => {
    if (line.length > 0) items.push({ kind: "line", text: lineText(line) });
    line = Buffer.alloc(0);
  };
  for (;;) {
    const at = bytes.indexOf(mark);
    if (at < 0) {
      const kept = beginOfMark(bytes, mark);
      write(bytes.subarray(0, kept));
      if (kept < bytes.length && line.length > 0) {
        endLine();
        isTold = true;
      }
      return { reading: { ...reading, undecided: bytes.subarray(kept), line, isTold }, items };
    }
    write(bytes.subarray(0, at));
    isTold ||= line.length > 0;
    endLine();
    const end = bytes.indexOf("\n", at + mark.length);
    if (end < 0)
      return { reading: { ...reading, undecided: bytes.subarray(at), line, isTold }, items };
    const words = bytes
      .subarray(at + mark.length, end)
      .toString("utf8")
      .split(" ");
    items.push({ kind: "event", words });
    isTold = false;
    bytes = bytes.subarray(end + 1);
  }
}

/** What is left when the log is complete. */
export function endJobReading(reading: JobReading): readonly JobItem[] {
  const undecided = reading.undecided.subarray(reading.isTold ? 1 : 0);
  const { complete, rest } = splitLines(reading.line, undecided);
  const last = lineText(rest);
  return [...complete, ...(last === "" ? [] : [last])].map((text) => ({ kind: "line", text }));
}

/** Where the bytes end in what may be the begin of a mark; their length when they do not. */
function beginOfMark(bytes: Buffer, mark: Buffer): number {
  const from = Math.max(0, bytes.length - mark.length + 1);
  for (let at = bytes.indexOf("\n", from); at >= 0; at = bytes.indexOf("\n", at + 1)) {
    if (mark.subarray(0, bytes.length - at).equals(bytes.subarray(at))) return at;
  }
  return bytes.length;
}

/** `line` holds no line break. */
function splitLines(
  line: Buffer,
  more: Buffer,
): {
  readonly complete: readonly string[];
  readonly rest: Buffer;
} {
  const bytes = Buffer.concat([line, more]);
  const complete: string[] = [];
  let from = 0;
  for (let at = bytes.indexOf("\n", line.length); at >= 0; at = bytes.indexOf("\n", from)) {
    complete.push(lineText(bytes.subarray(from, at)));
    from = at + 1;
  }
  return { complete, rest: bytes.subarray(from) };
}

/** A line as it looks at last, when a tool wrote over it with carriage returns. */
function lineText(bytes: Buffer): string {
  const drafts = bytes.toString("utf8").split("\r");
  return drafts.findLast((draft) => draft !== "") ?? "";
}

/** The same line without what it was written over. e.g. `10%\r50%\r` is `50%\r` */
function lastDraft(line: Buffer): Buffer {
  let end = line.length;
  while (end > 0 && line[end - 1] === 0x0d) end -= 1;
  const at = end === 0 ? -1 : line.lastIndexOf("\r", end - 1);
  return line.subarray(at + 1, end + 1);
}

/** Where a character of UTF-8 ends, at `most` or a little before. */
function endOfCharacter(bytes: Buffer, most: number): number {
  let end = most;
  while (end > most - 4 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return end;
}
