import { Buffer } from "node:buffer";

/** A stream of bytes without what comes before a mark, e.g. what startup files print before a command. */
export interface AfterMark {
  /** Whether the mark has come. */
  readonly isPast: () => boolean;
  /** What of a further chunk stands behind the mark; empty as long as there was none. */
  read(chunk: Buffer): Buffer;
  /** At the end of a stream in which no mark came: all of it, once. */
  rest(): Buffer;
}

/** The mark is a line of its own, but for what was printed before it without an end of line. */
export function afterMark(mark: string): AfterMark {
  let before: Buffer | undefined = Buffer.alloc(0);
  const nothing = Buffer.alloc(0);
  return {
    isPast: () => before === undefined,
    read(chunk) {
      if (before === undefined) return chunk;
      const seen = Buffer.concat([before, chunk]);
      const at = seen.indexOf(`${mark}\n`);
      before = at < 0 ? seen : undefined;
      return at < 0 ? nothing : seen.subarray(at + mark.length + 1);
    },
    rest() {
      const all = before ?? nothing;
      before = undefined;
      return all;
    },
  };
}
