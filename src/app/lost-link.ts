import type { Failure } from "../model/failure.ts";

/** Whether a link was there and is no more: what went over it is tried once more. */
export function isLostLink(failure: Failure): boolean {
  return (
    failure.reason === "unreachable" &&
    ["link-died", "stood-still", "closed"].includes(failure.cause)
  );
}
