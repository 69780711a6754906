import { printable } from "./printable.ts";
import { clip, padded, widthOf } from "./text-width.ts";

const longest = 100;

/**
 * The inputs of a remote program, one per line, e.g. `image        dino-train-dev`; a list below its name.
 * Empty ones are left out, and values of environment variables, build arguments and secrets are not shown.
 */
export function inputLines(
  inputs: Readonly<Record<string, string>>,
  detail: "short" | "full",
): string[] {
  const shown = Object.entries(inputs)
    .filter(([, value]) => value.trim() !== "")
    .map(([name, value]) => ({
      name: printable(name.replace(/^in_/, "")),
      words: wordsOf(name, value),
    }));
  const column = Math.max(0, ...shown.map(({ name }) => widthOf(name)));
  return shown.flatMap(({ name, words }) => {
    const lines = words.map((word) => (detail === "full" ? word : clip(word, longest)));
    if (lines.length === 1) return [`${padded(name, column)}  ${lines[0] ?? ""}`];
    return [name, ...lines.map((line) => `  ${line}`)];
  });
}

/** The same inputs with nothing but the names of environment variables and build arguments, and no secrets. */
export function withoutSecrets(
  inputs: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const shown = Object.entries(inputs).map(([name, value]) => {
    const words = value === "" ? [] : shownWords(name, value.split("\n"));
    return [name, words.join("\n")] as const;
  });
  return Object.fromEntries(shown);
}

/** The value as one or more words to show: lists come one per line, or ended by NUL. */
function wordsOf(name: string, value: string): string[] {
  const words = value.split(/[\n\0]/).filter((word) => word.trim() !== "");
  return shownWords(name, words).map(printable);
}

function shownWords(name: string, words: readonly string[]): readonly string[] {
  if (/secret|token|passw|credential/i.test(name)) return ["(not shown)"];
  const allHidden = /(^|_)(env|environment|build_args|variables)(_|$)/i.test(name);
  return words.map((word, index) => {
    const follows = /^'?(-e|--env|--build-arg)'?$/.test(words[index - 1] ?? "");
    return allHidden || follows ? hidden(word) : withoutValues(word);
  });
}

/** Options whose value is `NAME=value`; the last one is the environment of a build. */
const option = "(?:-e|--env|--build-arg)";
const inQuotes = String.raw`(?:'\\''|(?!\k<quote>)[^])*\k<quote>`;
const optionInQuotes = new RegExp(
  String.raw`(?<before>(?<quote>['"])${option}[= ]?[^\s='"]+)=${inQuotes}`,
  "g",
);
const valueInQuotes = new RegExp(
  String.raw`(?<before>${option}['"]?[\s=]*(?<quote>['"])[^\s='"]+)=${inQuotes}`,
  "g",
);
const noQuotes = new RegExp(
  String.raw`(?<before>(?:^|\s)${option}[\s=]*[^\s='"]+)=(?:'[^']*'|"[^"]*"|[^\s'"])+`,
  "g",
);

/** e.g. `--env HF_TOKEN=abc --gpus all` becomes `--env HF_TOKEN=… --gpus all`; quoted words count as one. */
function withoutValues(word: string): string {
  return word
    .replace(optionInQuotes, "$<before>=…$<quote>")
    .replace(valueInQuotes, "$<before>=…$<quote>")
    .replace(noQuotes, "$<before>=…");
}

/** e.g. `CUDA=…` for `CUDA=12`. */
function hidden(assignment: string): string {
  const at = assignment.indexOf("=");
  return at < 0 ? assignment : `${assignment.slice(0, at).replace(/^['"]/, "")}=…`;
}
