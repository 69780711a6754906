import { posix } from "node:path";
import { DockerfileParser } from "dockerfile-ast";

/**
 * What a dockerfile reads of the project: plain data, so that it can be kept beside the digest of the text and the
 * build arguments. This file alone loads the parser, which is heavy: import it only when that digest is new.
 */
export interface DockerfileReads {
  readonly copies: readonly CopiedPaths[];
}

/** What one instruction reads of the build context: COPY, ADD, or RUN with a bind mount. */
export interface CopiedPaths {
  /** Relative to the context, e.g. `requirements*.txt`; `.` is all of it. May hold wildcards. */
  readonly sources: readonly string[];
  /** Where they go in the image, absolute; undefined when that depends on the base image. */
  readonly target: string | undefined;
}

/** What is known at a line of a build stage. A stage from outside (`FROM python`) may have more variables than these. */
interface Stage {
  readonly variables: Map<string, string>;
  /** Undefined: as the base image says. */
  workdir: string | undefined;
}

interface Statement {
  readonly keyword: string;
  /** e.g. `--from=base` */
  readonly flags: readonly string[];
  readonly words: readonly string[];
}

/** Reads a dockerfile. No mistake in it is an error here: the builder has the better words for those. */
export function parseDockerfile(
  text: string,
  buildArgs: Readonly<Record<string, string>>,
): DockerfileReads {
  const dockerfile = DockerfileParser.parse(text);
  const lines = text.split(/\r?\n/);
  const escape = dockerfile.getEscapeCharacter();
  const assigned = assignmentsByLine(dockerfile);
  const copies: CopiedPaths[] = [];
  const global: Stage = { variables: new Map(), workdir: undefined };
  const stages = new Map<string, Stage>();
  let stage = global;
  for (const instruction of dockerfile.getInstructions()) {
    const { start, end } = instruction.getRange();
    const statement = statementOf(lines.slice(start.line, end.line + 1), escape);
    switch (statement.keyword) {
      case "FROM": {
        const words = statement.words.map((word) => expanded(word, global.variables) ?? word);
        const base = stages.get(words[0]?.toLowerCase() ?? "");
        stage = { variables: new Map(base?.variables), workdir: base?.workdir };
        if (words[1]?.toLowerCase() === "as" && words[2]) stages.set(words[2].toLowerCase(), stage);
        break;
      }
      case "ARG":
        for (const { name, value } of assigned.get(start.line) ?? []) {
          const given =
            buildArgs[name] ?? expandedOrAbsent(value, stage) ?? global.variables.get(name);
          if (given !== undefined) stage.variables.set(name, given);
        }
        break;
      case "ENV":
        for (const { name, value } of assigned.get(start.line) ?? []) {
          const known = expandedOrAbsent(value, stage);
          if (known === undefined) stage.variables.delete(name);
          else stage.variables.set(name, known);
        }
        break;
      case "WORKDIR":
        stage.workdir = absoluteIn(stage, statement.words.join(" "));
        break;
      default:
        copies.push(...copiesOf(statement, stage));
    }
  }
  return { copies };
}

interface Assignment {
  readonly name: string;
  readonly value: string | undefined;
}

function assignmentsByLine(
  dockerfile: ReturnType<typeof DockerfileParser.parse>,
): ReadonlyMap<number, readonly Assignment[]> {
  return new Map(
    [...dockerfile.getARGs(), ...dockerfile.getInitialARGs(), ...dockerfile.getENVs()].map(
      (instruction) => [
        instruction.getRange().start.line,
        instruction.getProperties().map((property) => ({
          name: property.getName(),
          value: property.getValue() ?? undefined,
        })),
      ],
    ),
  );
}

/** One instruction: continued lines joined, comments between them and the text of here-documents left out. */
function statementOf(lines: readonly string[], escape: string): Statement {
  let text = "";
  for (const [index, line] of lines.entries()) {
    const trimmed = line.trim();
    if (index > 0 && (trimmed === "" || trimmed.startsWith("#"))) continue;
    if (!trimmed.endsWith(escape)) {
      text += trimmed;
      break;
    }
    text += `${trimmed.slice(0, -1)} `;
  }
  const keyword = /^\S*/.exec(text)?.[0] ?? "";
  return { keyword: keyword.toUpperCase(), ...flagsAndWords(text.slice(keyword.length)) };
}

function flagsAndWords(text: string): Pick<Statement, "flags" | "words"> {
  const flags: string[] = [];
  let rest = text.trim();
  for (let flag = /^--\S+/.exec(rest); flag !== null; flag = /^--\S+/.exec(rest)) {
    flags.push(flag[0]);
    rest = rest.slice(flag[0].length).trimStart();
  }
  return { flags, words: jsonWords(rest) ?? rest.split(/\s+/).filter((word) => word !== "") };
}

/** The JSON form, `["a b", "/x"]`, the only one whose words can hold spaces. */
function jsonWords(text: string): readonly string[] | undefined {
  if (!text.startsWith("[")) return undefined;
  try {
    const words: unknown = JSON.parse(text);
    if (Array.isArray(words) && words.every((word) => typeof word === "string")) return words;
  } catch {
    // Docker, too, takes it for the plain form then.
  }
  return undefined;
}

function copiesOf(statement: Statement, stage: Stage): readonly CopiedPaths[] {
  switch (statement.keyword) {
    case "COPY":
    case "ADD": {
      if (statement.flags.some((flag) => flag.startsWith("--from="))) return [];
      const target = statement.words.at(-1) ?? "";
      const sources = statement.words
        .slice(0, -1)
        .filter((word) => !word.startsWith("<<") && !/^(?:[a-z+]+:\/\/|git@)/i.test(word));
      return sources.length === 0
        ? []
        : [
            {
              sources: sources.map((word) => sourceIn(stage, word)),
              target: absoluteIn(stage, target),
            },
          ];
    }
    case "RUN":
      return statement.flags.flatMap((flag) => mountOf(flag, stage));
    case "ONBUILD": {
      // What the trigger will read when a later stage, or another build, starts from this one.
      const [keyword = "", ...words] = statement.words;
      const trigger = { keyword: keyword.toUpperCase(), ...flagsAndWords(words.join(" ")) };
      return trigger.keyword === "ONBUILD" ? [] : copiesOf(trigger, stage);
    }
    default:
      return [];
  }
}

/** e.g. `--mount=type=bind,source=uv.lock,target=uv.lock` */
function mountOf(flag: string, stage: Stage): readonly CopiedPaths[] {
  if (!flag.startsWith("--mount=")) return [];
  const fields = new Map(
    flag
      .slice("--mount=".length)
      .split(",")
      .map((field): [string, string] => {
        const [key = "", ...value] = field.split("=");
        return [key.toLowerCase(), value.join("=")];
      }),
  );
  if ((fields.get("type") ?? "bind") !== "bind" || fields.has("from")) return [];
  const source = fields.get("source") ?? fields.get("src") ?? ".";
  const target = fields.get("target") ?? fields.get("dst") ?? fields.get("destination") ?? ".";
  return [{ sources: [sourceIn(stage, source)], target: absoluteIn(stage, target) }];
}

/** A source relative to the context. What depends on the base image may be any file. */
function sourceIn(stage: Stage, word: string): string {
  const known = expanded(word, stage.variables);
  if (known === undefined) return ".";
  const path = posix.normalize(`/${known}`).slice(1).replace(/\/$/, "");
  return path === "" ? "." : path;
}

function absoluteIn(stage: Stage, word: string): string | undefined {
  const path = expanded(word, stage.variables);
  if (path === undefined) return undefined;
  if (path.startsWith("/")) return posix.normalize(path);
  return stage.workdir === undefined ? undefined : posix.join(stage.workdir, path);
}

function expandedOrAbsent(value: string | undefined, stage: Stage): string | undefined {
  return value === undefined ? undefined : expanded(value, stage.variables);
}

const special =
  /\\(?<escaped>.)|\$\{(?<braced>\w+)(?::?(?<modifier>[-+])(?<other>[^}]*))?\}|\$(?<plain>\w+)|["']/g;

/** A word with its variables replaced; undefined when one is not known here. e.g. `${REQ:-a.txt}` */
function expanded(word: string, variables: ReadonlyMap<string, string>): string | undefined {
  let text = "";
  let from = 0;
  for (const match of word.matchAll(special)) {
    const { escaped, braced, modifier, other = "", plain } = match.groups ?? {};
    text += word.slice(from, match.index) + (escaped ?? "");
    from = match.index + match[0].length;
    const name = braced ?? plain;
    if (name === undefined) continue;
    const value = variables.get(name);
    if (modifier === "+") text += value === undefined ? "" : other;
    else if (value === undefined && modifier === undefined) return undefined;
    else text += value ?? other;
  }
  return text + word.slice(from);
}
