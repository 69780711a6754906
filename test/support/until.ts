import { setTimeout as pause } from "node:timers/promises";

/** Waits until a condition holds, and gives what it gave; fails with `what` when that takes longer than the deadline. */
export async function until<T>(
  what: string,
  condition: () => T | undefined | false | Promise<T | undefined | false>,
  withinMs = 20_000,
): Promise<T> {
  const begin = performance.now();
  for (;;) {
    const found = await condition();
    if (found !== undefined && found !== false) return found;
    if (performance.now() - begin > withinMs)
      throw new Error(`waited ${String(withinMs)} ms for ${what}`);
    await pause(10);
  }
}
