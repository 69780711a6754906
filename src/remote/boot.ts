import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";

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

/** What is special about a login shell. */
export interface LoginShell {
  /** It refuses `exec` and absolute paths, as rbash does. */
  readonly isRestricted: boolean;
  /** Its startup files print, and so every command's output begins with what they print. */
  readonly prints: boolean;
}

export const plainLogin: LoginShell = { isRestricted: false, prints: false };

/** The command of an ssh session for the login shell of a host. */
export function commandFor({ isRestricted }: LoginShell, text: string): string {
  return isRestricted ? restrictedBootCommand(text) : bootCommand(text);
}

const unpack =
  't=$(PATH=$PATH:/usr/local/bin:/usr/bin:/bin;unset GZIP;printf %s "$1"|base64 -d|gzip -dc)||exit 125;eval "$t"; ';

/**
 * A long text travels packed. What unpacks it is found whatever startup files made of PATH and GZIP; where it is not, or
 * something was cut, nothing runs, with exit code 125.
 */
function bootWords(text: string, words: readonly string[]): string {
  const plain = portableWord(`shift;${text}`);
  const packed = `'${gzipSync(`shift;${text}`, { level: 9 }).toString("base64")}'`;
  const isShort = plain.length <= packed.length + unpack.length;
  const read = isShort ? 'eval "$(printf %b "$1")"; ' : unpack;
  const encodedWords = [isShort ? plain : packed, ...words.map(portableWord)];
  return `/bin/sh -c '${read}' igor ${encodedWords.join(" ")}`;
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
