import { createLogUpdate } from "log-update";

/** What draws the live lines: replaces what it drew last, hides the cursor, and shows it again on any exit. */
export interface Redraw {
  (text: string): void;
  clear(): void;
  done(): void;
}

/** Loaded when a command takes long enough to be worth watching: the library costs some milliseconds. */
export function redrawOn(stream: NodeJS.WritableStream): Redraw {
  return createLogUpdate(stream);
}
