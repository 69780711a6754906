import { commandOf, groups, kindOf, kinds, wordsAfter } from "./commands.ts";
import type { Arguments, Command } from "./commands.ts";
import { commonOptions, flagsOf, optionNames, options, standAnywhere } from "./options.ts";
import type { Option, OptionName } from "./options.ts";
import type { Term } from "./page.ts";

/** A place on a command line: behind the words of a verb, or of several verbs that begin so. */
export interface Place {
  /** e.g. `docker exec`; empty behind `igor` itself */
  readonly verb: string;
  /** The words that lead on, with what they are about. */
  readonly words: readonly Term[];
  readonly options: readonly Written[];
  readonly arguments: Arguments | undefined;
}

/** The ways to write one option, or one choice of it. */
export interface Written {
  /** e.g. `["-q", "--quiet"]` */
  readonly names: readonly string[];
  readonly summary: string;
  /** The name of its value, and what may be completed there; undefined when it takes none. */
  readonly value: { readonly name: string; readonly of: ValuesOf } | undefined;
}

/** What completion offers as a value of an option. */
export type ValuesOf = "host-groups" | "hosts" | undefined;

/** Every place where something can be completed. */
export function places(): readonly Place[] {
  const verbs = kinds.map((kind) => commandOf(kind).words);
  const starts = verbs.flatMap((words) => words.map((_, index) => words.slice(0, index)));
  const all = new Map([...starts, ...verbs].map((path) => [path.join(" "), path]));
  return [...all].map(([verb, path]) => {
    const kind = kindOf(path);
    const command: Command | undefined = kind === undefined ? undefined : commandOf(kind);
    const names = command?.options ?? commonOptions;
    return {
      verb,
      words: wordsAfter(path).map((word) => ({ term: word, text: summaryOf([...path, word]) })),
      options: [...names, ...standAnywhere].flatMap((name) =>
        writtenOf(name, command?.optionSummaries?.[name]),
      ),
      arguments: command?.arguments,
    };
  });
}

/** Every way to write an option that a value follows, e.g. `-g`; all of them, or those whose value is one of these. */
export function flagsWithValue(of?: ValuesOf): readonly string[] {
  return optionNames.flatMap((name) => {
    const option: Option = options[name];
    if (option.kind !== "value" || (of !== undefined && option.values !== of)) return [];
    return option.names;
  });
}

function summaryOf(path: readonly string[]): string {
  const kind = kindOf(path);
  return kind === undefined ? (groups[path.join(" ")] ?? "") : commandOf(kind).summary;
}

function writtenOf(name: OptionName, summaryHere: string | undefined): readonly Written[] {
  const option: Option = options[name];
  if (option.kind === "choice") {
    return Object.values(option.choices).map(({ names, summary }) => ({
      names,
      summary,
      value: undefined,
    }));
  }
  const value = option.kind === "value" ? { name: option.valueName, of: option.values } : undefined;
  const names = flagsOf(name).map(({ written }) => written);
  return [{ names, summary: summaryHere ?? option.summary, value }];
}
