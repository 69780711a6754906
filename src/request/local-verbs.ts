import type { Command } from "./commands.ts";

/** The verbs that touch no host, as part of the table in `commands.ts`. */
export const localVerbs = {
  init: {
    words: ["init"],
    summary: "write a first .igor/config.json here",
    description: [
      "Makes the current directory a project: writes .igor/config.json with the group dev and one host in it. On a terminal igor asks for what you did not say. A file that exists is never overwritten.",
    ],
    options: ["host", "dir", "yes"],
    optionSummaries: { host: "The first host: any name that ssh takes." },
    examples: [
      {
        line: "igor init --host apollo --dir /data/dino",
        does: "The project will live in /data/dino/<project> on apollo.",
      },
    ],
  },
  "config show": {
    words: ["config", "show"],
    summary: "print every key of the configuration with the value that counts",
    description: [
      "Prints each key, where its value comes from, and the value as JSON: a line of .igor/config.json, the default, or another key. Keys without a value are not set. No host is asked. igor help config explains the keys.",
    ],
    options: ["hostGroup", "json"],
    withoutDefault: ["hostGroup"],
    optionSummaries: {
      hostGroup: "Only this group of host_groups.",
      json: "Print one object of JSON: project, file and settings.",
    },
    examples: [
      { line: "igor config show", does: "Prints all of it." },
      { line: "igor config show -g cluster", does: "Of the host groups only cluster." },
    ],
  },
  "config check": {
    words: ["config", "check"],
    summary: "look for mistakes in the configuration",
    description: [
      "Reads .igor/config.json, shows every mistake with its line, and looks in the project for what it names. What is valid and will still not work is a warning, e.g. a missing dockerfile, or a pattern of docker_rebuild_files that no file matches; the exit code stays 0. No host is asked.",
    ],
    options: ["json"],
    optionSummaries: { json: "Print one object of JSON: what was checked, and the warnings." },
    examples: [{ line: "igor config check", does: "Checks the project that you are in." }],
  },
  help: {
    words: ["help"],
    summary: "explain igor, a command, or the configuration",
    description: ["igor help config lists the keys of .igor/config.json."],
    arguments: {
      property: "topic",
      usage: "[COMMAND]",
      summary: "The words of a command, or config.",
      required: false,
      verbatim: false,
    },
    options: [],
    examples: [{ line: "igor help docker setup", does: "Explains one command." }],
  },
} as const satisfies Record<string, Command>;
