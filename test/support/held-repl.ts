import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { readdirSync } from "node:fs";
import { startedPrograms } from "../../src/remote/exec-parts.ts";
import attachProgram from "../../src/remote/programs/repl-attach.py";
import holdProgram from "../../src/remote/programs/repl-hold.py";
import { compact } from "../../src/remote/programs.ts";
import { keysFrame, replReader, sizeFrame } from "../../src/remote/repl.ts";
import type { ReplAnswer, Seen, Size } from "../../src/remote/repl.ts";
import { temporaryDirectory } from "./temporary.ts";
import { until } from "./until.ts";

/** How somebody attaches; the rest is usual. */
export interface Attaching {
  readonly words?: readonly string[];
  readonly id?: string;
  readonly from?: string;
  readonly size?: Size;
  readonly seen?: Seen;
  readonly isNew?: boolean;
  readonly expires?: number;
  readonly key?: string;
  /** After so many seconds without a word from igor whoever is attached is given up. */
  readonly silence?: number;
}

/** Somebody who is attached, without a terminal and without ssh. */
export interface Attached {
  readonly child: ChildProcess;
  readonly answers: readonly ReplAnswer[];
  /** All that was replayed and said. */
  text(): string;
  type(keys: string | Buffer): void;
  resize(size: Size): void;
  says(text: string | RegExp): Promise<string>;
  /** The last answer, once the relay is gone. */
  readonly end: () => Promise<ReplAnswer | undefined>;
}

/** Where REPLs are kept. */
export interface ReplPlace {
  readonly root: string;
  /** Paths of all that is there. */
  readonly left: () => readonly string[];
  attach(how?: Attaching): Attached;
}

/** A place of its own, as a container is one: on this machine, with this machine's Python. */
export function aReplPlace(): ReplPlace {
  const root = temporaryDirectory("igor-repl-");
  return {
    root,
    left: () => readdirSync(root, { recursive: true }).map(String),
    attach: (how = {}) => attachTo(root, how),
  };
}

let count = 0;

function attachTo(root: string, how: Attaching): Attached {
  const { size = { rows: 24, columns: 80 }, seen, words = ["sh"] } = how;
  const argv = [
    how.key ?? "key",
    how.id ?? `id${String(++count)}`,
    how.from ?? "kim%40falcon",
    size.rows,
    size.columns,
    seen?.position ?? -1,
    seen?.id ?? "",
    how.isNew === true ? "1" : "",
    how.expires ?? 86_400,
    "/",
    "/nowhere",
    ...words,
  ];
  const program = attachProgram.replace("SILENCE = 30", `SILENCE = ${String(how.silence ?? 30)}`);
  const child = spawn("python3", ["-I", "-S", "-c", program, ...argv.map(String)], {
    stdio: ["pipe", "pipe", "inherit"],
    env: {
      ...process.env,
      IGOR_ROOTS: `/nowhere ${root}`,
      IGOR_HOLD: holdProgram.replace("GRACE = 5", "GRACE = 1"),
      IGOR_END: startedPrograms.end
        .map(compact)
        .join("")
        .replaceAll("/tmp/igor-repl", `${root}/igor-repl`),
      IGOR_WORDS: startedPrograms.wrapper.map(compact).join(""),
    },
  });
  child.stdin.on("error", () => undefined);
  const answers: ReplAnswer[] = [];
  let text = "";
  const read = replReader((answer) => {
    answers.push(answer);
    if ("bytes" in answer) text += answer.bytes.toString("utf8");
  });
  child.stdout.on("data", (chunk: Buffer) => read(chunk));
  const gone = new Promise((resolve) => child.once("close", resolve));
  return {
    child,
    answers,
    text: () => text,
    type: (keys) => void child.stdin.write(keysFrame(Buffer.from(keys))),
    resize: (next) => void child.stdin.write(sizeFrame(next)),
    says: async (wanted) => {
      await until(
        `the REPL to say ${String(wanted)}; it said ${JSON.stringify(text.slice(-500))}`,
        () => (typeof wanted === "string" ? text.includes(wanted) : wanted.test(text)),
      );
      return text;
    },
    end: async () => {
      await gone;
      return answers.at(-1);
    },
  };
}

/** What igor has seen of a REPL. */
export function seenBy({ answers }: Attached): Seen {
  let seen: Seen | undefined;
  for (const answer of answers) {
    if (answer.kind === "attached") seen = answer.seen;
    if (answer.kind === "output" && seen !== undefined)
      seen = { ...seen, position: seen.position + answer.bytes.length };
  }
  if (seen === undefined) throw new Error("nothing was seen");
  return seen;
}
