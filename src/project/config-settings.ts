import type { Setting, Settings, SettingSource } from "../model/config-key.ts";
import type { ConfigFailure } from "../model/failure-config.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { findConfig } from "./config-find.ts";
import { loadProject } from "./config-load.ts";
import { keyOf } from "./config-problems.ts";
import { readConfig } from "./config-read.ts";
import { configSchema } from "./config-schema.ts";
import type { Config } from "./config-schema.ts";
import { lineAt, parseSource, spotOf } from "./config-source.ts";
import type { Path, Source } from "./config-source.ts";

/** Every key of the project's configuration with its value and where that comes from. */
export async function loadSettings(directory: string): Promise<Result<Settings, ConfigFailure>> {
  const project = await loadProject(directory);
  if (!project.ok) return project;
  const found = await findConfig(directory);
  if (!found.ok) return found;
  const { file, text } = found.value;
  const source = parseSource(text);
  const config = readConfig(text);
  if (!source.ok) return fail({ reason: "config-invalid", file, problems: source.failure });
  if (!config.ok) return fail({ reason: "config-invalid", file, problems: config.failure });
  const { name, image, replCommand } = project.value;
  const values: Config = {
    ...config.value,
    project: name,
    dockerfile: image.dockerfile,
    repl_cmd: replCommand,
  };
  const keys = Object.keys(configSchema.def.shape).filter((key) => key !== "$schema");
  const settings = keys.flatMap((key) =>
    settingsBelow(source.value, [key], values[key as keyof Config]),
  );
  return ok({ project: name, file, settings: withLogins(settings, config.value) });
}

/** A list of plain values is one value; of everything else, each part is. */
function settingsBelow(source: Source, path: Path, value: unknown): readonly Setting[] {
  const parts = partsOf(value);
  if (parts.length > 0)
    return parts.flatMap(([part, inner]) => settingsBelow(source, [...path, part], inner));
  return [{ key: keyOf(path), value, from: sourceOf(source, path, value) }];
}

function partsOf(value: unknown): readonly (readonly [string | number, unknown])[] {
  if (typeof value !== "object" || value === null) return [];
  if (!Array.isArray(value)) return Object.entries(value);
  const items: readonly unknown[] = value;
  return items.some((item) => typeof item === "object") ? [...items.entries()] : [];
}

function sourceOf(source: Source, path: Path, value: unknown): SettingSource {
  const spot = spotOf(source, path);
  const isElsewhere = path[0] === "env" && value === null;
  if (!spot.isMissing)
    return {
      kind: isElsewhere ? "environment" : "file",
      line: lineAt(source.text, spot.offset),
    };
  if (value === undefined) return { kind: "not-set" };
  return path[0] === "repl_cmd" ? { kind: "key", key: "python" } : { kind: "default" };
}

/** The login name of the project is that of each host without one of its own; it is told behind the host's other keys. */
function withLogins(settings: readonly Setting[], { user }: Config): readonly Setting[] {
  if (user === undefined) return settings;
  const own = new Set(settings.map(({ key }) => key));
  const hostOf = ({ key }: Setting | { key: string }) =>
    /^host_groups.*\.hosts\[\d+\](?=\.)/.exec(key)?.[0];
  return settings.flatMap((setting, index) => {
    const host = hostOf(setting);
    const isLast = hostOf(settings[index + 1] ?? { key: "" }) !== host;
    if (host === undefined || !isLast || own.has(`${host}.user`)) return [setting];
    return [setting, { key: `${host}.user`, value: user, from: { kind: "key", key: "user" } }];
  });
}
