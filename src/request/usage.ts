import type { ConfigKey } from "../model/config-key.ts";
import { commandOf, exitCodes, groups, kindOf, kinds, wordsAfter } from "./commands.ts";
import type { Command, ExitCode, Kind } from "./commands.ts";
import { commonOptions, flagsOf, options, standAnywhere } from "./options.ts";
import type { Option, OptionName } from "./options.ts";
import { textOf } from "./page.ts";
import type { Block, Layout, Page, Section, Term } from "./page.ts";
import {
  filesOfHostVerbs,
  termsOfFiles,
  termsOfVariables,
  variablesOfHostVerbs,
} from "./surroundings.ts";

/** How a verb is written. e.g. `igor docker exec [OPTION...] COMMAND [ARG...]` */
export function usageLineOf(verb: readonly string[]): string {
  const kind = kindOf(verb);
  if (kind === undefined) return ["igor", ...verb, "COMMAND [OPTION...]"].join(" ");
  const { arguments: takes, options: names } = commandOf(kind);
  const parts = ["igor", ...verb, names.length > 0 ? "[OPTION...]" : "", takes?.usage ?? ""];
  return parts.filter((part) => part !== "").join(" ");
}

/** Whether there is a help page with this name: none for igor itself, or words that verbs begin with. */
export function isTopic(topic: readonly string[]): boolean {
  return kindOf(topic) !== undefined || wordsAfter(topic).length > 0;
}

/** Whether the page is that of the configuration, see `configHelpOf`: its verbs are beside its keys. */
export function isConfigTopic(topic: readonly string[]): boolean {
  return topic.length === 1 && topic[0] === "config";
}

/** The help page of igor, of a verb, or of a word that groups verbs. */
export function helpOf(topic: readonly string[], layout: Layout): string {
  const kind = kindOf(topic);
  if (kind !== undefined) return textOf(pageOfCommand(commandOf(kind)), layout);
  return textOf(topic.length === 0 ? pageOfIgor() : pageOfGroup(topic), layout);
}

/** The help page of `.igor/config.json`. */
export function configHelpOf(keys: readonly ConfigKey[], layout: Layout): string {
  const page: Page = {
    title: ".igor/config.json",
    summary: "the configuration of a project",
    sections: [
      { heading: "File", blocks: [...paragraphs([aboutConfig]), ...lines(exampleConfig)] },
      commandsSection(["config"]),
      { heading: "Keys", blocks: [{ kind: "terms", terms: keys.map(termOfKey) }] },
    ],
  };
  return textOf(page, layout);
}

const aboutConfig =
  "A project is a directory with this file; igor finds it from every directory below. Only host_groups is required. Comments and trailing commas are allowed. The smallest one that works:";

const exampleConfig = [
  "{",
  '  "host_groups": {',
  '    "dev": { "hosts": [{ "host": "apollo", "dir": "~/projects" }] }',
  "  }",
  "}",
];

function pageOfIgor(): Page {
  return {
    title: "igor",
    summary: "edit here; build and run on remote hosts, in the project's container",
    sections: [
      { heading: "Usage", blocks: lines([usageLineOf([])]) },
      commandsSection([]),
      optionsSection("Common options", [...commonOptions, ...standAnywhere]),
      exitCodesSection(exitCodes),
      {
        heading: "More",
        blocks: [
          {
            kind: "terms",
            terms: [
              { term: "igor help COMMAND", text: "explains a command" },
              { term: "igor help config", text: "explains .igor/config.json" },
            ],
          },
        ],
      },
    ],
  };
}

function pageOfGroup(verb: readonly string[]): Page {
  return {
    title: ["igor", ...verb].join(" "),
    summary: groups[verb.join(" ")] ?? "",
    sections: [{ heading: "Usage", blocks: lines([usageLineOf(verb)]) }, commandsSection(verb)],
  };
}

function commandsSection(verb: readonly string[]): Section {
  const members = kinds.filter((kind) =>
    verb.every((word, index) => commandOf(kind).words[index] === word),
  );
  return { heading: "Commands", blocks: [{ kind: "terms", terms: members.map(termOfCommand) }] };
}

/** The help page of a verb. */
export function pageOfCommand(command: Command): Page {
  const { arguments: takes, optionSummaries = {} } = command;
  const isCommon = (name: OptionName) =>
    commonOptions.some((common) => common === name) && optionSummaries[name] === undefined;
  const own = command.options.filter((name) => !isCommon(name));
  const onHosts = worksOnHosts(command);
  return {
    title: ["igor", ...command.words].join(" "),
    summary: command.summary,
    sections: [
      { heading: "Usage", blocks: lines([usageLineOf(command.words)]) },
      { heading: "Description", blocks: paragraphs(command.description) },
      {
        heading: "Arguments",
        blocks: takes
          ? [{ kind: "terms", terms: [{ term: takes.usage, text: takes.summary }] }]
          : [],
      },
      optionsSection("Options", own, command),
      optionsSection("Common options", [...command.options.filter(isCommon), "help"], command),
      { heading: "Examples", blocks: command.examples.map(exampleOf) },
      exitCodesSection(exitCodesOf(command)),
      termsSection("Files", termsOfFiles(command.files ?? (onHosts ? filesOfHostVerbs : []))),
      termsSection(
        "Environment",
        termsOfVariables(command.environment ?? (onHosts ? variablesOfHostVerbs : [])),
      ),
    ],
  };
}

/** Options and what they are for. */
export function optionsSection(
  heading: string,
  names: readonly OptionName[],
  { optionSummaries = {}, withoutDefault = [] }: Partial<Command> = {},
): Section {
  const terms = names.flatMap((name) =>
    termsOfOption(name, {
      summary: optionSummaries[name],
      hasDefault: !withoutDefault.includes(name),
    }),
  );
  return termsSection(heading, terms);
}

function termsSection(heading: string, terms: readonly Term[]): Section {
  return { heading, blocks: terms.length > 0 ? [{ kind: "terms", terms }] : [] };
}

function worksOnHosts({ options: names }: Command): boolean {
  return names.includes("plan");
}

/** The common ones that the verb can end with, and its own, in the order of their numbers. */
function exitCodesOf(command: Command): readonly ExitCode[] {
  const { exitCodes: own = [] } = command;
  const common = worksOnHosts(command)
    ? exitCodes
    : exitCodes.filter(({ code }) => ["0", "2", "141"].includes(code));
  const others = common.filter(({ code }) => own.every((one) => one.code !== code));
  // N is whatever the user's command ends with.
  const rank = ({ code }: ExitCode) => (code === "N" ? -1 : Number(code));
  return [...own, ...others].toSorted((one, other) => rank(one) - rank(other));
}

/** One term for a flag or a value, one per word for a choice. */
function termsOfOption(
  name: OptionName,
  here: { readonly summary: string | undefined; readonly hasDefault: boolean },
): readonly Term[] {
  const option: Option = options[name];
  if (option.kind === "choice") {
    return Object.values(option.choices).map(({ names, summary }) => ({
      term: names.join(", "),
      text: summary,
    }));
  }
  const names = flagsOf(name).map(({ written }) => written);
  const text = here.summary ?? option.summary;
  if (option.kind === "flag") return [{ term: names.join(", "), text }];
  const remark =
    option.default === undefined || !here.hasDefault ? "" : ` Default: ${option.default}.`;
  return [{ term: `${names.join(", ")} ${option.valueName}`, text: text + remark }];
}

function exitCodesSection(codes: readonly ExitCode[]): Section {
  return termsSection(
    "Exit codes",
    codes.map(({ code, means }) => ({ term: code, text: means })),
  );
}

function termOfCommand(kind: Kind): Term {
  const { words, summary } = commandOf(kind);
  return { term: words.join(" "), text: summary };
}

/** A key of the configuration, as help explains it. */
export function termOfKey({ key, description, default: standard, isRequired }: ConfigKey): Term {
  const hasDefault = standard !== undefined && !/^[[{]/.test(standard);
  const remark = isRequired ? " Required." : hasDefault ? ` Default: ${standard}.` : "";
  return { term: key, text: description + remark };
}

function exampleOf({ line, does }: Command["examples"][number]): Block {
  return { kind: "example", line, text: does };
}

function lines(texts: readonly string[]): readonly Block[] {
  return texts.map((text) => ({ kind: "line", text }));
}

function paragraphs(texts: readonly string[]): readonly Block[] {
  return texts.map((text) => ({ kind: "paragraph", text }));
}
