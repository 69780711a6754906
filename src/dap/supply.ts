import { debugpyWheel } from "../app/debug.ts";
import type { FarSide } from "./far-side.ts";

/** Brings debugpy to an image without one, or tells the far side why not. */
export async function supply(far: FarSide, signal: AbortSignal): Promise<void> {
  const wheel = await debugpyWheel(signal);
  const head = { seq: 0, type: "request", command: "igorSupply" };
  far.send({ ...head, arguments: wheel.ok ? {} : { problem: wheel.failure } });
  far.send(wheel.ok ? wheel.value : {});
}
