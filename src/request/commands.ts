import type { Asked } from "../model/asked.ts";
import { localVerbs } from "./local-verbs.ts";
import { lookVerbs } from "./look-verbs.ts";
import { commonOptions } from "./options.ts";
import { pullVerb } from "./pull-verb.ts";
import type { OptionName, OptionValue, options } from "./options.ts";
import { runningVerbs } from "./running-verbs.ts";
import type { DebugRequest } from "./debug-request.ts";
import { debugVerbs } from "./debug-verbs.ts";
import type { FileName, VariableName } from "./surroundings.ts";

/** What one verb is: everything that parsing, help and completion know about it. */
export interface Command {
  /** The words that name it, e.g. `["docker", "build"]`. */
  readonly words: readonly string[];
  /** One line, without a full stop. */
  readonly summary: string;
  /** Does nothing on the hosts: what is found there is the result. No journal is kept of that. */
  readonly asks?: true;
  /** Paragraphs of its help page. */
  readonly description: readonly string[];
  readonly arguments?: Arguments;
  /** Its own options first, then the common ones. */
  readonly options: readonly OptionName[];
  /** What an option means here, where that differs. */
  readonly optionSummaries?: Readonly<Partial<Record<OptionName, string>>>;
  /** Options that have no default here. */
  readonly withoutDefault?: readonly OptionName[];
  readonly examples: readonly { readonly line: string; readonly does: string }[];
  /** Exit codes beside the common ones, or in place of one of them. */
  readonly exitCodes?: readonly ExitCode[];
  /** Those of every verb on hosts when absent; a verb that touches none has none then. */
  readonly files?: readonly FileName[];
  readonly environment?: readonly VariableName[];
}

/** What igor's exit code tells. */
export interface ExitCode {
  readonly code: string;
  readonly means: string;
}

/** The words that follow a verb. */
export interface Arguments {
  /** The property of the request that holds them. */
  readonly property: string;
  /** e.g. `COMMAND [ARG...]` */
  readonly usage: string;
  readonly summary: string;
  readonly required: boolean;
  /** Whether everything from the first of them on is taken as it is, options too. */
  readonly verbatim: boolean;
  /** How many there may be; any number when absent. */
  readonly most?: number;
  /** The only words there are, or what completion offers: nothing when absent. */
  readonly values?: readonly string[] | "command" | "verb" | "action-or-file" | "file";
}

const passedThrough = [
  { code: "N", means: "On one host: the exit code of the command itself." },
  { code: "1", means: "On several hosts: the command failed on one of them." },
  {
    code: "125",
    means: "It could not be started, or lost what it ran in: no container, or no way to the host.",
  },
] as const;

/** Every verb, keyed by the kind of its request. */
const commands = {
  push: {
    words: ["push"],
    summary: "put the project's files on the hosts",
    description: [
      "Brings the project's directory on each host up to date: new and changed files are sent, files that you deleted here are deleted there. In a git project these are the files that git tracks or would track; .igorignore and the key exclude leave out more. .git is never sent.",
      "What igor did not put on the host is neither deleted nor overwritten: a file that changed there is first moved to .igor/host/conflicts/ and reported.",
      "With --watch it goes on: each file that you save is on the hosts a round trip later. A lost connection is opened again, and what was saved meanwhile is sent then. Ctrl-C ends it; nothing stays behind on the hosts.",
    ],
    options: ["watch", "adopt", ...commonOptions],
    examples: [
      { line: "igor push", does: "Pushes to every host of the group dev." },
      { line: "igor push -g cluster --plan", does: "Shows what a push to cluster would send." },
      { line: "igor push --watch", does: "Pushes, and again whenever you save a file." },
      {
        line: "igor push --adopt",
        does: "Makes a directory that was filled by hand igor's, keeping aside what differs.",
      },
    ],
  },
  pull: pullVerb,
  build: {
    words: ["docker", "build"],
    summary: "push, then build the image on the hosts",
    description: [
      "Pushes the project, then builds its image on each host, in the host's own cache. The log is shown while it runs and kept on the host. A lost connection does not end the build; building again follows the one that runs.",
      "The container is left as it is; igor docker setup puts it on the new image.",
    ],
    options: ["adopt", ...commonOptions],
    examples: [{ line: "igor docker build", does: "Builds the image on the hosts of dev." }],
  },
  setup: {
    words: ["docker", "setup"],
    summary: "push, then make sure that an up-to-date container runs",
    description: [
      "Pushes the project, builds the image if one of its inputs changed, and starts the container, or replaces it if the image or its settings changed. What is up to date is left alone, and each decision is reported with its reason.",
      "The inputs of the image are the dockerfile, .dockerignore, the files of the key docker_rebuild_files, the build arguments, and the single files that the dockerfile copies.",
      "A configuration that asks for more than the project's own container (mounts, docker_args, the network of the host or of another container, values of the environment here) is not obeyed until you have seen that and agreed, when asked or with --trust; and again when any of it, or a host of the group, changes.",
      "A container in which something runs is not replaced, unless you agree when asked or say --replace. If the new container does not start, the old one is started again.",
    ],
    options: ["replace", "trust", "adopt", ...commonOptions],
    examples: [
      { line: "igor docker setup", does: "Makes the container of dev ready." },
      {
        line: "igor docker setup -g cluster --replace",
        does: "The same for cluster, even if that ends what runs there.",
      },
    ],
  },
  exec: {
    words: ["docker", "exec"],
    summary: "run a command in the container",
    description: [
      "Runs the command in the container of each host, in the workspace. It gets its words exactly as you typed them; no shell reads them again. On one host its input, output and exit code are those of igor. On several hosts each line of output is marked with its host.",
      "Where its output is no terminal, PYTHONUNBUFFERED is 1, unless the container says otherwise: what Python prints is seen at once.",
      "When igor ends, in whatever way, the command ends too. Nothing is pushed, unless you say --push: then the command begins when the files are there, and not at all when they could not be brought.",
    ],
    arguments: {
      property: "words",
      usage: "COMMAND [ARG...]",
      summary:
        "The command and its arguments. Everything from the first word on belongs to it; options of igor come before.",
      required: true,
      verbatim: true,
      values: "command",
    },
    options: ["push", "tty", ...commonOptions],
    optionSummaries: {
      json: "Print events as JSON, one per line: each line of the command's output is one, and its exit code is in host-ended. The command has no input and no terminal, as on several hosts.",
    },
    examples: [
      { line: "igor docker exec nvidia-smi", does: "Asks the hosts of dev for their GPUs." },
      {
        line: "igor docker exec --push pytest -x",
        does: "Runs the tests on what you have just saved.",
      },
      {
        line: "igor docker exec -g cluster --host apollo python -c 'print(1)' --json",
        does: "--json belongs to python here.",
      },
      {
        line: "igor docker exec sh -c 'ls *.py | wc -l'",
        does: "A pipe and a pattern need a shell in the container.",
      },
    ],
    exitCodes: passedThrough,
  },
  repl: {
    words: ["docker", "repl"],
    summary: "open an interactive session in the container",
    description: [
      "Runs the command of the key repl_cmd, or the one you name, in the container of the first host of the group, with your terminal.",
      "It is kept: when you leave, igor is killed or the connection is lost, it goes on in the container, and the next igor docker repl with the same command comes back to it, with its variables and what was last on the screen. After a lost connection igor does so by itself. Whoever comes while another one is there shares it.",
      "Enter ~. leaves, as with ssh (~~ is one ~). It ends when it is told to (exit(), Ctrl-D), by igor stop, with the container, or when nobody was there for 24 hours. Keeping it takes Python 3.7 or later in the container or on the host; without that it ends when igor does, and igor says so. What is called without a terminal is not kept either.",
    ],
    arguments: {
      property: "words",
      usage: "[COMMAND [ARG...]]",
      summary: "What to run instead of repl_cmd. Options of igor come before it.",
      required: false,
      verbatim: true,
      values: "command",
    },
    options: ["new", ...commonOptions],
    examples: [
      { line: "igor docker repl", does: "Opens the project's REPL, or comes back to it." },
      { line: "igor docker repl --new", does: "Begins afresh." },
      { line: "igor docker repl --host enterprise bash", does: "Opens a shell on enterprise." },
    ],
    exitCodes: passedThrough,
  },
  ...debugVerbs,
  ...runningVerbs,
  ...lookVerbs,
  ...localVerbs,
} as const satisfies Record<string, Command>;

/** Exit codes that every verb shares. */
export const exitCodes = [
  { code: "0", means: "All went well." },
  { code: "1", means: "A step failed." },
  { code: "2", means: "The command line or the configuration is wrong, or Node is too old." },
  { code: "130", means: "You cancelled it; 143 by SIGTERM, 129 by SIGHUP." },
  { code: "141", means: "What read its output ended before it, as `head` does." },
] as const satisfies readonly ExitCode[];

/** The first words of verbs that belong together, with what they are about. */
export const groups: Readonly<Record<string, string>> = {
  docker: "the project's image and container on the hosts",
  config: "the configuration of a project",
};

/** The kind of a request: the last word of its verb, or all of them where the last alone says too little. */
export type Kind = keyof typeof commands;

type OptionsOf<C extends Command> = {
  readonly [O in C["options"][number]]:
    OptionValue<(typeof options)[O]> | (O extends WithoutDefault<C> ? undefined : never);
};

type WithoutDefault<C extends Command> = C extends {
  withoutDefault: readonly (infer O)[];
}
  ? O
  : never;

type ArgumentsOf<C extends Command> = C extends { arguments: { property: infer P extends string } }
  ? { readonly [property in P]: readonly string[] }
  : unknown;

type BesideWordsOf<K extends Kind> = K extends "stop"
  ? {
      /** The user chose the ids from a list: one that has ended since is no mistake. */
      readonly areListed?: true;
    }
  : K extends "setup"
    ? {
        /** What the user was shown, and agreed to; a configuration that has changed since asks for something else. */
        readonly agreedTo?: Asked;
      }
    : K extends "clean"
      ? {
          /** What runs in the container is not ended: its user is asked first. */
          readonly spares?: boolean;
        }
      : unknown;

/** What the user asked with one verb, validated, every option filled in. e.g. `RequestOf<"exec">` */
export type RequestOf<K extends Kind> = { readonly kind: K } & OptionsOf<(typeof commands)[K]> &
  ArgumentsOf<(typeof commands)[K]> &
  BesideWordsOf<K>;

/** What the user asked. */
export type Request = { [K in Kind]: RequestOf<K> }[Kind] | { readonly kind: "version" };

/** The requests that are carried out on hosts. */
export type HostRequest =
  Exclude<Extract<Request, { readonly hostGroup: string }>, RequestOf<"dap">> | DebugRequest;

/** Every verb there is, in the order of the help. */
export const kinds = Object.keys(commands) as readonly Kind[];

/** What the table says about a verb. */
export function commandOf(kind: Kind): Command {
  return commands[kind];
}

/** The verb with exactly these words; undefined for none and for a word that only groups others. */
export function kindOf(words: readonly string[]): Kind | undefined {
  return kinds.find((kind) => commandOf(kind).words.join(" ") === words.join(" "));
}

/** The words that may come next. e.g. after `docker`: `build`, `setup`, ... */
export function wordsAfter(path: readonly string[]): readonly string[] {
  const following = kinds
    .map((kind) => commandOf(kind).words)
    .filter((words) => path.every((word, index) => words[index] === word))
    .map((words) => words[path.length]);
  return [...new Set(following.filter((word) => word !== undefined))];
}
