import type { Command } from "./commands.ts";
import { debugConfigVerbs } from "./debug-verbs.ts";

/** The verbs that touch no host, as part of the table in `commands.ts`. */
export const localVerbs = {
  init: {
    words: ["init"],
    summary: "write a first .igor/config.json here",
    description: [
      "Makes the current directory a project: writes .igor/config.json with the group dev and one host in it. On a terminal igor asks for what you did not say, and suggests the hosts of your ssh configuration. A file that exists is never overwritten.",
      "What is recognised is written, too: a dockerfile in another place or of another name than igor looks for by itself, e.g. docker/Dockerfile or Dockerfile.gpu, where it is the only one; files that say what is to be installed, such as requirements.txt and pyproject.toml, as docker_rebuild_files; ipython as repl_cmd where one of them names it.",
    ],
    options: ["host", "dir", "yes"],
    optionSummaries: {
      host: "The first host: any name that ssh takes. Without a terminal, the only one of your ssh configuration.",
      dir: "The directory on the host that will hold the project: absolute, or starting with ~/. Default: ~/igor.",
    },
    examples: [
      {
        line: "igor init --host apollo --dir /data/dino",
        does: "The project will live in /data/dino/<project> on apollo.",
      },
    ],
    exitCodes: [{ code: "130", means: "You cancelled it." }],
    files: ["config", "ssh"],
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
    files: ["config"],
    environment: ["colors"],
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
    exitCodes: [{ code: "1", means: "A file of the project cannot be read." }],
    files: ["config", "ignore", "ssh"],
    environment: ["colors"],
  },
  ...debugConfigVerbs,
  log: {
    words: ["log"],
    summary: "list what igor did, or show it again",
    description: [
      "Lists the last 20 actions on hosts of the project that you are in, or, outside of every project, of all of them: when, how it ended, how long it took, what was asked, on which hosts, and its id. With an id, or --last, shows that action again as it was shown then, with --verbose every step and the output of the tools.",
      "Each action has a journal, a file of one JSON object per line: igor's version, the words of the request, the machine's system, then the events as --json prints them. It is written as things happen; of a project the last 100 are kept, at most 10 MB. Such a file is what a report of a bug needs: show it with igor log FILE, and read it before you give it away.",
      "A journal does not hold: what your own commands print or read, their arguments, the values of env, build_args and docker_args, credentials in URLs, and values that are assigned to names such as API_KEY. It does hold the names of files and hosts, and the output of image builds: what a build prints in words of its own is in it.",
    ],
    arguments: {
      property: "action",
      usage: "[ID|FILE]",
      summary: "The id of an action, or a journal, e.g. one that somebody sent you.",
      required: false,
      verbatim: false,
      most: 1,
      values: "action-or-file",
    },
    options: ["last", "json", "verbosity"],
    optionSummaries: {
      json: "Print one JSON object per action, or the lines of the journal of one.",
    },
    examples: [
      { line: "igor log", does: "Lists the last actions." },
      { line: "igor log --last --verbose", does: "Shows all that the last action told." },
      {
        line: "igor log --last --json >igor-bug.ndjson",
        does: "Makes the file for a report of a bug.",
      },
    ],
    files: ["config", "state"],
    environment: ["colors", "directories"],
  },
  completion: {
    words: ["completion"],
    summary: "print a script that completes igor's words in a shell",
    description: [
      "Prints a script for the shell: with it, the Tab key completes commands, options, the names of host groups and hosts of the project that you are in, and behind igor docker exec and repl whatever the shell completes for a command of its own.",
      "bash: add source <(igor completion bash) to ~/.bashrc. zsh: the same with zsh, in ~/.zshrc behind compinit; or write the script to a file _igor in a directory of $fpath. fish: write it to ~/.config/fish/completions/igor.fish. A script in a file has to be written again when igor gets new commands.",
    ],
    arguments: {
      property: "shell",
      usage: "bash|zsh|fish",
      summary: "The shell.",
      required: true,
      verbatim: false,
      most: 1,
      values: ["bash", "zsh", "fish"],
    },
    options: [],
    examples: [
      {
        line: "igor completion fish >~/.config/fish/completions/igor.fish",
        does: "Completes igor's words in every fish from now on.",
      },
    ],
    files: ["config"],
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
      values: "verb",
    },
    options: [],
    examples: [
      { line: "igor help docker setup", does: "Explains one command." },
      { line: "igor help config", does: "Explains every key of the configuration." },
    ],
    environment: ["colors"],
  },
} as const satisfies Record<string, Command>;
