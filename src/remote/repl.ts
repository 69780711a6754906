import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import type { Keep, Session } from "../model/plan.ts";
import type { Result } from "../model/result.ts";
import { travelling } from "./exec.ts";
import { startedPrograms } from "./exec-parts.ts";
import attachProgram from "./programs/repl-attach.py";
import holdProgram from "./programs/repl-hold.py";
import { compact, programText } from "./programs.ts";
import { assignments, quote } from "./quote.ts";

/** A session whose REPL is kept. */
export type KeptSession = Session & { readonly keep: Keep };

/** How many lines and columns a terminal has. */
export interface Size {
  readonly rows: number;
  readonly columns: number;
}

/** What igor has seen of a REPL. */
export interface Seen {
  /** Of that one, and of no other that has its key. */
  readonly id: string;
  /** So many bytes of its output. */
  readonly position: number;
}

/** One attempt to attach. */
export interface Attempt {
  readonly size: Size;
  /** Undefined the first time: then a REPL is started where there is none. */
  readonly seen: Seen | undefined;
}

/** Loads the program from its environment; 96 is for repl-find, 98 is a fault of ours. */
const load = `import os, sys
if sys.version_info < (3, 7):
    sys.exit(96)
try:
    exec(compile(os.environ.pop("IGOR_REPL"), "igor-repl", "exec"))
except ImportError:
    sys.exit(96)
except Exception:
    import traceback
    traceback.print_exc()
    sys.exit(98)`;

/** The program that ssh takes to the host to attach to a REPL. It fails when the words are longer than sshd lets through. */
export function replText(session: KeptSession, { size, seen }: Attempt): Result<string> {
  const { inputs, keep, words } = session;
  const input = (name: string): string => inputs[name] ?? "";
  const attachWords = [
    keep.key,
    input("in_session"),
    input("in_from"),
    size.rows,
    size.columns,
    seen?.position ?? -1,
    seen?.id ?? "",
    keep.isNew && seen === undefined ? "1" : "",
    keep.expiresAfterSeconds,
    input("in_directory"),
    input("in_workspace"),
  ];
  const text = programText("repl", {
    ...inputs,
    in_lease: "",
    in_key: keep.key,
    in_python: keep.python,
    in_load: load,
    in_find: startedPrograms.find.map(compact).join(""),
    in_end: startedPrograms.end.map(compact).join(""),
    in_wrapper: startedPrograms.wrapper.map(compact).join(""),
    in_attach: withoutComments(attachProgram),
    in_hold: withoutComments(holdProgram),
    in_attach_words: attachWords.map((word) => quote(String(word))).join(" "),
    in_words: words.map(quote).join(" "),
  });
  return travelling(session, text);
}

/** In Python the white space before a line means something. */
function withoutComments(text: string): string {
  return text.replaceAll(/^\s*(?:#.*|"""[^"]*""")\n/gm, "");
}

/**
 * What the far side asks for where the host has to keep the REPL: programs that all others need not wait for. One line,
 * behind the end of what igor has said before.
 */
export function hostPrograms(): Buffer {
  const text = assignments({
    in_exec: startedPrograms.exec.map(compact).join(""),
    in_kill: startedPrograms.kill.map(compact).join(""),
  });
  return Buffer.from(`\n${gzipSync(text, { level: 9 }).toString("base64")}\n`);
}

/** What igor says to the REPL: keys, a new size, or that it lives. e.g. `W000000056 132` is none, `W0000000630 100` is one */
export function keysFrame(keys: Buffer): Buffer {
  return frameOf("K", keys);
}

export function sizeFrame({ rows, columns }: Size): Buffer {
  return frameOf("W", Buffer.from(`${rows} ${columns}`));
}

export function aliveFrame(): Buffer {
  return frameOf("P", Buffer.alloc(0));
}

function frameOf(kind: "K" | "W" | "P", data: Buffer): Buffer {
  const length = data.length.toString(16).padStart(8, "0");
  return Buffer.concat([Buffer.from(kind + length), data]);
}

/** What comes from the REPL. */
export type ReplAnswer =
  | {
      /** The first of all: which REPL it is, how much it has said in all, and whether what comes next is what was missed. */
      readonly kind: "attached";
      readonly seen: Seen;
      readonly isGapless: boolean;
    }
  /** What was on the screen; it does not count. */
  | { readonly kind: "replay"; readonly bytes: Buffer }
  | { readonly kind: "output"; readonly bytes: Buffer }
  /** `because` is `oom`, or why it never began, as outcomes have it. */
  | { readonly kind: "ended"; readonly exitCode: number; readonly because: string | undefined }
  /** Somebody or something ended it. */
  | { readonly kind: "stopped"; readonly by: string }
  /** The far side waits for the programs of `hostPrograms`. */
  | { readonly kind: "asks" }
  /** There is none, and why; `aside` is what was said between the frames, where engines put their words. */
  | { readonly kind: "refused"; readonly why: string; readonly aside: string };

const headerBytes = 9;
const header = /[A-Z][0-9a-f]{8}/;

/** Reads what comes from the REPL, at any split of its chunks, and over what is no frame. */
export function replReader(onAnswer: (answer: ReplAnswer) => void): (chunk: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0);
  let aside = "";
  /** Docker says on stdout why it cannot begin a command: what is no frame ends where one begins. */
  const putAside = (): void => {
    const at = header.exec(pending.toString("latin1"))?.index ?? pending.length - headerBytes + 1;
    aside = (aside + pending.toString("utf8", 0, at)).slice(-10_000);
    pending = pending.subarray(at);
  };
  return (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (pending.length >= headerBytes) {
      if (!header.test(pending.toString("latin1", 0, headerBytes))) {
        putAside();
        continue;
      }
      const kind = String.fromCharCode(pending[0] ?? 0);
      const length = Number.parseInt(pending.toString("latin1", 1, headerBytes), 16);
      if (pending.length < headerBytes + length) return;
      const data = pending.subarray(headerBytes, headerBytes + length);
      pending = pending.subarray(headerBytes + length);
      const answer = answerOf(kind, data);
      if (answer !== undefined) onAnswer(answer.kind === "refused" ? { ...answer, aside } : answer);
    }
  };
}

function answerOf(kind: string, bytes: Buffer): ReplAnswer | undefined {
  const text = (): string => bytes.toString("utf8");
  switch (kind) {
    case "S": {
      const [id = "", how, position] = text().split(" ");
      const seen = { id, position: Number(position) };
      return { kind: "attached", seen, isGapless: how === "again" };
    }
    case "R":
      return { kind: "replay", bytes };
    case "O":
      return { kind: "output", bytes };
    case "E": {
      const [code = "", ...because] = text().split(" ");
      return { kind: "ended", exitCode: Number(code), because: because.join(" ") || undefined };
    }
    case "X":
      return { kind: "stopped", by: text() };
    case "A":
      return { kind: "asks" };
    case "N":
      return { kind: "refused", why: text(), aside: "" };
    default:
      return undefined;
  }
}
