import { parseArgs } from "node:util";
import type { ConfigFailure, UsageProblem } from "../model/failure-config.ts";
import { nearest } from "../model/nearest.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { commandOf, kindOf, kinds, wordsAfter } from "./commands.ts";
import type { Arguments, Kind, Request } from "./commands.ts";
import { flagsOf, optionNames, options, standAnywhere } from "./options.ts";
import type { Option, OptionName } from "./options.ts";
import { isTopic, usageLineOf } from "./usage.ts";

/** What can be wrong with the words of a command line. */
export type UsageFailure = Extract<ConfigFailure, { reason: "usage" }>;

/**
 * Understands the words after `igor`. Options may stand anywhere, but for words that are taken as
 * they are: from the first of those on, nothing is an option of igor.
 * e.g. `["--json", "docker", "exec", "-g", "cluster", "python", "-c", "x", "--json"]`
 */
export function parse(words: readonly string[]): Result<Request, UsageFailure> {
  const reading: Reading = { path: [], kind: undefined, given: [], rest: [] };
  const problem = readWords(reading, words) ?? problemOfWhole(reading);
  if (problem !== undefined) return fail(usageFailure(reading.path, problem));
  return ok(requestOf(reading));
}

/** What is wrong with the words of a verb. */
export function usageFailure(verb: readonly string[], problem: UsageProblem): UsageFailure {
  return { reason: "usage", problem, verb, usageLine: usageLineOf(verb) };
}

/** Whether words that may be no request at all ask for JSON; `--json` after the user's own command does not. */
export function asksForJson(words: readonly string[]): boolean {
  const path: string[] = [];
  for (const token of tokensOf(words)) {
    if (token.kind === "option") {
      if (token.rawName === "--json") return true;
    } else if (argumentsOf(kindOf(path))?.verbatim === true) return false;
    else if (token.kind === "positional") path.push(token.value);
  }
  return false;
}

/** What the words have said so far. */
interface Reading {
  /** The words of the verb. */
  readonly path: string[];
  kind: Kind | undefined;
  readonly given: GivenOption[];
  /** The words after the verb that are not options. */
  rest: string[];
}

interface GivenOption {
  readonly name: OptionName;
  readonly typed: string;
  readonly value: string | true;
}

function readWords(reading: Reading, words: readonly string[]): UsageProblem | undefined {
  for (const token of tokensOf(words)) {
    if (token.kind !== "option" && argumentsOf(reading.kind)?.verbatim === true) {
      reading.rest = words.slice(token.kind === "positional" ? token.index : token.index + 1);
      return undefined;
    }
    if (token.kind === "option-terminator") continue;
    const problem =
      token.kind === "option" ? readOption(reading, token) : readWord(reading, token.value);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function readWord(reading: Reading, word: string): UsageProblem | undefined {
  if (reading.kind !== undefined) {
    reading.rest.push(word);
    const takes = argumentsOf(reading.kind);
    const most = takes === undefined ? 0 : (takes.most ?? Infinity);
    return reading.rest.length <= most ? undefined : { kind: "extra-argument", given: word };
  }
  const known = wordsAfter(reading.path);
  if (!known.includes(word)) return unknownCommand(word, known);
  reading.path.push(word);
  reading.kind = kindOf(reading.path);
  return undefined;
}

function readOption(reading: Reading, token: OptionToken): UsageProblem | undefined {
  const { rawName: typed, value, inlineValue = false } = token;
  const flag = allFlags.get(typed);
  if (flag === undefined) {
    return { kind: "unknown-option", given: typed, suggestion: nearest(typed, flagsFor(reading)) };
  }
  const { option: name, valueName, gives } = flag;
  if (valueName === undefined) {
    reading.given.push({ name, typed, value: gives });
    return inlineValue ? { kind: "option-takes-no-value", given: typed } : undefined;
  }
  if (value === undefined || value === "" || (!inlineValue && value.startsWith("-"))) {
    return { kind: "option-needs-value", given: typed, valueName };
  }
  reading.given.push({ name, typed, value });
  return undefined;
}

/** What is wrong once every word is read, e.g. a verb that is not complete. */
function problemOfWhole(reading: Reading): UsageProblem | undefined {
  const { kind, path, given, rest } = reading;
  if (given.some(({ name }) => standAnywhere.includes(name))) return undefined;
  if (kind === undefined) return { kind: "no-command", known: wordsAfter(path) };
  const misplaced = given.find(({ name }) => !commandOf(kind).options.includes(name));
  if (misplaced !== undefined) {
    const takers = kinds.filter((other) => commandOf(other).options.includes(misplaced.name));
    const verbs = takers.map((taker) => commandOf(taker).words.join(" "));
    return { kind: "option-not-here", given: misplaced.typed, verbs };
  }
  const takes = argumentsOf(kind);
  const [extra] = rest;
  if (extra !== undefined && given.some(({ name }) => name === "all"))
    return { kind: "extra-argument", given: extra };
  if (takes?.required === true && rest.length === 0) {
    return { kind: "missing-argument", name: takes.usage };
  }
  if (kind === "help" && !isTopic(rest)) return unknownTopic(rest);
  return unknownArgument(rest, takes?.values);
}

/** Also knows the last word of each verb, e.g. `setup` was probably meant as `igor docker setup`. */
function unknownCommand(given: string, known: readonly string[]): UsageProblem {
  const verbs = kinds.map((kind) => commandOf(kind).words);
  const meant = nearest(given, [...known, ...verbs.flatMap((words) => words.slice(-1))]);
  const elsewhere = verbs.find((words) => words.at(-1) === meant) ?? [];
  const suggestion =
    meant === undefined || known.includes(meant) ? meant : ["igor", ...elsewhere].join(" ");
  return { kind: "unknown-command", given, suggestion, known };
}

function unknownArgument(
  rest: readonly string[],
  known: Arguments["values"],
): UsageProblem | undefined {
  if (typeof known !== "object") return undefined;
  const given = rest.find((word) => !known.includes(word));
  if (given === undefined) return undefined;
  return { kind: "unknown-argument", given, suggestion: nearest(given, known), known };
}

function unknownTopic(topic: readonly string[]): UsageProblem {
  const misunderstood = topic.findIndex((_, index) => !isTopic(topic.slice(0, index + 1)));
  const given = topic[misunderstood] ?? "";
  const known = wordsAfter(topic.slice(0, misunderstood));
  return known.length === 0 ? { kind: "extra-argument", given } : unknownCommand(given, known);
}

function requestOf({ path, kind, given, rest }: Reading): Request {
  const special = given.find(({ name }) => standAnywhere.includes(name));
  if (special?.name === "version") return { kind: "version" };
  if (special !== undefined || kind === undefined) return { kind: "help", topic: path };
  const request: Record<string, unknown> = { kind };
  const { options: names, withoutDefault = [] } = commandOf(kind);
  for (const name of names) {
    const last = given.findLast((option) => option.name === name);
    const otherwise = withoutDefault.includes(name) ? undefined : absentValueOf(options[name]);
    request[name] = last === undefined ? otherwise : last.value;
  }
  const takes = argumentsOf(kind);
  if (takes !== undefined) request[takes.property] = rest;
  // The table gives each kind its type; that this object has it is what the tests of parse hold.
  return request as unknown as Request;
}

function absentValueOf(option: Option): string | false | undefined {
  return option.kind === "flag" ? false : option.default;
}

function argumentsOf(kind: Kind | undefined) {
  return kind === undefined ? undefined : commandOf(kind).arguments;
}

/** The flags that a suggestion may name: those of the verb, or all as long as there is none. */
function flagsFor({ kind }: Reading): readonly string[] {
  const names = kind === undefined ? optionNames : [...commandOf(kind).options, ...standAnywhere];
  return names.flatMap((name) => flagsOf(name).map(({ written }) => written));
}

const allFlags = new Map(
  optionNames.flatMap((name) => flagsOf(name).map((flag) => [flag.written, flag] as const)),
);

type Token = ReturnType<typeof tokensOf>[number];
type OptionToken = Extract<Token, { kind: "option" }>;

/** Node's own reading of the words, which knows `-qv`, `-gNAME`, `--host=NAME` and `--`. */
function tokensOf(words: readonly string[]) {
  const settings = { strict: false, allowPositionals: true, tokens: true } as const;
  return parseArgs({ args: [...words], options: spelling, ...settings }).tokens;
}

/** The flags as `parseArgs` wants them: by long name, with at most one short name. */
const spelling = Object.fromEntries(
  [...allFlags.values()]
    .filter(({ written }) => written.startsWith("--"))
    .map(({ written, option, valueName, gives }) => {
      const type = valueName === undefined ? ("boolean" as const) : ("string" as const);
      const short = flagsOf(option).find(
        (flag) => flag.written.length === 2 && flag.gives === gives,
      );
      return [written.slice(2), short ? { type, short: short.written.slice(1) } : { type }];
    }),
);
