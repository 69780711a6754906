import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";

/** What one frame carries to the host shell. */
export interface Frame {
  readonly id: number;
  /** Undefined for a program that the host shell has kept. */
  readonly text: string | undefined;
  /** The host shell keeps the text under this name; its inputs come beside it. */
  readonly kept?: { readonly name: string; readonly inputs: string };
  readonly payload: Buffer;
}

/** The bytes of a frame: a header with the lengths, then the bodies; nothing runs before all of it has arrived. */
export function frameBytes(nonce: string, { id, text, kept, payload }: Frame): Buffer {
  const packed = text === undefined ? Buffer.alloc(0) : gzipSync(text, { level: 6 });
  const words = [nonce, id, "run", packed.length, payload.length];
  if (kept !== undefined) words.push(kept.name, kept.inputs);
  return Buffer.concat([Buffer.from(`${words.join(" ")}\n`), packed, payload]);
}

/** What the host shell says, one line each. `frame` is the id of the frame it speaks of. */
export type Answer =
  | { readonly kind: "hello"; readonly version: number }
  | { readonly kind: "pong"; readonly ping: number }
  | { readonly kind: "desync" }
  | { readonly kind: "full"; readonly directory: string }
  | { readonly kind: "event"; readonly frame: number; readonly words: readonly string[] }
  | {
      readonly kind: "output";
      readonly frame: number;
      readonly stream: "stdout" | "stderr";
      readonly bytes: Buffer;
    }
  | { readonly kind: "ended"; readonly frame: number; readonly exitCode: number };

/**
 * One line of the host shell; undefined for everything that is not its own words,
 * e.g. what a noisy startup file prints (also when it prints without a newline before our line).
 */
export function parseAnswer(nonce: string, line: string): Answer | undefined {
  const start = line.indexOf(`${nonce} `);
  if (start < 0) return undefined;
  const [id = "", verb = "", ...words] = line.slice(start + nonce.length + 1).split(" ");
  const frame = Number(id);
  if (!/^\d+$/.test(id)) return undefined;
  const [first = ""] = words;
  switch (verb) {
    case "hello":
      return { kind: "hello", version: Number(first) };
    case "pong":
      return { kind: "pong", ping: Number(first) };
    case "desync":
      return { kind: "desync" };
    case "full":
      return { kind: "full", directory: decodeWord(first) };
    case "ev":
      return { kind: "event", frame, words };
    case "o":
    case "e":
      return {
        kind: "output",
        frame,
        stream: verb === "o" ? "stdout" : "stderr",
        bytes: Buffer.from(first, "base64"),
      };
    case "rc":
      return { kind: "ended", frame, exitCode: Number(first) };
    default:
      return undefined;
  }
}

/** A word that `encoded` of the remote programs made. */
export function decodeWord(word: string | undefined): string {
  return Buffer.from(word ?? "", "base64").toString("utf8");
}

/**
 * A path as the lists of the remote programs hold it: escaped for `printf %b` when it holds a backslash or a newline.
 * Always with three octal digits, so that a digit that follows is not taken for one of them.
 * e.g. a path `a\b` becomes `a\0134b`
 */
export function escapePath(path: string): string {
  return path.replaceAll("\\", "\\0134").replaceAll("\n", "\\0012");
}

/** The path that `escapePath` escaped. */
export function unescapePath(escaped: string): string {
  return escaped.replace(/\\(0012|0134)/g, (_, code: string) => (code === "0012" ? "\n" : "\\"));
}
