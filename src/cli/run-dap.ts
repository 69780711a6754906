import { Writable } from "node:stream";
import { serveDap } from "../dap/serve.ts";
import type { RequestOf } from "../request/commands.ts";
import { failureLines } from "../view/failure-lines.ts";
import { plainScreen } from "./screen-plain.ts";
import { paint } from "./screen-paint.ts";

/** Is the debug adapter of an editor; the value is igor's exit code, which editors take for a crash when it is not 0. */
export async function runDap(request: RequestOf<"dap">): Promise<number> {
  await serveDap({
    request,
    directory: process.cwd(),
    environment: process.env,
    now: Date.now,
    input: process.stdin,
    output: process.stdout,
    igor: [process.execPath, ...process.argv.slice(1, 2)],
    textOf: (failure) => paint(failureLines(failure, Infinity), false).trimEnd(),
    screen: (write) => {
      const sink = new Writable({
        decodeStrings: false,
        write: (text: string, _, done) => {
          write(text);
          done();
        },
      });
      const color = { stdout: false, stderr: false };
      const streams = { stdout: sink, stderr: sink, color, now: Date.now };
      return plainScreen({ mode: "plain", detail: "normal", ...streams }).emit;
    },
  });
  return 0;
}
