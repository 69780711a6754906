import { Buffer } from "node:buffer";

/** More bytes than this in the command of an ssh session are refused: sshd drops the whole connection at 256 KB, exec at 128 KB. */
export const longestCommand = 100_000;

/**
 * The command of an ssh session that runs `text` (POSIX sh) with `words` as its arguments, whatever the login shell is:
 * bash, zsh, fish, tcsh, csh, ksh, dash, busybox ash all read it as the same words.
 * `exec` leaves no waiting parent; the absolute path is out of reach of aliases and functions.
 * Source: facts of the host shell, A1.
 */
export function bootCommand(text: string, words: readonly string[] = []): string {
  return `exec ${bootWords(text, words)}`;
}

/** The same for a restricted shell, which refuses `exec` and absolute paths. */
export function restrictedBootCommand(text: string, words: readonly string[] = []): string {
  return bootWords(text, words).replace(/^\/bin\//, "");
}

function bootWords(text: string, words: readonly string[]): string {
  const encodedWords = [portableWord(`shift;${text}`), ...words.map(portableWord)];
  return `/bin/sh -c 'eval "$(printf %b "$1")"; ' igor ${encodedWords.join(" ")}`;
}

/**
 * One single-quoted word of printable ASCII without quote, `!` (csh) or a doubled backslash (fish), for `printf %b`.
 * Arguments after the first are decoded by nobody: they must not need escapes.
 */
function portableWord(text: string): string {
  let word = "";
  for (const byte of Buffer.from(text)) {
    const character = String.fromCharCode(byte);
    if (character === "\n") word += "\\n";
    else if (byte < 32 || byte > 126 || `'!\\`.includes(character)) {
      word += `\\0${byte.toString(8).padStart(3, "0")}`;
    } else word += character;
  }
  return `'${word}'`;
}
