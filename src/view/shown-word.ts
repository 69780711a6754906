import { printable } from "./printable.ts";

/** A word as a shell would take it, safe to draw. e.g. `'a b'` */
export function shownWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word)
    ? word
    : `'${printable(word.replaceAll("\n", "␤")).replaceAll("'", "'\\''")}'`;
}
