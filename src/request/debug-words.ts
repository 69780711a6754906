import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import type { RequestOf } from "./commands.ts";
import { flagsOf } from "./options.ts";
import { parse } from "./parse.ts";
import type { UsageFailure } from "./parse.ts";

/** Which rank is debugged, and what the others do meanwhile. */
export interface DebuggedRank {
  readonly rank: number;
  /** `run`: they run on; `wait`: they stand still while that one does. */
  readonly others: "run" | "wait";
}

/** What `:IgorDebug` is asked for. */
export interface DebugWords {
  readonly where: RequestOf<"dap">;
  /** Of a program whose processes have ranks, the one that is debugged; undefined: every process. */
  readonly rank: DebuggedRank | undefined;
  readonly what:
    | { readonly kind: "file" }
    | { readonly kind: "module"; readonly module: string }
    /** The tests at the cursor. */
    | { readonly kind: "test" }
    /** A program that waits for a debugger; the port of the configuration if undefined. */
    | { readonly kind: "attach"; readonly port: number | undefined }
    /** What was debugged before. */
    | { readonly kind: "last" };
  /** Of the program. */
  readonly args: readonly string[];
}

const withValue = [...flagsOf("hostGroup"), ...flagsOf("host")].map(({ written }) => written);

/**
 * Reads the words behind `:IgorDebug`: options of igor, `rank=N` and `others=run|wait`, then `module NAME`, `test`,
 * `attach [PORT]`, `last` or nothing, then the arguments of the program; `--` stands before those that look like one of ours.
 * e.g. `-g cluster rank=1 module train.main --lr 0.1`
 */
export function parseDebugWords(words: readonly string[]): Result<DebugWords, UsageFailure> {
  const count = optionWords(words);
  const parsed = parse(["dap", ...words.slice(0, count)]);
  if (!parsed.ok) return parsed;
  // Only --help and --version stand for something else, and no option of ours is one of these.
  if (parsed.value.kind !== "dap") return parseDebugWords(words.slice(count));
  const { rank, count: rankCount } = rankIn(words.slice(count));
  const begins = { where: parsed.value, rank };
  const behind = words.slice(count + rankCount);
  const [first, ...rest] = behind;
  switch (first) {
    case "--":
      return ok({ ...begins, what: { kind: "file" }, args: rest });
    case "test":
      return ok({ ...begins, what: { kind: "test" }, args: rest });
    case "last":
      return words.length === 1
        ? ok({ ...begins, what: { kind: "last" }, args: [] })
        : extra(words);
    case "module": {
      const [module, ...args] = rest;
      if (module === undefined) return missing("NAME");
      return ok({ ...begins, what: { kind: "module", module }, args });
    }
    case "attach": {
      const [port, ...more] = rest;
      if (rankCount > 0) return extra(words.slice(count));
      if (more.length > 0) return extra(more);
      if (port !== undefined && !/^\d{1,5}$/.test(port)) return missing("PORT");
      const number = port === undefined ? undefined : Number(port);
      return ok({ ...begins, what: { kind: "attach", port: number }, args: [] });
    }
    default:
      return ok({ ...begins, what: { kind: "file" }, args: behind });
  }
}

/** How many words from the first on are options of igor, with their values. */
function optionWords(words: readonly string[]): number {
  let count = 0;
  for (;;) {
    const word = words[count] ?? "";
    if (withValue.includes(word)) count += 2;
    else if (withValue.some((flag) => word.startsWith(`${flag}=`))) count += 1;
    else return Math.min(count, words.length);
  }
}

/** `rank=N`, and `others=run|wait` behind it; how many words these are. */
function rankIn(words: readonly string[]): {
  readonly rank: DebuggedRank | undefined;
  readonly count: number;
} {
  const [, number] = /^rank=(\d{1,6})$/.exec(words[0] ?? "") ?? [];
  if (number === undefined) return { rank: undefined, count: 0 };
  const rank = Number(number);
  if (words[1] === "others=wait") return { rank: { rank, others: "wait" }, count: 2 };
  return { rank: { rank, others: "run" }, count: words[1] === "others=run" ? 2 : 1 };
}

function missing(name: string): Result<never, UsageFailure> {
  return refused({ kind: "missing-argument", name });
}

function extra(words: readonly string[]): Result<never, UsageFailure> {
  const given = words.find((word) => word !== "last") ?? "last";
  return refused({ kind: "extra-argument", given });
}

function refused(problem: UsageFailure["problem"]): Result<never, UsageFailure> {
  return fail({
    reason: "usage",
    problem,
    verb: ["dap"],
    usageLine:
      ":IgorDebug [OPTION...] [rank=N [others=run|wait]] [module NAME | test | attach [PORT] | last] [ARG...]",
  });
}
