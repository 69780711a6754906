import type { Failure } from "../model/failure.ts";
import { agrees } from "./ask.ts";
import type { Agreed } from "./ask.ts";

/** A container that would be replaced, and what runs in it. */
export type ContainerInUse = Extract<Failure, { reason: "container-in-use" }>;

/** Asks whether to end what runs in the containers; what that is was told before. */
export function askReplace(inUse: readonly ContainerInUse[]): Promise<Agreed> {
  const where = inUse.map(({ host, container }) => `${container} on ${host}`).join(" and ");
  return agrees(`End what runs in ${where}, and replace the container?`);
}
