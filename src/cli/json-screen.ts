import type { Event } from "../model/event.ts";
import type { ActionEnded, ActionStarted } from "../model/journal.ts";
import { printableJson } from "../view/printable.ts";
import type { Screen, ScreenOptions } from "./screen.ts";

/** The version of the lines; it grows when a member changes its meaning or goes, not when one is added. */
const version = 1;

/** Every event as one line of JSON on stdout, failures too, and nothing else anywhere. */
export function jsonScreen({ stdout }: Pick<ScreenOptions, "stdout">): Screen {
  return {
    emit(event) {
      stdout.write(jsonLine(event));
    },
    close() {
      // Nothing is left open.
    },
  };
}

/** e.g. `{"version":1,"type":"step-started","host":"apollo","step":"push","at":1712345678123}` and a line break */
export function jsonLine(event: Event | ActionStarted | ActionEnded): string {
  return `${printableJson({ version, ...event })}\n`;
}
