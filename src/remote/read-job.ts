/** What a job wrote, in its order: lines of the tools it ran, and events as their words. */
export type JobItem =
  | { readonly kind: "line"; readonly text: string }
  | { readonly kind: "event"; readonly words: readonly string[] };

/** Where the reading of a job's log stands between two chunks. */
export interface JobReading {
  readonly nonce: string;
  /** Bytes that may be, or become, an event. */
  readonly undecided: Buffer;
  /** The begin of a line of output whose end has not arrived. */
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
    const lines = splitLines(Buffer.concat([line, isNew ? output : output.subarray(1)]));
    if (output.length > 0) isTold = false;
    line = lines.rest;
    for (const text of lines.complete) items.push({ kind: "line", text });
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
  const { complete, rest } = splitLines(Buffer.concat([reading.line, undecided]));
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

function splitLines(bytes: Buffer): {
  readonly complete: readonly string[];
  readonly rest: Buffer;
} {
  const complete: string[] = [];
  let from = 0;
  for (let at = bytes.indexOf("\n"); at >= 0; at = bytes.indexOf("\n", from)) {
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
