import { setTimeout as pause } from "node:timers/promises";
import type { Failure } from "../model/failure.ts";
import { fail } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import type { HostShell } from "./host-shell.ts";

/** How long igor waits before it tries a lost host again: longer each time. */
const pausesMs = [0, 1000, 2000, 4000, 8000];

/** A way to a REPL that was cut, and what there is to come back by. */
export interface CutWay {
  /** The one that was open. */
  readonly shell: Promise<Result<HostShell>>;
  /** Opens another one. */
  readonly reconnect: () => Promise<Result<HostShell>>;
  /** Nobody waits for it any more. */
  readonly signal: AbortSignal;
  /** How often it was cut in a moment; from the second time on that is waited for, too. */
  readonly tries: number;
  /** Called when the link is dead and there was a REPL, which goes on; undefined when there was none yet. */
  readonly onLost: (() => Promise<void>) | undefined;
}

/**
 * A host shell whose link lives: the one that is open, or another one as soon as the host can be reached again. Without a
 * REPL to come back to it is tried once. `cancelled` when nobody waits any more: then nothing is opened any more either.
 */
export async function comeBack(way: CutWay): Promise<Result<HostShell>> {
  const { shell, reconnect, signal, tries, onLost } = way;
  const gone: Result<HostShell> = fail({ reason: "cancelled" });
  if (!(await waited(tries - 1, signal))) return gone;
  const open = await shell;
  if (onLost === undefined && !open.ok) return open;
  if (open.ok && (await open.value.roundTrip()) !== undefined) return open;
  if (signal.aborted) return gone;
  if (onLost === undefined) return reconnect();
  await onLost();
  for (let failed = 0; await waited(failed, signal); failed++) {
    const again = await reconnect();
    if (again.ok || !isOfLink(again.failure)) return again;
  }
  return gone;
}

/** Waits before another try; false when that is not wanted any more. */
async function waited(tries: number, signal: AbortSignal): Promise<boolean> {
  const ms = pausesMs[Math.min(Math.max(tries, 0), pausesMs.length - 1)];
  await pause(ms, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}

/** Whether it may be another time. */
function isOfLink(failure: Failure): boolean {
  return (
    failure.reason === "unreachable" ||
    (failure.reason === "shell-refused" && failure.cause === "no-answer")
  );
}
