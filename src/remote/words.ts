import { escapePath } from "./frame.ts";

/**
 * Any text as one word of `[A-Za-z0-9._/-]` and `%`, which no shell, label or list of words can misread.
 * e.g. `build argument CUDA` becomes `build%20argument%20CUDA`
 */
export function wordOf(text: string): string {
  let word = "";
  for (const byte of Buffer.from(text)) {
    const character = String.fromCharCode(byte);
    word += /[A-Za-z0-9._/-]/.test(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return word;
}

/** The text that `wordOf` made into a word. A word that is none of its is given back as it is. */
export function textOfWord(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return word;
  }
}

/**
 * Texts as the lines of one input, read by a loop of the remote programs: backslash and newline escaped for `printf %b`,
 * an empty text as `\c`, since empty lines are skipped.
 */
export function linesOf(texts: readonly string[]): string {
  return texts.map((text) => (text === "" ? "\\c" : escapePath(text))).join("\n");
}
