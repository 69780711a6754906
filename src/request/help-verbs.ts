import { commandOf, kinds } from "./commands.ts";
import type { Command, Kind } from "./commands.ts";
import { editorCommands } from "./editor-commands.ts";
import type { EditorCommand } from "./editor-commands.ts";
import { explained, filled, helpMargin, ruler, spaced, tagged, verbatim } from "./help-lines.ts";
import { commonOptions, flagsOf } from "./options.ts";
import type { Block } from "./page.ts";
import { pageOfCommand, usageLineOf } from "./usage.ts";

/** Every verb, with the command of the editor that stands for it. */
export function verbsHelp(): readonly string[] {
  return spaced(kinds.map((kind) => [ruler("-"), ...verbHelp(kind)]));
}

/** The tag of a verb, e.g. `igor-docker-setup`. */
function tagOfVerb({ words }: Command): string {
  return ["igor", ...words].join("-");
}

/** What `!` adds to a command of the editor. e.g. `--replace` */
function bangOf({ bang }: EditorCommand): string | undefined {
  return bang === undefined ? undefined : flagsOf(bang).at(-1)?.written;
}

/** A line for each command of the editor that stands for a verb. */
export function editorCommandsHelp(): readonly string[] {
  return editorCommands.flatMap((one) => {
    const command = commandOf(one.verb);
    const bang = bangOf(one);
    const adds = bang === undefined || one.summary !== undefined ? "" : ` \`!\` is \`${bang}\`.`;
    const term = `|:${one.name}|`;
    return explained({ term, text: `${sentence(one.summary ?? command.summary)}${adds}` });
  });
}

function verbHelp(kind: Kind): readonly string[] {
  const command = commandOf(kind);
  const inEditor = editorCommands.find(({ verb }) => verb === kind);
  const tags = [...(inEditor === undefined ? [] : [`:${inEditor.name}`]), tagOfVerb(command)];
  const { sections } = pageOfCommand(command);
  const blocksOf = (wanted: string) =>
    sections.find(({ heading }) => heading === wanted)?.blocks ?? [];
  const parts = ["Arguments", "Options"].map((heading) => headed(heading, blocksOf(heading)));
  return spaced(
    [
      [...tagged(command.words.join(" "), tags), ...usageOf(command, inEditor)],
      filled(introductionOf(command, inEditor), helpMargin),
      ...command.description.map((paragraph) => filled(paragraph, helpMargin)),
      ...parts,
      commonOf(command),
      examplesOf(command),
      exitCodesOf(command, blocksOf("Exit codes")),
    ].filter((block) => block.length > 0),
  );
}

function usageOf(command: Command, inEditor: EditorCommand | undefined): readonly string[] {
  const line = usageLineOf(command.words);
  const verb = ["igor", ...command.words].join(" ");
  const bang = inEditor?.bang === undefined ? "" : "[!]";
  const typed =
    inEditor === undefined ? `:Igor ${command.words.join(" ")}` : `:${inEditor.name}${bang}`;
  return verbatim([typed + line.slice(verb.length), line]);
}

function introductionOf({ summary }: Command, inEditor: EditorCommand | undefined): string {
  const bang = inEditor === undefined ? undefined : bangOf(inEditor);
  const own = inEditor?.summary === undefined ? "" : ` In the editor: ${inEditor.summary}.`;
  const adds = bang === undefined || own !== "" ? "" : ` \`!\` is \`${bang}\`.`;
  return `${sentence(summary)}${own}${adds}`;
}

function headed(heading: string, blocks: readonly Block[]): readonly string[] {
  const lines = blocks.flatMap((block) =>
    block.kind === "terms" ? block.terms.flatMap((term) => explained(term)) : [],
  );
  return lines.length === 0 ? [] : [`${" ".repeat(helpMargin)}${heading} ~`, ...lines];
}

/** The options that many verbs share are explained once. */
function commonOf({ options: names, optionSummaries = {} }: Command): readonly string[] {
  const shared = names
    .filter((name) => commonOptions.some((common) => common === name))
    .filter((name) => optionSummaries[name] === undefined)
    .flatMap((name) => {
      const long = flagsOf(name).filter(({ written }) => written.startsWith("--"));
      return [...new Map(long.map((flag) => [flag.gives, flag.written])).values()];
    });
  if (shared.length === 0) return [];
  return filled(`Also, of the |igor-common-options|: ${shared.join(", ")}.`, helpMargin);
}

function examplesOf({ examples }: Command): readonly string[] {
  if (examples.length === 0) return [];
  const lines = examples.flatMap(({ line, does }) => [
    ...filled(does, 2 * helpMargin).map((words) => `# ${words.trimStart()}`),
    line,
  ]);
  return [`${" ".repeat(helpMargin)}Examples ~`, ...verbatim(lines, "sh")];
}

function exitCodesOf({ exitCodes = [] }: Command, blocks: readonly Block[]): readonly string[] {
  if (exitCodes.length > 0) return headed("Exit codes", blocks);
  return filled("Exit codes are those of |igor-exit-codes|.", helpMargin);
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
