import type { Buffer } from "node:buffer";

/** The private modes of a terminal that a program has changed, e.g. bracketed paste, the mouse, the alternate screen. */
export interface TerminalModes {
  read(output: Buffer): void;
  /** What brings the terminal back to how it was; empty where nothing is changed. From then on nothing is. */
  reset(): string;
}

/** On from the begin: lines wrap, and the cursor is shown. */
const usuallyOn: ReadonlySet<string> = new Set(["7", "25"]);

/** No sequence of ours is longer. */
const longestRest = 64;

export function terminalModes(): TerminalModes {
  const changed = new Map<string, "h" | "l">();
  let rest = "";
  return {
    read(output) {
      const text = rest + output.toString("latin1");
      for (const [, numbers = "", state] of text.matchAll(/\x1b\[\?([0-9;]+)([hl])/g)) {
        for (const number of numbers.split(";")) {
          const isOn = state === "h";
          if (isOn === usuallyOn.has(number)) changed.delete(number);
          else changed.set(number, isOn ? "h" : "l");
        }
      }
      rest = /\x1b(?:\[(?:\?[0-9;]*)?)?$/.exec(text.slice(-longestRest))?.[0] ?? "";
    },
    reset() {
      const back = [...changed].map(
        ([number, state]) => `\x1b[?${number}${state === "h" ? "l" : "h"}`,
      );
      changed.clear();
      return back.length === 0 ? "" : `${back.join("")}\x1b[m`;
    },
  };
}
