import { posix } from "node:path";
import { linesOf } from "../remote/words.ts";
import { isPattern, patternToRegExp } from "./path-pattern.ts";

/** One thing that is to be brought: a file, all of a directory, or what a pattern matches. */
export interface Wanted {
  /** As it was written. */
  readonly word: string;
  /** Where the host begins to look: `.` or `./PATH`. */
  readonly start: string;
  /** What `find -path` is to match there: at least all that is wanted. */
  readonly match: string;
  /** Whether a path is wanted. */
  readonly has: (path: string) => boolean;
}

/**
 * Understands a word as one of `outputs`, relative to the project: undefined when it leads out of it. `directory` is
 * where the word was written, empty for the root. e.g. `runs/`, `checkpoints/*.pt`
 */
export function wantedOf(
  word: string,
  { root, directory }: { readonly root: string; readonly directory: string },
): Wanted | undefined {
  const below = word.startsWith("/")
    ? posix.relative(root, posix.normalize(word))
    : posix.join(escaped(directory, word), word);
  const pattern = below.replace(/(.)\/+$/, "$1").replace(/^\.$/, "");
  if (word === "" || pattern === ".." || pattern.startsWith("../")) return undefined;
  if (pattern === "") return { word, start: ".", match: "*", has: () => true };
  if (!isPattern(word.startsWith("/") ? pattern : word)) {
    const has = (path: string): boolean => path === pattern || path.startsWith(`${pattern}/`);
    return { word, start: `./${pattern}`, match: "*", has };
  }
  // Of a set, `!` and `^` mean the same, as in .gitignore.
  const regexp = patternToRegExp(pattern.replaceAll("[!", "[^"));
  const components = pattern.split("/");
  const fixed = components.slice(0, components.findIndex(isPattern));
  return {
    word,
    start: ["."].concat(fixed).join("/"),
    match: `./${atLeast(pattern)}`,
    has: (path) => withParents(path).some((part) => regexp.test(part)),
  };
}

/** The input `in_wanted` of the program `pull`. */
export function wantedInput(wanted: readonly Wanted[]): string {
  return linesOf(wanted.flatMap(({ start, match }) => [start, match]));
}

/** Whether a path is on the way to something that is wanted. e.g. `runs` for `runs/a` */
export function leadsTo(path: string, wanted: readonly Wanted[]): boolean {
  return wanted.some(({ start }) => start.startsWith(`./${path}/`));
}

/** The directory is no pattern, whatever its name is. */
function escaped(directory: string, word: string): string {
  return isPattern(word) ? directory.replace(/[*?[\\]/g, "\\$&") : directory;
}

/** For find, of which * matches a slash, too; where it knows bytes only, ? and a set are no whole character. */
function atLeast(pattern: string): string {
  return pattern.replace(/\\.|\*\*\/|\*+|\?|\[\^?[^\]]+\]/gs, (part) =>
    part.startsWith("\\") ? part : "*",
  );
}

function withParents(path: string): readonly string[] {
  const parts: string[] = [];
  for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1))
    parts.push(path.slice(0, slash));
  return [...parts, path];
}
