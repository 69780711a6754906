import { inspect } from "node:util";
import type { Failure } from "../model/failure.ts";
import { commandOf } from "../request/commands.ts";
import type { Request } from "../request/commands.ts";
import { wordsOfLine } from "../request/command-line.ts";
import { asksForJson, parse, usageFailure } from "../request/parse.ts";
import { alteredWord } from "./altered-word.ts";
import { printHelp } from "./print-help.ts";

// What nobody reads any more need not be done, e.g. `igor docker exec -g cluster ... | head -1`; progress is no such thing.
const unread = new AbortController();
process.stdout.on("error", (error) => unread.abort(error));

const given = process.argv.slice(2);

// The guard of this edge: what is thrown is a bug of igor. Only the first thing tells; others follow from it.
let bug: Promise<void> | undefined;
process.on("uncaughtException", (thrown: unknown) => {
  bug ??= endByBug(thrown);
});

// Node ends when there is nothing left to wait for, and calls that a success.
process.on("beforeExit", () => {
  bug ??= endByBug(new Error("it waits for what never comes"));
});

// Help and version must not wait for anything else to be loaded.
void main(given).then((exitCode) => {
  process.exitCode = exitCode;
  // What was written must arrive, or be known not to; what ssh still has to say to the hosts, it says without igor.
  const end = (): unknown => setImmediate(() => void leave(exitCode));
  process.stdout.write("", () => (saysMore ? process.stderr.write("", end) : end()));
});

/** Whether anything is said on stderr: opening it takes time, which a short answer has not. */
let saysMore = false;
function openStderr(): void {
  if (!saysMore) process.stderr.on("error", () => undefined);
  saysMore = true;
}

/** What was typed in an editor comes as one line. */
async function mainOfLine(line: string): Promise<number> {
  const words = wordsOfLine(line);
  if (words !== undefined) return main(words.map(({ text }) => text));
  return refuse(usageFailure([], { kind: "quote-open", given: line }), "text");
}

async function main(words: readonly string[]): Promise<number> {
  // What completion scripts ask is said to nobody, and must be answered while a key is pressed.
  const [verb, names, of = "", group] = words;
  if (verb === "completion" && names === "--names") {
    const { printNames } = await import("./print-names.ts");
    return printNames(of, group);
  }
  if (verb === "--line") return mainOfLine(names ?? "");
  const parsed = parse(words);
  if (!parsed.ok) return refuse(parsed.failure, asksForJson(words) ? "json" : "text");
  const request = parsed.value;
  if (!isShort(request)) openStderr();
  const mode = "json" in request && request.json ? "json" : "text";
  const altered = alteredWord(words);
  if (altered !== undefined) {
    const verb = request.kind === "version" ? [] : commandOf(request.kind).words;
    return refuse(usageFailure(verb, { kind: "not-utf8", given: altered }), mode);
  }
  if (!worksAnywhere(request) && isNowhere()) return refuse({ reason: "directory-gone" }, mode);
  switch (request.kind) {
    case "version":
    case "help":
      return printHelp(request);
    case "init": {
      const { runInit } = await import("./run-init.ts");
      return runInit(request);
    }
    case "config show": {
      const { runConfigShow } = await import("./run-config.ts");
      return runConfigShow(request);
    }
    case "config check": {
      const { runConfigCheck } = await import("./run-config.ts");
      return runConfigCheck(request);
    }
    case "config vimspector": {
      const { runConfigVimspector } = await import("./run-config-debug.ts");
      return runConfigVimspector(request);
    }
    case "config vscode": {
      const { runConfigVscode } = await import("./run-config-debug.ts");
      return runConfigVscode(request);
    }
    case "config dap": {
      const { runConfigDap } = await import("./run-config-debug.ts");
      return runConfigDap();
    }
    case "login": {
      const { runLogin } = await import("./run-login.ts");
      return runLogin(request);
    }
    case "doctor": {
      const { runDoctor } = await import("./run-doctor.ts");
      return runDoctor(request);
    }
    case "log": {
      const { runLog } = await import("./run-log.ts");
      return runLog(request);
    }
    case "dap": {
      const { runDap } = await import("./run-dap.ts");
      return runDap(request);
    }
    case "completion": {
      const { printCompletion } = await import("./print-completion.ts");
      return printCompletion(request);
    }
    case "stop": {
      const { runStop } = await import("./run-stop.ts");
      return runStop(request, unread.signal);
    }
    default: {
      const { runRequest } = await import("./run-request.ts");
      return runRequest(request, unread.signal);
    }
  }
}

/** A reader that has left knows it: 141, as a shell tells of SIGPIPE. Anything else, like a full disk, is a failure. */
async function leave(exitCode: number): Promise<void> {
  if (!unread.signal.aborted) process.exit(exitCode);
  openStderr();
  const error = unread.signal.reason as NodeJS.ErrnoException;
  if (error.code === "EPIPE") process.exit(141);
  const { showFailure } = await import("./show-failure.ts");
  showFailure({ reason: "output-unwritable", detail: error.message });
  process.exit(1);
}

async function endByBug(thrown: unknown): Promise<void> {
  openStderr();
  try {
    const { showBug } = await import("./show-bug.ts");
    showBug(thrown, asksForJson(given) ? "json" : "text");
  } catch {
    process.stderr.write(`this is a bug of igor: ${inspect(thrown)}\n`);
  }
  // Leaving shows the cursor again, and ends ssh, which gives back the terminal.
  process.exit(1);
}

/** Whether all that is asked for is known here. */
function isShort({ kind }: Pick<Request, "kind">): boolean {
  return kind === "version" || kind === "help";
}

/** Whether a request has nothing to do with where igor was called. */
function worksAnywhere(request: Request): boolean {
  return isShort(request) || ["completion", "config dap"].includes(request.kind);
}

/** Whether the directory that igor was called in has been removed. */
function isNowhere(): boolean {
  try {
    process.cwd();
    return false;
  } catch {
    return true;
  }
}

/** Words that are no request, or nowhere to do it; exit code 2. */
async function refuse(failure: Failure, mode: "text" | "json"): Promise<number> {
  openStderr();
  const { showFailure } = await import("./show-failure.ts");
  showFailure(failure, mode);
  return 2;
}
