// The smallest process that keeps a workbench, as the editor does: what the tests and the bench talk to.
// In: a line of JSON for each call. Out: `{ call, event }` as things happen, and `{ call, done }` when it is through.
import { createInterface } from "node:readline";
import { Workbench } from "../../src/app/workbench.ts";
import type { HostRequest } from "../../src/request/commands.ts";
import { parse } from "../../src/request/parse.ts";

export type Call = { readonly call: number } & (
  | { readonly do: "igor"; readonly words: readonly string[]; readonly directory: string }
  | { readonly do: "open"; readonly directory: string; readonly group?: string }
  | { readonly do: "wrote"; readonly file: string }
  | { readonly do: "cancel"; readonly other: number }
  | { readonly do: "memory" | "end" }
);

const idleAfterMs = Number(process.env["IGOR_IDLE_MS"]);
const bench = new Workbench({ now: Date.now, ...(idleAfterMs > 0 ? { idleAfterMs } : {}) });
const running = new Map<number, AbortController>();
const tell = (words: object): void => void process.stdout.write(`${JSON.stringify(words)}\n`);

async function obey(call: Call): Promise<unknown> {
  switch (call.do) {
    case "igor": {
      const request = parse(call.words);
      if (!request.ok) throw new Error(JSON.stringify(request.failure));
      const controller = new AbortController();
      running.set(call.call, controller);
      const outcome = await bench.igor({
        request: request.value as HostRequest,
        directory: call.directory,
        terminal: undefined,
        environment: process.env,
        emit: (event) => tell({ call: call.call, event }),
        signal: controller.signal,
      });
      running.delete(call.call);
      if (!outcome.ok) return { failure: outcome.failure };
      return outcome.value.kind === "ended" ? Object.fromEntries(outcome.value.hosts) : {};
    }
    case "open":
      return bench.open(call.directory, { hostGroup: call.group, environment: process.env });
    case "wrote":
      bench.wrote(call.file);
      return undefined;
    case "cancel":
      running.get(call.other)?.abort("SIGINT");
      return undefined;
    case "memory":
      return process.memoryUsage.rss();
    case "end":
      input.close();
      process.stdin.destroy();
      return bench[Symbol.asyncDispose]();
  }
}

const input = createInterface({ input: process.stdin });
input.on("line", (line) => {
  const call = JSON.parse(line) as Call;
  void obey(call).then((done) => tell({ call: call.call, done: done ?? null }));
});
