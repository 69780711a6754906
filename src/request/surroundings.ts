import type { Term } from "./page.ts";

/** Files that igor reads or writes, for help pages. */
const files = {
  config: { term: ".igor/config.json", text: "The project's configuration: igor help config." },
  ignore: {
    term: ".igorignore, .gitignore",
    text: "What is not pushed; .gitignore where the project is one of git.",
  },
  ssh: { term: "~/.ssh/config", text: "How hosts are reached: names, keys, jump hosts." },
  host: {
    term: "DIR/PROJECT/.igor/host/",
    text: "On each host: what igor notes there, the logs of builds, the home of the container, and conflicts/, what was kept aside.",
  },
  pulled: {
    term: ".igor/pull/",
    text: "What a pull that was cut had brought, and conflicts/, what made way. git does not see it, and it is not pushed.",
  },
  vimspector: {
    term: ".vimspector.json",
    text: "What vimspector can debug in the project; what igor writes there is named igor.",
  },
  launch: {
    term: ".vscode/launch.json",
    text: "What VS Code can debug in the project; what igor writes there is named igor.",
  },
  state: {
    term: "$XDG_STATE_HOME/igor/",
    text: "What igor has put on hosts and brought from them, what you trust configurations with, and the journals of igor log. ~/.local/state/igor/ where the variable is not set.",
  },
  cache: {
    term: "$XDG_CACHE_HOME/igor/",
    text: "What would be slow to find out again; it may be removed. ~/.cache/igor/ where the variable is not set.",
  },
} as const satisfies Record<string, Term>;

/** Variables of igor's environment, for help pages. */
const environment = {
  colors: {
    term: "NO_COLOR, FORCE_COLOR",
    text: "Where NO_COLOR is not empty, output has no colours; FORCE_COLOR has them in a pipe too. TERM=dumb is a terminal without them, on which nothing is drawn over.",
  },
  directories: {
    term: "XDG_STATE_HOME, XDG_CACHE_HOME",
    text: "Where igor keeps files, see there.",
  },
  runtime: {
    term: "XDG_RUNTIME_DIR",
    text: "Where the sockets of shared connections are, which stay for ten minutes.",
  },
  ssh: { term: "SSH_AUTH_SOCK", text: "The agent that ssh asks for keys." },
} as const satisfies Record<string, Term>;

/** The name of a file in the table above. */
export type FileName = keyof typeof files;

/** The name of some variables in the table above. */
export type VariableName = keyof typeof environment;

/** Files of a verb that works on hosts. */
export const filesOfHostVerbs = ["config", "ignore", "ssh", "host", "state", "cache"] as const;

/** Variables of a verb that works on hosts. */
export const variablesOfHostVerbs = ["colors", "directories", "runtime", "ssh"] as const;

/** What help pages say about files. */
export function termsOfFiles(names: readonly FileName[]): readonly Term[] {
  return names.map((name) => files[name]);
}

/** What help pages say about variables. */
export function termsOfVariables(names: readonly VariableName[]): readonly Term[] {
  return names.map((name) => environment[name]);
}

/** All that igor reads or writes. */
export const everyFile: readonly Term[] = Object.values(files);

/** All variables that count for igor. */
export const everyVariable: readonly Term[] = Object.values(environment);
