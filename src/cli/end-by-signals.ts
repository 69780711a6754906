import { setMaxListeners } from "node:events";

/** Exit codes as the help lists them. */
const bySignal = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** The exit code after Ctrl-C. */
export const cancelled = bySignal.SIGINT;

/** The first signal ends things in order, on the far side too; the second ends igor at once. */
export function endBySignals(): { readonly signal: AbortSignal; readonly stop: () => void } {
  const controller = new AbortController();
  // Every host listens to it, and Node warns of more than ten listeners in the middle of the screen.
  setMaxListeners(0, controller.signal);
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

/** The exit code after the signal that has ended things. */
export function exitCodeOfSignal({ reason }: AbortSignal): number {
  return bySignal[reason as keyof typeof bySignal];
}
