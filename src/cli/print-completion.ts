import { bashCompletion } from "../request/completion-bash.ts";
import { fishCompletion } from "../request/completion-fish.ts";
import { zshCompletion } from "../request/completion-zsh.ts";
import type { RequestOf } from "../request/commands.ts";

const scripts: ReadonlyMap<string, () => string> = new Map([
  ["bash", bashCompletion],
  ["zsh", zshCompletion],
  ["fish", fishCompletion],
]);

/** Prints the script of a shell. */
export function printCompletion({ shell }: RequestOf<"completion">): number {
  process.stdout.write(scripts.get(shell[0] ?? "")?.() ?? "");
  return 0;
}
