import type { Failure } from "../model/failure.ts";
import { ask } from "./ask.ts";

/** A container that would be replaced, and what runs in it. */
export type ContainerInUse = Extract<Failure, { reason: "container-in-use" }>;

/** Asks whether to end what runs in the containers; what that is was told before. */
export async function askReplace(
  inUse: readonly ContainerInUse[],
): Promise<"yes" | "no" | "cancelled"> {
  const where = inUse.map(({ host, container }) => `${container} on ${host}`).join(" and ");
  const answer = await ask(`End what runs in ${where}, and replace the container? [y/N] `, "n");
  if (answer === undefined) return "cancelled";
  return /^y(es)?$/i.test(answer) ? "yes" : "no";
}
