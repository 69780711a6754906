import type { Told } from "./messages.ts";

/** The door to Neovim. */
export interface Editor {
  /** Tells the editor something; resolves when it has it on the screen. What it cannot draw ends nothing. */
  tell(told: Told): Promise<void>;
}
