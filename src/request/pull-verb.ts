import type { Command } from "./commands.ts";
import { commonOptions } from "./options.ts";

/** The verb `pull`, as part of the table in `commands.ts`. */
export const pullVerb = {
  words: ["pull"],
  summary: "bring what was made on the hosts here",
  description: [
    "Brings what the key outputs of the configuration names, or the paths that you name, from the project's directory on each host to the same place here: new files, and those that changed there. A file has its name here only when it is whole, with the time and the mode it has there. A pull that was cut goes on where it was.",
    "Nothing is lost. A file is replaced only where it is as igor brought it; one that you changed or made yourself stays and is reported, unless you agree when asked or say --overwrite: then it is first moved to .igor/pull/conflicts/. Nothing is ever deleted. Where hosts of the group have different files of one name, none of them is brought, until --host names one.",
    "A link comes as a link when it leads to another place of the project. .git and .igor never come, nor anything through a link that leads elsewhere. A file that is written to meanwhile is brought again once; when it still changes, you are told.",
  ],
  arguments: {
    property: "paths",
    usage: "[PATH...]",
    summary:
      "Files, directories and patterns (in quotes, read on the host) in place of outputs, relative to where you are.",
    required: false,
    verbatim: false,
    values: "file",
  },
  options: ["overwrite", ...commonOptions],
  optionSummaries: {
    plan: "Ask the hosts, print what would be brought, and touch nothing.",
  },
  examples: [
    { line: "igor pull", does: "Brings the outputs from every host of the group dev." },
    { line: "igor pull runs/42 'checkpoints/*.pt'", does: "Brings only these." },
    {
      line: "igor pull -g cluster --host apollo --plan",
      does: "Shows what would come from apollo.",
    },
  ],
  exitCodes: [{ code: "1", means: "A step failed, or something was left because you changed it." }],
  files: ["config", "ssh", "pulled", "state"],
} as const satisfies Command;
