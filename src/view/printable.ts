/**
 * Escape sequences that carry text of their own (window titles, links), up to their terminator. None holds the begin of
 * another: a line of nothing but begins would be read to its end from each of them.
 */
const strings =
  /(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u0090\u0098\u009c-\u009f]*(?:\u0007|\u001b\\|\u009c)/g;

/** Colours, cursor movements and the like, e.g. `ESC [ 31 m`. */
const controls = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]/g;

/** The short ones, e.g. `ESC ( B`. */
const escapes = /\u001b[ -/]*[0-~]/g;

/** C0 without tab, DEL, C1, and what reorders or breaks lines: marks, embeddings, overrides, isolates, separators. */
const unprintable =
  /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\p{Surrogate}/gu;

/** What most lines are: there is nothing to remove. */
const plain = /^[\t -~]*$/;

/**
 * One line of somebody else's output as it may be drawn: nothing in it moves the cursor, changes colours or titles,
 * or shows letters in another order than they have. Of a line that was drawn over with carriage returns the last
 * state is kept, e.g. `10%\r20%\r` becomes `20%`.
 */
export function printable(text: string): string {
  if (plain.test(text)) return text;
  const states = text.split(/[\r\n]+/).filter((state) => state !== "");
  return (states.at(-1) ?? "")
    .replace(strings, "")
    .replace(controls, "")
    .replace(escapes, "")
    .replace(unprintable, "");
}

/** Like `printable`, but each of several lines is kept, and lines that turn out empty are left out. */
export function printableLines(lines: readonly string[]): string[] {
  return lines
    .flatMap((line) => line.split("\n"))
    .map((line) => printable(line).trimEnd())
    .filter((line) => line !== "");
}

/** JSON with what `printable` would remove written as `\u....`: the same value, and safe to look at on a terminal. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replace(
    unprintable,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
