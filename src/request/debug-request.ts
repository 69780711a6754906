import type { RequestOf } from "./commands.ts";

/** What `igor dap` asks for when a debugger begins. */
export interface DebugRequest extends RequestOf<"dap"> {
  readonly plan: false;
  readonly json: false;
  readonly verbosity: "normal";
  /** The command in the container that the debugger is talked with through. */
  readonly words: readonly string[];
  /** Files, image and container are brought up to date before. */
  readonly brings: boolean;
}
