import { namesInConfig } from "../project/config-names.ts";
import { lastActionIds } from "./log.ts";

/** What a completion script asks for. */
export type NamesOf = "host-groups" | "hosts" | "actions";

/** Names that fit in the project that a directory belongs to; of hosts those of one group, when it is named. */
export async function namesFor(
  directory: string,
  of: NamesOf,
  group: string | undefined,
): Promise<readonly string[]> {
  if (of === "actions") return lastActionIds(directory);
  const groups = await namesInConfig(directory);
  if (of === "host-groups") return groups.map((one) => one.group);
  const meant = groups.filter((one) => group === undefined || one.group === group);
  return [...new Set(meant.flatMap(({ hosts }) => hosts))];
}
