import type { Relay } from "../hosts/relay.mjs";
import { until } from "./until.ts";

/** Waits until nothing has been on the line for several times as long as a round trip takes. */
export async function quietLine(relay: Relay): Promise<void> {
  let last = "";
  let still = 0;
  await until("a quiet line", () => {
    const now = JSON.stringify(relay.stat());
    still = now === last ? still + 1 : 0;
    last = now;
    return still >= 20;
  });
}
