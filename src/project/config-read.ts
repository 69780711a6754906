import type { ConfigProblem } from "../model/failure-config.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { unseenKeysOf, schemaProblemsOf } from "./config-problems.ts";
import { configSchema } from "./config-schema.ts";
import type { Config } from "./config-schema.ts";
import { parseSource, valueOf } from "./config-source.ts";

/** Reads the text of a configuration file. Fails with every problem at once, in the file's order. */
export function readConfig(text: string): Result<Config, readonly ConfigProblem[]> {
  const parsed = parseSource(text);
  if (!parsed.ok) return parsed;
  const source = parsed.value;
  const checked = configSchema.safeParse(valueOf(source));
  const problems = [
    ...unseenKeysOf(source),
    ...schemaProblemsOf(source, checked.error?.issues ?? []),
  ].toSorted((one, other) => one.line - other.line || one.column - other.column);
  if (!checked.success || problems.length > 0) return fail(problems);
  return ok(checked.data);
}
