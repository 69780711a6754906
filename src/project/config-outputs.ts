import { lineAt, parseSource, spotOf } from "./config-source.ts";
import { readText } from "./read.ts";

/** The line (1-based) of the key `outputs` in a configuration file, or that of the file's beginning when it is missing. */
export function lineOfOutputs(file: string): number {
  const source = parseSource(readText(file) ?? "");
  if (!source.ok) return 1;
  return lineAt(source.value.text, spotOf(source.value, ["outputs"]).offset);
}
