import { linesOf } from "./words.ts";

/**
 * The inputs of a remote program with the values of the variables that `in_env` only names.
 * e.g. `A=1\nHF_TOKEN` becomes `A=1\nHF_TOKEN=hf_0123`
 */
export function withValues(
  inputs: Readonly<Record<string, string>>,
  values: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> {
  const { in_env: env = "" } = inputs;
  if (env === "") return inputs;
  const lines = env.split("\n").map((line) => {
    if (line.includes("=")) return line;
    const value = values.get(line);
    if (value === undefined) throw new Error(`${line} has no value to be sent`);
    return linesOf([`${line}=${value}`]);
  });
  return { ...inputs, in_env: lines.join("\n") };
}
