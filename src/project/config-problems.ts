import * as z from "zod/mini";
import type { ConfigProblem } from "../model/failure-config.ts";
import { nearest } from "../model/nearest.ts";
import { configSchema } from "./config-schema.ts";
import { keysOf, problemAt, spotOf, spotOfKey } from "./config-source.ts";
import type { Path, Source, Spot } from "./config-source.ts";

/** What the schema found wrong, each with its place. */
export function schemaProblemsOf(
  source: Source,
  issues: readonly z.core.$ZodIssue[],
): readonly ConfigProblem[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map((part) => (typeof part === "symbol" ? String(part) : part));
    switch (issue.code) {
      case "unrecognized_keys":
        return issue.keys
          .filter((key) => key !== "__proto__")
          .map((key) => unknownKey(source, [...path, key]));
      case "invalid_key":
        return [at(source, spotOfKey(source, path), { path, message: messageOf(issue.issues[0]) })];
      default: {
        const { isMissing, ...spot } = spotOf(source, path);
        const message = isMissing ? "is missing" : messageOf(issue);
        return [at(source, spot, { path, message })];
      }
    }
  });
}

/** Keys that the schema does not see: `__proto__`, and one that a later one of the same name hides; the later is shown. */
export function unseenKeysOf(source: Source): readonly ConfigProblem[] {
  const seen = new Set<string>();
  return keysOf(source).flatMap(({ path, spot }) => {
    const key = keyOf(path);
    if (path.at(-1) === "__proto__") {
      return [at(source, spot, { path, message: "is not a known key" })];
    }
    if (seen.has(key)) return [at(source, spot, { path, message: "is there twice" })];
    seen.add(key);
    return [];
  });
}

/** A path as people write it. e.g. `host_groups.dev.hosts[0].dir` */
export function keyOf(path: Path): string {
  return path
    .map((part) => {
      if (typeof part === "number") return `[${part}]`;
      return /^[\w$-]+$/.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`;
    })
    .join("")
    .replace(/^\./, "");
}

function unknownKey(source: Source, path: Path): ConfigProblem {
  const meant = nearest(String(path.at(-1)), knownKeys(configSchema, path.slice(0, -1)));
  return at(source, spotOfKey(source, path), {
    path,
    message: "is not a known key",
    hint: meant === undefined ? undefined : `did you mean "${meant}"?`,
  });
}

function at(
  source: Source,
  spot: Spot,
  problem: { readonly path: Path; readonly message: string; readonly hint?: string | undefined },
): ConfigProblem {
  return problemAt(source.text, spot, { ...problem, key: keyOf(problem.path) });
}

/** The schema's own words, or for a value of the wrong type what it must be. */
function messageOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === "invalid_value") {
    return `must be ${issue.values.map((value) => JSON.stringify(value)).join(" or ")}`;
  }
  const isOwn = issue !== undefined && issue.message !== wordless;
  if (isOwn || issue?.code !== "invalid_type") return issue?.message ?? wordless;
  return typeMessages[issue.expected] ?? wordless;
}

/** What zod says where the schema has no words of its own. */
const wordless = "Invalid input";

const typeMessages: Readonly<Record<string, string>> = {
  string: "must be text in double quotes",
  number: "must be a number",
  int: "must be a whole number",
  boolean: "must be true or false",
  array: "must be a list: [...]",
  object: "must be an object: {...}",
  record: "must be an object: {...}",
};

/** The keys that may stand in the object at a path. */
function knownKeys(schema: z.core.$ZodType, path: Path): readonly string[] {
  if (schema instanceof z.ZodMiniDefault || schema instanceof z.ZodMiniOptional) {
    return knownKeys(schema.def.innerType, path);
  }
  const [part, ...rest] = path;
  if (schema instanceof z.ZodMiniObject) {
    const shape: Readonly<Record<string, z.core.$ZodType>> = schema.def.shape;
    if (part === undefined) return Object.keys(shape);
    const inner = shape[part];
    return inner === undefined ? [] : knownKeys(inner, rest);
  }
  if (schema instanceof z.ZodMiniRecord) return knownKeys(schema.def.valueType, rest);
  if (schema instanceof z.ZodMiniArray) return knownKeys(schema.def.element, rest);
  return [];
}
