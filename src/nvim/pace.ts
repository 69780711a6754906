import { setTimeout as pause } from "node:timers/promises";

/** Between two frames, of whatever float: an editor draws at most 20 times a second. */
const frameMs = 50;

/** Resolves when it is the caller's turn to draw, or cannot wait any more; whoever asks first comes first. */
export type Pace = (urgent?: AbortSignal) => Promise<void>;

/** The turns of all that draw in one editor. */
export function startPace(): Pace {
  let freeAt = 0;
  return async (urgent) => {
    const now = performance.now();
    const turnAt = Math.max(now, freeAt);
    freeAt = turnAt + frameMs;
    if (turnAt > now && urgent?.aborted !== true)
      await pause(turnAt - now, undefined, { signal: urgent }).catch(() => undefined);
  };
}
