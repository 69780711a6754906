import { igor } from "../app/igor.ts";
import type { HostEnd, Outcome } from "../app/act.ts";
import type { Failure } from "../model/failure.ts";
import type { HostRequest } from "../request/commands.ts";
import { planText } from "../view/plan-text.ts";
import { chooseScreen } from "./screen-choice.ts";
import { openScreen } from "./screen.ts";

/** Exit codes as the help lists them. */
const failed = 1;
const misused = 2;
const notStarted = 125;
const bySignal = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Does what was asked on the hosts, with the screen that fits; the value is igor's exit code. */
export async function runRequest(request: HostRequest): Promise<number> {
  const { stdin, stdout, stderr, env } = process;
  const { json, verbosity } = request;
  const screen = openScreen({
    ...chooseScreen({ json, verbosity, env, stdout, stderr }),
    now: Date.now,
  });
  const { signal, stop } = endBySignals();
  const terminal =
    stdin.isTTY && stdout.isTTY ? { term: env["TERM"], colorTerm: env["COLORTERM"] } : undefined;
  try {
    const outcome = await igor({
      request,
      directory: process.cwd(),
      terminal,
      emit: screen.emit,
      signal,
      now: Date.now,
    });
    if (signal.aborted) return bySignal[signal.reason as keyof typeof bySignal];
    if (!outcome.ok) return isMisuse(outcome.failure) ? misused : failed;
    if (outcome.value.kind === "plan") {
      stdout.write(
        json
          ? `${JSON.stringify(outcome.value.plan)}\n`
          : planText(outcome.value.plan, verbosity === "verbose" ? "full" : "short")
              .map((line) => `${line}\n`)
              .join(""),
      );
      return 0;
    }
    return exitCodeOf(outcome.value);
  } finally {
    stop();
    screen.close();
  }
}

/** One command on one host gives its own code; on several hosts any failure is 1. */
function exitCodeOf({ hosts, passesThrough }: Outcome & { kind: "ended" }): number {
  const ends = [...hosts.values()];
  const [only] = ends;
  if (passesThrough && only !== undefined)
    return only.failure === undefined ? (only.exitCode ?? 0) : notStarted;
  return ends.every(isFine) ? 0 : failed;
}

function isFine({ failure, exitCode }: HostEnd): boolean {
  return failure === undefined && (exitCode ?? 0) === 0;
}

const misuses: ReadonlySet<Failure["reason"]> = new Set([
  "usage",
  "config-missing",
  "config-unreadable",
  "config-invalid",
  "project-unnamed",
  "unknown-group",
  "unknown-host",
  "rebuild-file-missing",
  "dockerfile-missing",
]);

function isMisuse({ reason }: Failure): boolean {
  return misuses.has(reason);
}

/** The first signal ends things in order, on the far side too; the second ends igor at once. */
function endBySignals(): { readonly signal: AbortSignal; readonly stop: () => void } {
  const controller = new AbortController();
  const listeners = Object.entries(bySignal).map(([name, code]) => {
    const listener = (): void => {
      if (controller.signal.aborted) process.exit(code);
      controller.abort(name);
    };
    process.on(name, listener);
    return { name, listener };
  });
  return {
    signal: controller.signal,
    stop: () => {
      for (const { name, listener } of listeners) process.off(name, listener);
    },
  };
}
