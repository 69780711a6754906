import { igor } from "../app/igor.ts";
import type { Failure } from "../model/failure.ts";
import type { HostRequest } from "../plan/plan-for.ts";
import { chooseScreen } from "./screen-choice.ts";
import { openScreen } from "./screen.ts";

/** Exit codes as the help lists them. */
const failed = 1;
const misused = 2;
const cancelled = 130;

/** Does what was asked on the hosts, with the screen that fits; the value is igor's exit code. */
export async function runRequest(request: HostRequest): Promise<number> {
  const { stdout, stderr, env } = process;
  const { json, verbosity } = request;
  const screen = openScreen({ ...chooseScreen({ json, verbosity, env, stdout, stderr }), now: Date.now });
  const { signal, stop } = endBySignals();
  try {
    const ends = await igor({ request, directory: process.cwd(), emit: screen.emit, signal, now: Date.now });
    if (!ends.ok) return exitCodeOf([ends.failure]);
    return exitCodeOf([...ends.value.values()].filter((failure) => failure !== undefined));
  } finally {
    stop();
    screen.close();
  }
}

function exitCodeOf(failures: readonly Failure[]): number {
  if (failures.length === 0) return 0;
  if (failures.some(({ reason }) => reason === "cancelled")) return cancelled;
  return failures.every(isMisuse) ? misused : failed;
}

function isMisuse({ reason }: Failure): boolean {
  return reason === "usage" || reason.startsWith("config-") || reason === "unknown-group" || reason === "unknown-host" || reason === "project-unnamed";
}

/** The first signal cancels; the far side is told and may clean up. The second ends igor at once. */
function endBySignals(): { readonly signal: AbortSignal; readonly stop: () => void } {
  const controller = new AbortController();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(cancelled);
    controller.abort();
  };
  for (const name of signals) process.on(name, onSignal);
  return {
    signal: controller.signal,
    stop: () => {
      for (const name of signals) process.off(name, onSignal);
    },
  };
}
