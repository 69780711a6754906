import type { Failure } from "../model/failure.ts";
import { asksForJson, parse } from "../request/parse.ts";

// Help and version must not wait for anything else to be loaded.
void main(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
  // What was written must arrive; what ssh still has to say to the hosts, it says without igor.
  process.stdout.write("", () => process.stderr.write("", () => process.exit()));
});

async function main(words: readonly string[]): Promise<number> {
  const parsed = parse(words);
  if (!parsed.ok) return refuse(parsed.failure, asksForJson(words) ? "json" : "text");
  const request = parsed.value;
  switch (request.kind) {
    case "version":
    case "help": {
      const { printHelp } = await import("./print-help.ts");
      return printHelp(request);
    }
    case "init": {
      const { runInit } = await import("./run-init.ts");
      return runInit(request);
    }
    default: {
      const { runRequest } = await import("./run-request.ts");
      return runRequest(request);
    }
  }
}

/** Words that are no request; exit code 2. */
async function refuse(failure: Failure, mode: "text" | "json"): Promise<number> {
  const { showFailure } = await import("./show-failure.ts");
  showFailure(failure, mode);
  return 2;
}
