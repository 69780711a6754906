import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { ConfigFailure } from "../model/failure-config.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { configPath, findConfig } from "./config-find.ts";
import { hostName, hostPath, name } from "./config-rules.ts";
import { recognise } from "./recognise.ts";
import type { Recognised } from "./recognise.ts";
import { systemErrorOf } from "./system-error.ts";

/** The directory on the host when none is named. */
export const defaultHostDir = "~/igor";

/** What the user said about the first host. */
export interface FirstHost {
  readonly host: string;
  readonly dir: string;
}

/** The file that was written, and what it took from the files beside it. */
export interface MadeProject {
  readonly file: string;
  readonly found: Recognised;
}

/** Makes a directory a project: writes its first configuration. Fails where one is, also above. */
export async function initProject(
  directory: string,
  first: FirstHost,
): Promise<Result<MadeProject, ConfigFailure>> {
  for (const { key, rule } of rules) {
    const checked = rule.safeParse(first[key]);
    const message = checked.error?.issues[0]?.message;
    if (message !== undefined) {
      return fail({ reason: "init-refused", key, value: first[key], message });
    }
  }
  const existing = await findConfig(directory);
  if (existing.ok) return fail({ reason: "config-exists", file: existing.value.file });
  if (!["config-missing", "config-of-another"].includes(existing.failure.reason)) return existing;
  const file = join(resolve(directory), configPath);
  const found = recognise(directory);
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, firstConfig(resolve(directory), first, found), { flag: "wx" });
  } catch (error) {
    return fail({ reason: "config-unwritable", file, detail: systemErrorOf(error).detail });
  }
  return ok({ file, found });
}

const rules = [
  { key: "host", rule: hostName },
  { key: "dir", rule: hostPath },
] as const;

/** A small configuration that says what it is; it names the project where its directory's name cannot. */
function firstConfig(directory: string, first: FirstHost, found: Recognised): string {
  const directoryName = basename(directory);
  const isName = name.safeParse(directoryName).success;
  const { host, dir } = first;
  const settings: readonly (Setting | undefined)[] = [
    {
      about:
        "The hosts, by group. The group dev is meant when none is named; -g names another one.",
      key: "host_groups",
      value: `{\n    "dev": { "hosts": [{ "host": ${json(host)}, "dir": ${json(dir)} }] }\n  }`,
    },
    isName ? undefined : { key: "project", value: json(nameFrom(directoryName)) },
    found.dockerfile === undefined || found.isDefaultDockerfile
      ? undefined
      : { key: "dockerfile", value: json(found.dockerfile) },
    found.rebuildFiles.length === 0
      ? undefined
      : {
          about: "A change in one of these rebuilds the image.",
          key: "docker_rebuild_files",
          value: `[${found.rebuildFiles.map(json).join(", ")}]`,
        },
    found.replCommand === undefined
      ? undefined
      : {
          about: "What igor docker repl runs.",
          key: "repl_cmd",
          value: json(found.replCommand),
        },
  ];
  const lines = settings
    .filter((setting) => setting !== undefined)
    .map(({ about, key, value }) => {
      const comment = about === undefined ? "" : `  // ${about}\n`;
      return `${comment}  ${json(key)}: ${value}`;
    });
  return `// What igor knows of this project. \`igor help config\` explains every key.\n{\n${lines.join(",\n")}\n}\n`;
}

interface Setting {
  readonly about?: string;
  readonly key: string;
  /** As JSON. */
  readonly value: string;
}

function json(text: string): string {
  return JSON.stringify(text);
}

/** e.g. `my-project` from `my project` */
function nameFrom(directoryName: string): string {
  const legal = directoryName.replaceAll(/[^A-Za-z0-9_.-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "");
  return legal === "" ? "project" : legal;
}
