import { parse } from "jsonc-parser";
import { hostPattern, namePattern } from "./config-code.ts";
import { findConfig } from "./config-find.ts";

/** The names of a host group and its hosts. */
export interface GroupNames {
  readonly group: string;
  readonly hosts: readonly string[];
}

/**
 * The names in the configuration that a directory belongs to, for a shell that completes them: quickly, and as well as it
 * goes from a file with mistakes. A name that is not legal is left out, so that none means anything to a shell.
 */
export async function namesInConfig(directory: string): Promise<readonly GroupNames[]> {
  const found = await findConfig(directory);
  if (!found.ok) return [];
  const config: unknown = parse(found.value.text, [], { allowTrailingComma: true });
  return Object.entries(objectOf(objectOf(config)["host_groups"]))
    .filter(([group]) => namePattern.test(group))
    .map(([group, value]) => ({ group, hosts: hostsOf(objectOf(value)["hosts"]) }));
}

function hostsOf(hosts: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(hosts) ? hosts : [];
  return list
    .map((host) => objectOf(host)["host"])
    .filter((name): name is string => typeof name === "string" && hostPattern.test(name));
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
