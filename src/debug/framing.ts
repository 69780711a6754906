import { Buffer } from "node:buffer";

/** A message of the Debug Adapter Protocol as it travels: `Content-Length: N`, an empty line, N bytes of JSON. */
export function frameOf(message: object | Buffer): Buffer {
  const body = Buffer.isBuffer(message) ? message : Buffer.from(JSON.stringify(message));
  return Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]);
}

/** One message: as it came, and the JSON in it. */
export interface Framed {
  readonly whole: Buffer;
  readonly body: Buffer;
}

/** No header of a message is longer. */
const longestHeader = 4096;

/**
 * Cuts a stream into messages, at any split of its chunks. What cannot be a message any more is told once by `onBroken`,
 * with its begin; nothing of the stream is read after that.
 */
export function framesOf(
  onFrame: (frame: Framed) => void,
  onBroken: (begin: string) => void,
): (chunk: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0);
  /** What has come of a message that is longer than what is pending, and how much of it there must be. */
  let more: Buffer[] = [];
  let moreBytes = 0;
  let wanted = 0;
  let isBroken = false;
  return (chunk) => {
    if (isBroken) return;
    more.push(chunk);
    moreBytes += chunk.length;
    if (pending.length + moreBytes < wanted) return;
    pending = pending.length === 0 && more.length === 1 ? chunk : Buffer.concat([pending, ...more]);
    more = [];
    moreBytes = wanted = 0;
    for (;;) {
      const end = pending.indexOf("\r\n\r\n");
      if (end < 0 && pending.length <= longestHeader) return;
      const length = end < 0 ? undefined : lengthIn(pending.toString("latin1", 0, end));
      if (length === undefined) {
        isBroken = true;
        onBroken(pending.toString("utf8", 0, 200));
        return;
      }
      const start = end + 4;
      wanted = start + length;
      if (pending.length < wanted) return;
      const whole = pending.subarray(0, wanted);
      pending = pending.subarray(wanted);
      wanted = 0;
      onFrame({ whole, body: whole.subarray(start) });
    }
  };
}

function lengthIn(header: string): number | undefined {
  const found = /^content-length: *(\d{1,9})$/im.exec(header)?.[1];
  return found === undefined ? undefined : Number(found);
}
