import type { Buffer } from "node:buffer";
import type { Failure } from "../model/failure.ts";
import type { Result } from "../model/result.ts";
import { afterMark } from "../remote/after-mark.ts";
import { commandFor } from "../remote/boot.ts";
import type { LoginShell } from "../remote/boot.ts";
import { aliveFrame, hostPrograms, replReader, replText } from "../remote/repl.ts";
import type { KeptSession, ReplAnswer } from "../remote/repl.ts";
import { sessionArgv } from "../remote/ssh.ts";
import type { Connection } from "../remote/ssh.ts";
import { lastLines } from "./connection.ts";
import type { HostShell } from "./host-shell.ts";
import { aborted, overtaken } from "./session-way.ts";
import type { Sitting } from "./sitting.ts";
import { startProcess } from "./spawn.ts";
import type { Running } from "./spawn.ts";

/** How often the far side hears that igor lives; see repl-attach. */
const aliveEveryMs = 5000;

/** One way to a REPL. */
export interface Way {
  readonly session: KeptSession;
  readonly connection: Connection;
  readonly login: LoginShell;
  /** It tells when the link dies. */
  readonly shell: Promise<Result<HostShell>>;
  readonly signal: AbortSignal;
}

/** How being attached ended; `cut`: the REPL may go on, but not with us. */
export type AttachEnd =
  | Extract<ReplAnswer, { kind: "ended" | "stopped" }>
  | (Extract<ReplAnswer, { kind: "refused" }> & { readonly lastWords: readonly string[] })
  | { readonly kind: "failed"; readonly failure: Failure }
  | { readonly kind: "cut"; readonly lastWords: readonly string[] }
  | { readonly kind: "left" }
  | { readonly kind: "cancelled" };

/** Attaches the user to a REPL, in a session of its own without a terminal, until one of them ends that, or the link dies. */
export async function attach(way: Way, sitting: Sitting): Promise<AttachEnd> {
  const { session, connection, login, shell, signal } = way;
  const text = replText(session, sitting.introduction());
  if (!text.ok) return { kind: "failed", failure: text.failure };
  const mark = `igor-${session.inputs["in_session"] ?? ""}`;
  const command = commandFor(login, `echo ${mark}\necho ${mark} >&2\n${text.value}`);
  const [ssh, ...options] = sessionArgv(connection, command, "no-tty");
  const child = startProcess([ssh, "-o", "LogLevel=ERROR", "-o", "ControlMaster=no", ...options], {
    apart: true,
  });
  const words = wordsOf(child, mark);
  const alive = setInterval(() => child.stdin?.write(aliveFrame()), aliveEveryMs);
  const end = await Promise.race([
    heard(child, mark, sitting),
    sitting.left,
    aborted(signal),
    died(shell),
    overtaken(shell, connection),
  ]);
  clearInterval(alive);
  if (end === undefined) await child.ended;
  // A dead shared connection holds the other ends of these pipes.
  child.end("SIGTERM");
  child.stdout?.destroy();
  child.stderr?.destroy();
  const aside = typeof end === "object" && end.kind === "refused" ? end.aside : "";
  const lastWords = lastLines(`${aside}\n${words()}`);
  if (end === "left") return { kind: "left" };
  if (end === "aborted") return { kind: "cancelled" };
  if (end === undefined || typeof end === "string") return { kind: "cut", lastWords };
  return end.kind === "refused" ? { ...end, lastWords } : end;
}

/** Lets the user hear the REPL, to its last word; undefined when the way to it ends before. */
async function heard(
  child: Running,
  mark: string,
  sitting: Sitting,
): Promise<Extract<ReplAnswer, { kind: "ended" | "stopped" | "refused" }> | undefined> {
  const said = afterMark(mark);
  const answers: ReplAnswer[] = [];
  const read = replReader((answer) => answers.push(answer));
  const send = (frame: Buffer): void => void child.stdin?.write(frame);
  try {
    for await (const chunk of child.stdout ?? []) {
      read(said.read(chunk as Buffer));
      for (const answer of answers.splice(0)) {
        switch (answer.kind) {
          case "attached":
          case "replay":
          case "output":
            await sitting.hear(answer, send);
            break;
          case "asks":
            send(hostPrograms());
            break;
          case "ended":
          case "stopped":
          case "refused":
            return answer;
        }
      }
    }
  } catch {
    // Closed from here.
  }
  return undefined;
}

/** Collects what is said on stderr behind the mark. */
function wordsOf(child: Running, mark: string): () => string {
  const said = afterMark(mark);
  let words = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    words = (words + said.read(chunk).toString("utf8")).slice(-10_000);
  });
  return () => words;
}

async function died(shell: Promise<Result<HostShell>>): Promise<"died"> {
  const opened = await shell;
  if (opened.ok) await opened.value.died;
  else await new Promise(() => undefined);
  return "died";
}
