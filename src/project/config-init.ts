import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { ConfigFailure } from "../model/failure-config.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { configPath, findConfig } from "./config-find.ts";
import { hostName, hostPath, name } from "./config-rules.ts";
import { systemErrorOf } from "./system-error.ts";

/** The directory on the host when none is named. */
export const defaultHostDir = "~/igor";

/** What the user said about the first host. */
export interface FirstHost {
  readonly host: string;
  readonly dir: string;
}

/** Makes a directory a project: writes its first configuration. Fails where one is, also above. */
export async function initProject(
  directory: string,
  first: FirstHost,
): Promise<Result<{ readonly file: string }, ConfigFailure>> {
  for (const { key, rule } of rules) {
    const checked = rule.safeParse(first[key]);
    const message = checked.error?.issues[0]?.message;
    if (message !== undefined) {
      return fail({ reason: "init-refused", key, value: first[key], message });
    }
  }
  const existing = await findConfig(directory);
  if (existing.ok) return fail({ reason: "config-exists", file: existing.value.file });
  if (existing.failure.reason !== "config-missing") return existing;
  const file = join(resolve(directory), configPath);
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, firstConfig(basename(resolve(directory)), first), { flag: "wx" });
  } catch (error) {
    return fail({ reason: "config-unwritable", file, detail: systemErrorOf(error).detail });
  }
  return ok({ file });
}

const rules = [
  { key: "host", rule: hostName },
  { key: "dir", rule: hostPath },
] as const;

/** The smallest configuration; it names the project where its directory's name cannot. */
function firstConfig(directoryName: string, first: FirstHost): string {
  const project = name.safeParse(directoryName).success ? {} : { project: nameFrom(directoryName) };
  const config = { ...project, host_groups: { dev: { hosts: [first] } } };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

/** e.g. `my-project` from `my project` */
function nameFrom(directoryName: string): string {
  const legal = directoryName.replaceAll(/[^A-Za-z0-9_.-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "");
  return legal === "" ? "project" : legal;
}
