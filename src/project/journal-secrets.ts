import type { Project } from "../model/project.ts";

/** Values that a journal does not hold, with what stands there instead, e.g. `(env HF_TOKEN)`. */
export type Secrets = ReadonlyMap<string, string>;

/** Shorter values are no secrets, and would be found in words that have nothing to do with them. */
const shortest = 6;

/** The values that a configuration gives to builds and containers, and those that it names of the environment. */
export function secretsOf(
  { container, image }: Project,
  environment: ReadonlyMap<string, string>,
): Secrets {
  const assigned = container.dockerArgs.flatMap((word) => {
    const [, name, value] = /^(?:--?[a-z-]+=)?([A-Za-z_]\w*)=(.+)$/s.exec(word) ?? [];
    return name === undefined || value === undefined ? [] : [["docker_args", name, value] as const];
  });
  const given = [
    ...Object.entries(container.env).map(
      ([name, value]) => ["env", name, value ?? environment.get(name) ?? ""] as const,
    ),
    ...Object.entries(image.buildArgs).map(([name, value]) => ["build_args", name, value] as const),
    ...assigned,
  ];
  return new Map(
    given
      // A tool prints a value of several lines line by line.
      .flatMap(([key, name, value]) =>
        value.split(/\r?\n/).map((line) => [key, name, line] as const),
      )
      .filter(([, , value]) => value.length >= shortest)
      .sort(([, , one], [, , other]) => other.length - one.length)
      .map(([key, name, value]) => [value, `(${key} ${name})`]),
  );
}

/** Members whose text, or each of whose texts, is one of igor's own words. */
const own: ReadonlySet<string> = new Set([
  ...["type", "kind", "reason", "cause", "outcome", "unit", "of", "stream", "state"],
  ...["previous", "engine", "where", "host", "hosts", "step", "request"],
]);

/**
 * A line of a journal as JSON, without secrets: without values of the configuration, credentials in URLs, values that are
 * assigned to names such as API_KEY, and the arguments of processes that others run in a container.
 */
export function journalJson(line: object, secrets: Secrets): string {
  const ownLists = new Set<unknown>();
  return JSON.stringify(line, function (this: unknown, key, value: unknown) {
    if (key === "processes" && Array.isArray(value)) return value.map(nameOfProcess);
    if (own.has(key) && Array.isArray(value)) ownLists.add(value);
    const isOwn = own.has(key) || ownLists.has(this);
    return typeof value === "string" && !isOwn ? masked(value, secrets) : value;
  });
}

/** e.g. `12 python …` for `12 python train.py --key 1` */
function nameOfProcess(line: unknown): string {
  const [pid = "", program = "", ...words] = String(line).trim().split(/\s+/);
  return [pid, program, ...(words.length > 0 ? ["…"] : [])].join(" ");
}

// Every repetition has an end: a line of a build may be as long as it likes.
const inUrl = /\b(https?|ftp|ssh|git):\/\/[^\s/@'"]{1,500}@/g;
const names =
  "(?:secret|token|passw(?:or)?d|passphrase|credential|api[_-]?key|access[_-]?key|private[_-]?key)s?";
/** e.g. `HF_TOKEN=abc`, `"password": "abc"`; not `tokenizers==0.1` */
const assignment = new RegExp(
  `(${names}(?![a-z])[\\w-]{0,40}(?:["']?=(?!=)|["']\\s?:\\s?)["']?)[^\\s"',;]+`,
  "gi",
);
/** e.g. `--api-key abc` */
const option = new RegExp(`(--[\\w-]{0,40}${names}\\s)[^\\s-][^\\s"']*`, "gi");

function masked(text: string, secrets: Secrets): string {
  // Most lines have none of these, and are then not looked at again.
  let shown = text.includes("://") ? text.replace(inUrl, "$1://…@") : text;
  for (const [value, instead] of secrets) shown = shown.replaceAll(value, instead);
  return shown.replace(assignment, "$1…").replace(option, "$1…");
}
