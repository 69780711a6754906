import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { ConfigFailure, ConfigProblem } from "../model/failure-config.ts";
import type { Project } from "../model/project.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { defaultDockerfileAmong } from "./recognise.ts";
import { findConfig, isAbsent, readRegular, unreadable } from "./config-find.ts";
import { projectOf } from "./config-project.ts";
import type { Config } from "./config-schema.ts";
import { configCode, namePattern } from "./config-code.ts";
import { readNote, writeNote } from "./notes.ts";

/** Finds the project that a directory belongs to, and reads its configuration. */
export async function loadProject(from: string): Promise<Result<Project, ConfigFailure>> {
  const found = await findConfig(from);
  if (!found.ok) return found;
  const { file, text } = found.value;
  const root = dirname(dirname(file));
  const ignored = await readRegular(join(root, ".igorignore"));
  if (!ignored.ok && !isAbsent(ignored.failure)) return fail(unreadable(ignored.failure));
  const config = await configOf(root, text);
  if (!config.ok) return fail({ reason: "config-invalid", file, problems: config.failure });
  const defaultName = basename(root);
  if (config.value.project === undefined && !namePattern.test(defaultName)) {
    return fail({ reason: "project-unnamed", file, directory: root });
  }
  const defaultDockerfile = await defaultDockerfileOf(root);
  return ok(projectOf(config.value, { root, configFile: file, defaultName, defaultDockerfile }));
}

/** Checking a configuration takes a heavy library: one that was right before is not checked again. */
async function configOf(
  root: string,
  text: string,
): Promise<Result<Config, readonly ConfigProblem[]>> {
  const digest = createHash("sha256")
    .update(`${configCode ?? ""}\n${text}`)
    .digest("hex");
  const key = { root, name: "config", digest };
  const noted = configCode === undefined ? undefined : readNote(key);
  if (noted !== undefined) return ok(noted as Config);
  const { readConfig } = await import("./config-read.ts");
  const config = readConfig(text);
  if (config.ok && configCode !== undefined) writeNote(key, config.value);
  return config;
}

/** Names are compared as they are written, also where the file system does not care. */
async function defaultDockerfileOf(root: string): Promise<string> {
  const names = await readdir(root);
  return defaultDockerfileAmong(names) ?? "Dockerfile";
}
