/** What one option is: how it is written, what it is for, and what it gives the request. */
export type Option =
  | {
      /** Present or not, e.g. `--json`. */
      readonly kind: "flag";
      readonly names: readonly string[];
      readonly summary: string;
    }
  | {
      /** Followed by a value, e.g. `--host apollo`. */
      readonly kind: "value";
      readonly names: readonly string[];
      readonly valueName: string;
      readonly summary: string;
      readonly default?: string;
      /** The names that completion offers; nothing when absent. */
      readonly values?: "host-groups" | "hosts";
    }
  | {
      /** Several flags for one property; the last one counts, e.g. `--tty` and `--no-tty`. */
      readonly kind: "choice";
      readonly choices: Readonly<
        Record<string, { readonly names: readonly string[]; readonly summary: string }>
      >;
      readonly default: string;
    };

/** All options of all verbs. A verb names those it takes. */
export const options = {
  hostGroup: {
    kind: "value",
    names: ["-g", "--host_group", "--host-group"],
    valueName: "NAME",
    summary: "The host group to work on.",
    default: "dev",
    values: "host-groups",
  },
  host: {
    kind: "value",
    names: ["--host"],
    valueName: "NAME",
    summary: "Only this host of the group.",
    values: "hosts",
  },
  plan: {
    kind: "flag",
    names: ["--plan"],
    summary: "Print what would be sent and run, and touch nothing.",
  },
  json: {
    kind: "flag",
    names: ["--json"],
    summary: "Print events as JSON, one per line, and nothing else on standard output.",
  },
  verbosity: {
    kind: "choice",
    choices: {
      quiet: { names: ["-q", "--quiet"], summary: "Print nothing but failures." },
      verbose: {
        names: ["-v", "--verbose"],
        summary: "Print every step and the output of the tools.",
      },
    },
    default: "normal",
  },
  push: {
    kind: "flag",
    names: ["--push"],
    summary: "Push first, in the same round trip.",
  },
  watch: {
    kind: "flag",
    names: ["--watch"],
    summary: "Go on pushing whenever a file is saved, until you end it.",
  },
  adopt: {
    kind: "flag",
    names: ["--adopt"],
    summary:
      "Take over a directory on the host that igor did not make. Files there that differ are kept aside, in .igor/host/conflicts/.",
  },
  overwrite: {
    kind: "flag",
    names: ["--overwrite"],
    summary:
      "Take the host's files also where you changed yours. Yours are first moved to .igor/pull/conflicts/.",
  },
  replace: {
    kind: "flag",
    names: ["--replace"],
    summary: "Replace the container even while something runs in it.",
  },
  trust: {
    kind: "flag",
    names: ["--trust"],
    summary:
      "Agree to what the configuration asks for beyond the project's own container, until that changes.",
  },
  images: {
    kind: "flag",
    names: ["--images"],
    summary: "Remove the images too.",
  },
  follow: {
    kind: "flag",
    names: ["-f", "--follow"],
    summary: "Go on until the build that runs has ended.",
  },
  all: {
    kind: "flag",
    names: ["--all"],
    summary: "End all sessions and builds of the group, and igor's own connections to its hosts.",
  },
  new: {
    kind: "flag",
    names: ["--new"],
    summary: "End the one that is kept, and begin another one.",
  },
  tty: {
    kind: "choice",
    choices: {
      always: { names: ["-t", "--tty"], summary: "Give the command a terminal." },
      never: {
        names: ["-T", "--no-tty"],
        summary: "Give the command pipes. Default: a terminal where igor has one, and one host.",
      },
    },
    default: "auto",
  },
  dir: {
    kind: "value",
    names: ["--dir"],
    valueName: "DIR",
    summary: "The directory on the host that will hold the project: absolute, or starting with ~/.",
  },
  yes: {
    kind: "flag",
    names: ["-y", "--yes"],
    summary: "Ask nothing; what was not said has its default.",
  },
  check: {
    kind: "flag",
    names: ["--check"],
    summary: "Write nothing; the exit code is 1 where the file is not up to date.",
  },
  last: {
    kind: "flag",
    names: ["--last"],
    summary: "Show the last action again.",
  },
  help: {
    kind: "flag",
    names: ["-h", "--help"],
    summary: "Explain the command.",
  },
  version: {
    kind: "flag",
    names: ["-V", "--version"],
    summary: "Print igor's version.",
  },
} as const satisfies Record<string, Option>;

/** Options of every verb that works on hosts. */
export const commonOptions = ["hostGroup", "host", "plan", "json", "verbosity"] as const;

/** Options that no verb names because they stand anywhere and take the place of the verb. */
export const standAnywhere: readonly OptionName[] = ["help", "version"];

/** The name of an option, which is also its property in the request. */
export type OptionName = keyof typeof options;

/** What an option gives the request: a flag a boolean, a value a string, a choice one of its words. */
export type OptionValue<O extends Option> = O extends { kind: "flag" }
  ? boolean
  : O extends { kind: "choice" }
    ? (keyof O["choices"] & string) | O["default"]
    : O extends { default: string }
      ? string
      : string | undefined;

/** One way to write an option, and what it gives: for a choice its word, else true or the value that follows. */
export interface Flag {
  /** e.g. `--no-tty` */
  readonly written: string;
  readonly option: OptionName;
  /** The name of its value on help pages; undefined when it takes none. */
  readonly valueName: string | undefined;
  /** What it gives when it takes no value. */
  readonly gives: string | true;
}

/** Every way to write this option. e.g. `-t`, `--tty`, `-T` and `--no-tty` for `tty` */
export function flagsOf(name: OptionName): readonly Flag[] {
  const option: Option = options[name];
  const plain = { option: name, valueName: undefined };
  if (option.kind === "choice") {
    return Object.entries(option.choices).flatMap(([gives, { names }]) =>
      names.map((written) => ({ ...plain, written, gives })),
    );
  }
  const valueName = option.kind === "value" ? option.valueName : undefined;
  return option.names.map((written) => ({ ...plain, written, valueName, gives: true }));
}

/** Every option there is. */
export const optionNames = Object.keys(options) as readonly OptionName[];
