import { Buffer } from "node:buffer";

/** What the user types, with ssh's habit read out of it. */
export interface LeaveKeys {
  /** What of further keys is for the program; `leaves` when the user goes, and nothing behind that counts. */
  read(keys: Buffer): { readonly pass: Buffer; readonly leaves: boolean };
}

const tilde = 0x7e;
const dot = 0x2e;
const lineEnds: readonly (number | undefined)[] = [0x0a, 0x0d];
const pasteBegin = Buffer.from("\x1b[200~");
const pasteEnd = Buffer.from("\x1b[201~");
const escape = "\x1b";
/** What a terminal answers by itself: where the cursor is (busybox asks that at each prompt), what it is, its modes. */
const answer = /^\x1b\[[?>]?[0-9;]*(?:[Rcn]|\$y)$/;
const unfinished = /^\x1b(?:\[[?>]?[0-9;]*\$?)?$/;

/**
 * At the begin of a line `~.` leaves, and `~~` is one `~`; any other key after `~` is as it is. In what is pasted in
 * brackets a `~` means nothing. A `~` waits for the next key, as with ssh. What the terminal answers is no key.
 */
export function leaveKeys(): LeaveKeys {
  let isLineBegin = true;
  let holdsTilde = false;
  let isPaste = false;
  /** How much of the next bracket has come. */
  let matched = 0;
  const noteBracket = (key: number): void => {
    const bracket = isPaste ? pasteEnd : pasteBegin;
    matched = key === bracket[matched] ? matched + 1 : key === bracket[0] ? 1 : 0;
    if (matched < bracket.length) return;
    matched = 0;
    isPaste = !isPaste;
  };
  let sequence = "";
  let wasLineBegin = false;
  const noteAnswer = (key: number): void => {
    const character = String.fromCharCode(key);
    sequence = character === escape ? escape : sequence === "" ? "" : sequence + character;
    if (answer.test(sequence)) isLineBegin = wasLineBegin;
    if (!unfinished.test(sequence)) sequence = "";
  };
  return {
    read(keys) {
      const pass: number[] = [];
      for (const key of keys) {
        if (holdsTilde) {
          holdsTilde = false;
          if (key === dot) return { pass: Buffer.from(pass), leaves: true };
          if (key !== tilde) pass.push(tilde);
        } else if (key === tilde && isLineBegin && !isPaste) {
          holdsTilde = true;
          continue;
        }
        pass.push(key);
        noteBracket(key);
        if (sequence === "") wasLineBegin = isLineBegin;
        isLineBegin = lineEnds.includes(key);
        noteAnswer(key);
      }
      return { pass: Buffer.from(pass), leaves: false };
    },
  };
}

/** In a terminal of an editor every key is the program's: what an editor types there is text, and windows can be closed. */
export function everyKey(): LeaveKeys {
  return { read: (keys) => ({ pass: keys, leaves: false }) };
}
