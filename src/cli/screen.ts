import type { Emit } from "../model/event.ts";
import { unreachable } from "../model/unreachable.ts";
import { jsonScreen } from "./json-screen.ts";
import { liveScreen } from "./screen-live.ts";
import { plainScreen } from "./screen-plain.ts";
import { quietScreen } from "./screen-quiet.ts";

/**
 * `live` redraws a few lines, `plain` writes one line per decision and ended step, `quiet` tells failures only,
 * `json` writes every event as a line of JSON. The output of the user's own command is in each of them.
 */
export type ScreenMode = "live" | "plain" | "quiet" | "json";

/** A terminal or a pipe. */
export type Sink = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  /** The size of a terminal. */
  readonly columns?: number;
  readonly rows?: number;
};

/** What a screen needs to know; progress goes to `stderr`, what the user asked for to `stdout`. */
export interface ScreenOptions {
  readonly mode: ScreenMode;
  /** `verbose` tells every step and the tools' output in full. */
  readonly detail: "normal" | "verbose";
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly color: { readonly stdout: boolean; readonly stderr: boolean };
  /** Milliseconds of the epoch. */
  readonly now: () => number;
}

/**
 * A reader of events. `close` leaves the terminal as it was, in whatever state the plan is: before the end it takes
 * the live lines away, e.g. because a command gets the terminal. May be called twice.
 */
export interface Screen {
  readonly emit: Emit;
  readonly close: () => void;
}

/** Opens the screen of one command. */
export function openScreen(options: ScreenOptions): Screen {
  switch (options.mode) {
    case "live":
      return liveScreen(options);
    case "plain":
      return plainScreen(options);
    case "quiet":
      return quietScreen(options);
    case "json":
      return jsonScreen(options);
    default:
      return unreachable(options.mode);
  }
}
