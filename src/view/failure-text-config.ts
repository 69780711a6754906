import type { ConfigFailure, ConfigProblem, UsageProblem } from "../model/failure-config.ts";
import { unreachable } from "../model/unreachable.ts";
import { countText, listText } from "./amount-text.ts";
import { notSetText, notTrustedText } from "./failure-text-asked.ts";
import type { FailureText } from "./failure-text.ts";
import { widthOf } from "./text-width.ts";

/** The words for mistakes on the command line and in the configuration. */
export function configText(failure: ConfigFailure): FailureText {
  switch (failure.reason) {
    case "usage":
      return {
        ...usageText(failure.problem, failure.verb),
        details: [`usage: ${failure.usageLine}`],
      };
    case "config-missing":
      return {
        headline: "this directory is not in an igor project: there is no .igor/config.json",
        where: `looked in ${failure.from} and every directory above it`,
        details: [],
        hint: "`igor init` makes one here; or go to the directory of your project",
      };
    case "config-of-another":
      return {
        headline: "the nearest configuration belongs to another user, and is not used from here",
        where: failure.file,
        details: [],
        hint: `\`igor init\` makes one of your own in ${failure.from}; if you trust that one, run igor in its project's own directory`,
      };
    case "config-unreadable":
      return {
        headline: "the configuration cannot be read",
        where: failure.file,
        details: [failure.detail],
        hint: "it must be a file that you may read, e.g. after `chmod u+r`",
      };
    case "config-invalid":
      return mistakesText(failure, {
        what: "the configuration",
        hint: "`igor help config` explains every key",
      });
    case "project-unnamed":
      return {
        headline: `the project has no name: its directory's, \`${failure.directory}\`, cannot be one`,
        where: failure.file,
        details: [],
        hint: 'give it one, e.g. `"project": "train"`: letters, digits, and _ . - after the first',
      };
    case "init-refused":
      return {
        headline: `igor init: the ${failure.key} \`${failure.value}\` ${failure.message}`,
        details: [],
        hint: "run `igor init` again with another one; nothing was written",
      };
    case "config-exists":
      return {
        headline: "there is a configuration already; it was not touched",
        where: failure.file,
        details: [],
        hint: "edit that file, or move it away first and run `igor init` again",
      };
    case "config-unwritable":
      return {
        headline: "the configuration cannot be written",
        where: failure.file,
        details: [failure.detail],
        hint: "check what is there already, who owns the directory, and whether its disk is full",
      };
    case "unknown-group":
      return {
        headline: `there is no host group \`${failure.name}\`${didYouMean(failure.suggestion)}`,
        where: `${failure.file}, host_groups`,
        details: [`host groups: ${failure.known.join(", ")}`],
        hint: "choose one with -g NAME, or add it to host_groups",
      };
    case "env-not-set":
      return notSetText(failure);
    case "not-trusted":
      return notTrustedText(failure);
    case "unknown-action":
      return failure.id === undefined
        ? {
            headline: "igor has done nothing here yet",
            details: [],
            hint: "outside of a project `igor log` lists what was done in all of them",
          }
        : {
            headline: `there is no action \`${failure.id}\` in the journal`,
            details: [],
            hint: "`igor log` lists the last ones; older ones are gone",
          };
    case "journal-unreadable":
      return {
        headline: "this is no journal of igor that can be read",
        where: failure.file,
        details: [failure.detail],
        hint: "`igor log` lists the journals that are here",
      };
    case "unknown-host":
      return {
        headline: `the host group \`${failure.group}\` has no host \`${failure.name}\`${didYouMean(failure.suggestion)}`,
        where: `${failure.file}, host_groups.${failure.group}`,
        details: [`its hosts: ${failure.known.join(", ")}`],
        hint: "choose one with --host NAME, or another group with -g NAME",
      };
    default:
      return unreachable(failure);
  }
}

function usageText(
  problem: UsageProblem,
  verb: readonly string[],
): Pick<FailureText, "headline" | "hint"> {
  const spoken = ["igor", ...verb].join(" ");
  const help = `\`${["igor", "help", ...verb].join(" ")}\` explains it`;
  switch (problem.kind) {
    case "no-command":
      return {
        headline: `${spoken}: a command is missing`,
        hint: `one of ${problem.known.join(", ")}; ${help}`,
      };
    case "unknown-command":
      return {
        headline: `${spoken}: there is no command \`${problem.given}\`${didYouMean(problem.suggestion)}`,
        hint: `one of ${problem.known.join(", ")}; ${help}`,
      };
    case "unknown-option":
      return {
        headline: `${spoken}: there is no option \`${problem.given}\`${didYouMean(problem.suggestion)}`,
        hint: help,
      };
    case "option-not-here":
      return {
        headline: `${spoken}: the option \`${problem.given}\` does not belong to this command`,
        hint: `it belongs to ${problem.verbs.map((other) => `\`igor ${other}\``).join(", ")}`,
      };
    case "option-needs-value":
      return {
        headline: `${spoken}: the option \`${problem.given}\` needs a value`,
        hint: `write \`${problem.given} ${problem.valueName}\`; ${help}`,
      };
    case "option-takes-no-value":
      return {
        headline: `${spoken}: the option \`${problem.given}\` takes no value`,
        hint: `leave out what follows the =; ${help}`,
      };
    case "missing-argument":
      return {
        headline: `${spoken}: ${problem.name} is missing`,
        hint: problem.known?.length ? `e.g. ${listText(problem.known, 10)}; ${help}` : help,
      };
    case "unknown-argument":
      return {
        headline: `${spoken}: \`${problem.given}\` cannot stand here${didYouMean(problem.suggestion)}`,
        hint: `one of ${problem.known.join(", ")}; ${help}`,
      };
    case "extra-argument":
      return {
        headline: `${spoken}: \`${problem.given}\` is one word too many`,
        hint: help,
      };
    case "process-without-host":
      return {
        headline: `${spoken}: each of ${countText(problem.hosts.length, "host")} may have a process ${problem.given}`,
        hint: `name the host: --host ${problem.hosts[0] ?? ""}, or ${listText(problem.hosts.slice(1), 5)}`,
      };
    case "asks-first":
      return {
        headline: `${spoken}: asks before it ends all sessions, which it cannot with --quiet`,
        hint: "name what to end (`igor docker ps` lists it), or say --all, which ends builds, too",
      };
    case "quote-open":
      return {
        headline: `${spoken}: a quote in \`${problem.given}\` has no end`,
        hint: "close it, or write a backslash before it",
      };
    case "not-utf8":
      return {
        headline: `${spoken}: the word \`${problem.given}\` is not UTF-8 and would arrive as another one`,
        hint: 'let a shell there make the bytes, e.g. `sh -c \'ls "$(printf "caf\\351")"\'` for a name in Latin-1',
      };
    default:
      return unreachable(problem);
  }
}

function didYouMean(suggestion: string | undefined): string {
  return suggestion === undefined ? "" : `; did you mean \`${suggestion}\`?`;
}

/**
 * Mistakes with their lines and a caret below each, e.g.
 * ```
 * config.json:3:5: dir: must be absolute or start with ~/
 *     "dir": "work"
 *            ^^^^^^
 * ```
 */
export function mistakesText(
  { file, problems }: { readonly file: string; readonly problems: readonly ConfigProblem[] },
  { what, hint }: { readonly what: string; readonly hint: string },
): FailureText {
  const places = problems.map(({ line, column }) => `${file}:${line}:${column}`);
  const alone = problems.length === 1 ? places[0] : undefined;
  return {
    headline: `${what} has ${countText(problems.length, "mistake")}`,
    ...(alone === undefined ? {} : { where: alone }),
    details: problems.flatMap((problem, index) => [
      [alone === undefined ? places[index] : "", problem.key, problem.message]
        .filter((part) => part !== "")
        .join(": "),
      ...excerptOf(problem),
      ...(problem.hint === undefined ? [] : [`    ${problem.hint}`]),
    ]),
    hint,
  };
}

const before = 40;
const around = 70;

/** The line and its caret, indented; of a very long line only what is near the mistake. */
function excerptOf({ sourceLine, column, length }: ConfigProblem): string[] {
  const text = sourceLine.replaceAll(/\s/g, " ");
  if (text.trim() === "") return [];
  const at = column - 1;
  const from = text.length <= before + around ? indentOf(text, at) : Math.max(0, at - before);
  const shown = text.slice(from, from + before + around).trimEnd();
  const marked = shown.slice(at - from, at - from + length);
  const pad = " ".repeat(widthOf(text.slice(from, at)));
  return [`    ${shown}`, `    ${pad}${"^".repeat(Math.max(1, widthOf(marked)))}`];
}

function indentOf(text: string, most: number): number {
  return Math.min(text.length - text.trimStart().length, most);
}
