import { commandOf } from "./commands.ts";
import type { HostRequest } from "./commands.ts";
import { flagsOf, options } from "./options.ts";
import type { Option } from "./options.ts";

/** The words after `igor` that ask for this, the shortest that do. e.g. `["docker", "exec", "-g", "cluster", "ls"]` */
export function wordsOf(request: HostRequest): readonly string[] {
  const { words, options: names, arguments: takes } = commandOf(request.kind);
  const values = new Map<string, unknown>(Object.entries(request));
  const flags = names.flatMap((name): readonly string[] => {
    const value = values.get(name);
    const option: Option = options[name];
    const standard = option.kind === "flag" ? false : option.default;
    if (value === standard) return [];
    const flag = flagsOf(name).find(({ gives }) => option.kind !== "choice" || gives === value);
    if (flag === undefined) return [];
    return flag.valueName === undefined ? [flag.written] : [flag.written, String(value)];
  });
  const rest = takes === undefined ? [] : (values.get(takes.property) as readonly string[]);
  const read = takes?.verbatim === true ? rest.slice(0, 1) : rest;
  const needsMark = read.some((word) => word.startsWith("-"));
  return [...words, ...flags, ...(needsMark ? ["--"] : []), ...rest];
}

/**
 * The words of a REPL for a command line that the container's `sh` reads, e.g. `repl_cmd`. Ctrl-C is for the REPL: a
 * dash that heard it, too, would end as if by it when the REPL ends, however much later.
 */
export function replWords(line: string): readonly string[] {
  return commandLineWords(`trap : INT\n${line}`);
}

/** The words of a command for a line that the container's `sh` reads. */
export function commandLineWords(line: string): readonly string[] {
  return ["/bin/sh", "-c", line];
}
