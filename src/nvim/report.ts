import { execFile } from "node:child_process";
import type { Environment } from "../app/igor.ts";
import type { Editor } from "./editor.ts";
import type { Pace } from "./pace.ts";
import { quietForMs } from "./screen.ts";

/** A verb that answers with text, as on the command line. */
export interface Reported {
  readonly id: number;
  /** What the user typed, e.g. `doctor -g cluster`. */
  readonly line: string;
  readonly words: readonly string[];
  /** It looks at hosts, which takes longer. */
  readonly asksHosts: boolean;
  readonly directory: string;
  readonly environment: Environment;
  readonly editor: Editor;
  /** Of all that draw in this editor. */
  readonly pace: Pace;
  /** The bundle of the command line. */
  readonly cli: string;
  readonly signal: AbortSignal;
}

/** More of a report, in bytes, nobody reads in an editor. */
const mostReport = 16_000_000;
const cutOff = "ERR_CHILD_PROCESS_STDIO_MAXBUFFER";

/** What only has to be started needs no window before, either. */
const startsWithinMs = 500;
const tickMs = 1000;

/** What says where igor keeps files, in this process: what is open here stays where it is. */
function whereFilesAre({
  XDG_STATE_HOME,
  XDG_CACHE_HOME,
  XDG_RUNTIME_DIR,
}: Environment): Environment {
  return { XDG_STATE_HOME, XDG_CACHE_HOME, XDG_RUNTIME_DIR };
}

/** Runs the verb, and gives the editor its text to be read; while that takes, a float says so. */
export async function report(reported: Reported): Promise<void> {
  const { id, line, editor, signal } = reported;
  const stop = showWaiting(reported);
  const lines = await linesOf(reported);
  await stop();
  if (signal.aborted) {
    const end = { kind: "ended", id, outcome: "cancelled", message: "cancelled" } as const;
    return editor.tell({ ...end, stays: false });
  }
  return editor.tell({ kind: "report", id, title: line, lines });
}

function linesOf({
  words,
  cli,
  directory,
  environment,
  signal,
}: Reported): Promise<readonly string[]> {
  const env = { ...environment, ...whereFilesAre(process.env), NO_COLOR: "1" };
  return new Promise((resolve) => {
    const options = { cwd: directory, env, signal, maxBuffer: mostReport };
    execFile(process.execPath, [cli, ...words], options, (error, stdout, stderr) => {
      const told = `${stdout}${stderr}`.trimEnd().split("\n");
      const isCut = error !== null && "code" in error && error.code === cutOff;
      resolve(isCut ? [...told, "(there is more of it: use the command line)"] : told);
    });
  });
}

/** Draws how long it has taken, until the returned function is called. */
function showWaiting({ id, line, editor, pace, asksHosts }: Reported): () => Promise<void> {
  const began = Date.now();
  let drawn: Promise<void> | undefined;
  const draw = (text: string, brief: string): void => {
    const frame = { kind: "draw", id, title: line, log: [], marks: [], grows: false } as const;
    drawn = pace().then(() => editor.tell({ ...frame, status: [text], brief }));
  };
  const show = (): void => {
    const text = `runs for ${String(Math.floor((Date.now() - began) / 1000))} s`;
    draw(text, `${line}: ${text}`);
  };
  let tick: NodeJS.Timeout | undefined;
  const begin = setTimeout(
    () => {
      show();
      tick = setInterval(show, tickMs);
    },
    asksHosts ? quietForMs : startsWithinMs,
  );
  return async () => {
    clearTimeout(begin);
    clearInterval(tick);
    await drawn;
    if (drawn !== undefined) draw("has ended; what it says opens in Normal mode", "");
    await drawn;
  };
}
