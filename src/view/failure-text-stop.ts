import type { StopFailure } from "../model/failure-engine.ts";
import type { HostFailure } from "../model/failure.ts";
import { unreachable } from "../model/unreachable.ts";
import { countText, listText } from "./amount-text.ts";
import type { FailureText } from "./failure-text.ts";
import { shortId } from "./short-id.ts";

type OfStop = Extract<HostFailure, { reason: StopFailure["reason"] }>;

/** The words for what could not be stopped. */
export function stopText(failure: OfStop): FailureText {
  const { host, lastWords } = failure;
  switch (failure.reason) {
    case "unknown-id":
      return {
        headline: `${host}: nothing runs there as ${failure.id}`,
        details: lastWords,
        hint: "`igor docker ps` lists what runs, each with its id; name another group with -g",
      };
    case "ambiguous-id":
      return {
        headline: `${host}: ${failure.id} is the begin of more than one id; nothing was stopped`,
        details: failure.ids,
        hint: "type more of the one you mean",
      };
    case "still-running": {
      const ids = failure.ids.map(shortId);
      return {
        headline: `${host}: ${countText(ids.length, "thing")} cannot be ended: ${listText(ids, 8)}`,
        details: lastWords,
        hint: "`igor docker ps` shows what is left: a process that waits for a disk or a GPU ends when that answers, or with the container (`igor docker clean`)",
      };
    }
    default:
      return unreachable(failure);
  }
}
