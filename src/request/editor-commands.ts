import type { Kind } from "./commands.ts";
import type { OptionName } from "./options.ts";

/** A command of Neovim that stands for a verb. */
export interface EditorCommand {
  /** e.g. `IgorSetup` */
  readonly name: string;
  readonly verb: Kind;
  /** What `!` adds. */
  readonly bang?: OptionName;
  /** One line, without a full stop; the verb's own where absent. */
  readonly summary?: string;
}

/** The commands that do what a verb does, with the verb's own options and arguments. */
export const editorCommands: readonly EditorCommand[] = [
  { name: "IgorPush", verb: "push", bang: "adopt" },
  { name: "IgorPull", verb: "pull", bang: "overwrite" },
  { name: "IgorBuild", verb: "build", bang: "adopt" },
  { name: "IgorSetup", verb: "setup", bang: "replace" },
  {
    name: "IgorExec",
    verb: "exec",
    bang: "push",
    summary: "run a command line in the container, by its sh; with ! push first",
  },
  { name: "IgorClean", verb: "clean", bang: "images" },
  { name: "IgorStatus", verb: "status" },
  { name: "IgorPs", verb: "ps" },
  { name: "IgorLogs", verb: "logs", bang: "follow" },
  { name: "IgorDoctor", verb: "doctor" },
  { name: "IgorLogin", verb: "login" },
  { name: "IgorInit", verb: "init" },
];
