import type { ConfigKey } from "../model/config-key.ts";
import { exitCodes } from "./commands.ts";
import { editorCommandsHelp, verbsHelp } from "./help-verbs.ts";
import { explained, filled, helpMargin, helpWidth, spaced, tagged } from "./help-lines.ts";
import type { EditorMap, EditorOption, Highlight } from "./lua-tables.ts";
import { commonOptions, standAnywhere } from "./options.ts";
import type { Section } from "./page.ts";
import { everyFile, everyVariable } from "./surroundings.ts";
import { optionsSection, termOfKey } from "./usage.ts";

/** What `doc/igor.txt` is made of, beside the table of verbs. */
export interface HelpSources {
  /** Prose; a line `{{name}}` stands for what is generated. */
  readonly template: string;
  readonly keys: readonly ConfigKey[];
  readonly failures: readonly ExplainedFailure[];
  readonly options: readonly EditorOption[];
  readonly maps: readonly EditorMap[];
  readonly highlights: readonly Highlight[];
}

/** What a user may read about one reason. */
export interface ExplainedFailure {
  readonly reason: string;
  readonly cases: readonly { readonly headline: string; readonly hint?: string }[];
}

/** `doc/igor.txt`: all that `:help igor` knows. */
export function editorHelp(sources: HelpSources): string {
  const lines = sources.template.trimEnd().split("\n").map(alignedTags);
  const parts: Readonly<Record<string, readonly string[]>> = {
    contents: contentsOf(lines),
    "editor-commands": editorCommandsHelp(),
    verbs: verbsHelp(),
    "common-options": sectionHelp(
      optionsSection("Common options", [...commonOptions, ...standAnywhere]),
    ),
    "exit-codes": exitCodes.flatMap(({ code, means }) => explained({ term: code, text: means })),
    options: spaced(sources.options.map(optionHelp)),
    maps: sources.maps.flatMap(mapHelp),
    highlights: sources.highlights.flatMap(highlightHelp),
    keys: spaced(sources.keys.map(keyHelp)),
    failures: spaced(sources.failures.map(failureHelp)),
    files: everyFile.flatMap((file) => explained(file)),
    environment: everyVariable.flatMap((variable) =>
      explained(
        variable,
        variable.term.split(", ").map((name) => `igor-$${name}`),
      ),
    ),
  };
  const whole = lines.flatMap((line) => {
    const name = /^\{\{(.*)\}\}$/.exec(line)?.[1];
    if (name === undefined) return [line];
    const part = parts[name];
    if (part === undefined)
      throw new Error(`the template of the help wants ${name}, which nothing generates`);
    return part;
  });
  return `${whole.map((line) => line.trimEnd()).join("\n")}\n`;
}

/** The tags at the end of a line of the template go to the right edge. */
function alignedTags(line: string): string {
  const [, text = "", right = ""] = /^(.*?)\s{2,}((?:\*[^*\s]+\*\s?)+)$/.exec(line) ?? [];
  if (right === "") return line;
  return tagged(
    text,
    [...right.matchAll(/\*(\S+)\*/g)].map(([, tag = ""]) => tag),
  ).join("\n");
}

/** A line for each section: what follows a ruler. */
function contentsOf(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line, index) => {
    if (!lines[index - 1]?.startsWith("====")) return [];
    const [, title = "", tag = ""] = /^(.*?)\s+\*(\S+?)\*/.exec(line) ?? [];
    if (tag === "" || tag === "igor") return [];
    const link = `|${tag}|`;
    const head = `    ${title} `;
    return [`${head.padEnd(helpWidth - 28, ".")} ${link}`];
  });
}

function sectionHelp({ blocks }: Section): readonly string[] {
  return blocks.flatMap((block) =>
    block.kind === "terms" ? block.terms.flatMap((term) => explained(term)) : [],
  );
}

function optionHelp({ name, type, text, default: standard }: EditorOption): readonly string[] {
  const term = `${name}: ${type.replaceAll("|", " or ")}`;
  return explained({ term, text: `${sentence(text)} Default: \`${standard}\`.` }, [
    `igor-option-${name}`,
  ]);
}

function mapHelp({ name, modes, keys, summary }: EditorMap): readonly string[] {
  const plug = `<Plug>(igor-${name})`;
  const suggested = keys === undefined ? "" : ` Suggested: prefix and \`${keys}\`.`;
  const where = modes.includes("x") ? " For a selection." : "";
  return explained({ term: plug, text: `${sentence(summary)}${where}${suggested}` }, [plug]);
}

function highlightHelp({ group, link, text }: Highlight): readonly string[] {
  return explained(
    { term: group, text: `${sentence(text)} Linked to |hl-${link}|.`.replace(unlinked, "`$1`") },
    [`hl-${group}`],
  );
}

/** Groups of syntax, which have no tag of their own in Vim's help. */
const unlinked = /\|hl-(Comment|Function|Constant|Type|Identifier|Special|PreProc|Diagnostic\w+)\|/;

function keyHelp(key: ConfigKey): readonly string[] {
  return explained(termOfKey(key), [tagOfKey(key.key)]);
}

/** e.g. `igor-config-host_groups.hosts.dir` */
function tagOfKey(key: string): string {
  return `igor-config-${key.replaceAll(/\.NAME|\[\]/g, "")}`;
}

function failureHelp({ reason, cases }: ExplainedFailure): readonly string[] {
  return [
    ...tagged(reason, [`igor-failure-${reason}`]),
    ...cases.flatMap(({ headline, hint }) => [
      ...filled(headline, helpMargin),
      ...(hint === undefined ? [] : filled(`→ ${hint}`, 2 * helpMargin)),
    ]),
  ];
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
