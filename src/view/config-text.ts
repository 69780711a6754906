import type { ConfigReport, ConfigWarning } from "../model/config-report.ts";
import type { Setting, Settings, SettingSource } from "../model/config-key.ts";
import { countText } from "./amount-text.ts";
import { span } from "./line.ts";
import type { Line } from "./line.ts";
import { printable, printableJson } from "./printable.ts";
import { padded, widthOf } from "./text-width.ts";

/** The version of what `--json` prints; it grows when a member changes its meaning or goes. */
const version = 1;

/**
 * A line for each key: key, where its value comes from, value. What the file says stands out. e.g.
 * `gpus  default  "auto"`
 */
export function settingsLines({ project, file, settings }: Settings): Line[] {
  const rows = settings.map((setting) => ({ ...setting, source: sourceText(setting.from) }));
  const keys = Math.max(...rows.map(({ key }) => widthOf(printable(key))));
  const sources = Math.max(...rows.map(({ source }) => widthOf(source)));
  return [
    [span(printable(project), "strong"), span(`  ${printable(file)}`, "dim")],
    [],
    ...rows.map(({ key, value, from, source }) => [
      span(padded(printable(key), keys)),
      span(`  ${padded(source, sources)}`, "dim"),
      span(isShown(from, value) ? `  ${printableJson(value)}` : "", valueStyle(from)),
    ]),
  ];
}

/** What comes from the environment may be a secret. */
function isShown({ kind }: SettingSource, value: unknown): boolean {
  return value !== undefined && kind !== "environment";
}

function valueStyle({ kind }: SettingSource): "strong" | "plain" {
  return kind === "file" ? "strong" : "plain";
}

function sourceText(from: SettingSource): string {
  switch (from.kind) {
    case "file":
      return `line ${from.line}`;
    case "environment":
      return "environment";
    case "default":
      return "default";
    case "key":
      return `as ${from.key}`;
    case "not-set":
      return "not set";
  }
}

/** The same as one line of JSON; `from` is `file`, `environment`, `default`, `key` or `not-set`, with the line or the key beside it. */
export function settingsJson({ project, file, settings }: Settings): string {
  const flat = settings.map(({ key, value, from }: Setting) => {
    const { kind, ...where } = from;
    return { key, value, from: kind, ...("key" in where ? { fromKey: where.key } : where) };
  });
  return `${printableJson({ version, project, file, settings: flat })}\n`;
}

/** What was checked, in one line. */
export function reportLines(report: ConfigReport): Line[] {
  const { project, file, hostGroups, dockerfile, rebuildFiles, warnings } = report;
  const groups = Object.entries(hostGroups).map(
    ([name, hosts]) => `${name} (${countText(hosts, "host")})`,
  );
  const found = [
    ...(hasKind(warnings, "dockerfile-missing") ? [] : [`${dockerfile} found`]),
    ...(rebuildFiles === 0 || hasKind(warnings, "rebuild-file-missing")
      ? []
      : [`every entry of docker_rebuild_files found`]),
  ];
  const verdict =
    warnings.length === 0 ? "fine" : `valid, with ${countText(warnings.length, "warning")}`;
  const checked = [`host groups ${groups.join(", ")}`, ...found].join("; ");
  return [[span(printable(`${file} of ${project} is ${verdict}: ${checked}`))]];
}

/** The same as one line of JSON. */
export function reportJson(report: ConfigReport): string {
  return `${printableJson({ version, ...report })}\n`;
}

/** What will not work, and what to do, in one line. */
export function configWarningText(warning: ConfigWarning): string {
  return printable(clauseOf(warning));
}

function clauseOf(warning: ConfigWarning): string {
  switch (warning.kind) {
    case "dockerfile-missing":
      return `there is no ${warning.dockerfile}: igor docker build and setup will refuse; write it, or name another one in dockerfile`;
    case "rebuild-file-missing":
      return `docker_rebuild_files: no file that is pushed matches ${warning.pattern}: igor docker build and setup will refuse; correct or remove it`;
    case "env-not-set":
      return `env.${warning.name} is to have the value of this machine, where it is not set: igor docker setup will refuse; export it, or write a value in place of null`;
    case "same-directory":
      return `host_groups.${warning.group}: ${warning.hosts.join(" and ")} are the same machine for ssh, and both have the dir ${warning.dir}: they would get in each other's way; give one of them another dir`;
    case "no-default-group":
      return `there is no host group ${warning.group}, which is meant when none is named: each command will need -g with one of ${warning.known.join(", ")}`;
  }
}

function hasKind(warnings: readonly ConfigWarning[], kind: ConfigWarning["kind"]): boolean {
  return warnings.some((warning) => warning.kind === kind);
}
