import { dirname, join } from "node:path";
import { inspect } from "node:util";
import { attach } from "neovim";
import type { Editor } from "./editor.ts";
import { inEditorWords } from "./editor-text.ts";
import { readMessage } from "./messages.ts";
import { Peer } from "./peer.ts";
import { isStale } from "./source-digest.ts";

/** Serves the editor at the other end of standard input and output until it has gone; `program` is the bundle's file. */
export function serve(program: string): void {
  // Standard output is the line to the editor: what a library would write there goes where the editor reads why igor ended.
  for (const name of ["log", "info", "warn", "error", "debug"] as const) console[name] = say;
  const nvim = attach({
    reader: process.stdin,
    writer: process.stdout,
    options: { logger: silent as never },
  });
  let isLeaving = false;
  /** Ends of waiting for an answer, which an editor that has gone does not give. */
  const waits = new Set<() => void>();
  const editor: Editor = {
    tell: async (told) => {
      if (isLeaving) return;
      let letGo = (): void => undefined;
      const gone = new Promise<void>((resolve) => (letGo = resolve));
      waits.add(letGo);
      try {
        await Promise.race([
          nvim.lua("require('igor.told').take(...)", [inEditorWords(told)]),
          gone,
        ]);
      } catch (error) {
        // The editor is gone, or cannot draw that; the action itself has nothing to do with it.
        say("igor could not tell the editor:", error);
      } finally {
        waits.delete(letGo);
      }
    },
  };
  const peer = new Peer({ cli: join(dirname(program), "cli.cjs"), editor });
  nvim.on("notification", (name: string, [given]: unknown[]) => {
    if (name !== "igor") return;
    const message = readMessage(given);
    if (message === undefined) void editor.tell({ kind: "misfit", older: "lua" });
    else peer.take(message);
  });
  void isStale(dirname(dirname(program))).then(async (stale) => {
    if (stale) await editor.tell({ kind: "misfit", older: "bundle" });
  });

  const leave = (exitCode: number): void => {
    if (isLeaving) return;
    isLeaving = true;
    for (const letGo of waits) letGo();
    void peer.end().finally(() => process.exit(exitCode));
  };
  // The editor has gone, in whatever way: nothing may stay, and nobody reads why.
  process.stderr.on("error", () => undefined);
  process.stdout.on("error", () => leave(0));
  nvim.on("disconnect", () => leave(0));
  process.on("SIGTERM", () => leave(143));
  process.on("SIGHUP", () => leave(129));
  process.on("SIGINT", () => leave(130));
  process.on("uncaughtException", (thrown) => {
    say(thrown);
    leave(1);
  });
}

function say(...words: unknown[]): void {
  const texts = words.map((word) => (typeof word === "string" ? word : inspect(word)));
  process.stderr.write(`${texts.join(" ")}\n`);
}

/** What the client would log is of no use to anybody. */
const silent = { level: "error", info: mute, warn: mute, error: mute, debug: mute };
function mute(): unknown {
  return silent;
}
