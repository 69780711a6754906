import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";

/**
 * The first word that did not come as it was typed: Node reads words as UTF-8, and writes U+FFFD for what is none.
 * Whether a U+FFFD was typed can be told where there is a /proc. e.g. `a\xff` came as `a\uFFFD`
 */
export function alteredWord(words: readonly string[]): string | undefined {
  const isSuspect = (word: string): boolean => word.includes("\uFFFD");
  if (!words.some(isSuspect)) return undefined;
  const typed = typedWords(words.length);
  return words.find((word, index) => {
    const bytes = typed[index];
    return isSuspect(word) && (bytes === undefined || !isUtf8(bytes));
  });
}

/** The last words of this process, as bytes; none where the system does not tell. */
function typedWords(count: number): readonly Buffer[] {
  try {
    const line = readFileSync("/proc/self/cmdline", "latin1");
    const words = line.split("\0").slice(0, -1).slice(-count);
    return words.map((word) => Buffer.from(word, "latin1"));
  } catch {
    return [];
  }
}
