import { lineAt, parseSource, spotOf } from "./config-source.ts";
import type { Path } from "./config-source.ts";
import { readText } from "./read.ts";

/** The line (1-based) of a key in a configuration file, or that of the nearest one around it when it is missing. */
export function lineOf(file: string, path: Path): number {
  const source = parseSource(readText(file) ?? "");
  if (!source.ok) return 1;
  return lineAt(source.value.text, spotOf(source.value, path).offset);
}
