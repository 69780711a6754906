import type { Asked } from "./asked.ts";

/** Why igor could not learn from the words and the configuration what to do. Each one is exit code 2. */
export type ConfigFailure =
  | {
      readonly reason: "usage";
      readonly problem: UsageProblem;
      /** The words of the verb that was understood so far, e.g. `["docker", "exec"]`; may be empty. */
      readonly verb: readonly string[];
      /** The usage line of that verb, e.g. `igor docker exec [options] COMMAND [ARG...]`. */
      readonly usageLine: string;
    }
  | {
      readonly reason: "config-missing";
      /** Where the search for `.igor/config.json` began; it went up to the root from there. */
      readonly from: string;
    }
  | {
      /** The nearest configuration is above the directory, and of a user who owns neither that nor this process. */
      readonly reason: "config-of-another";
      readonly file: string;
      /** Where the search began. */
      readonly from: string;
    }
  | {
      readonly reason: "config-unreadable";
      readonly file: string;
      /** The system's own words, e.g. `EACCES: permission denied`. */
      readonly detail: string;
    }
  | {
      readonly reason: "config-invalid";
      readonly file: string;
      /** In the order of the file; never empty. */
      readonly problems: readonly ConfigProblem[];
    }
  | {
      /** The file gives no name, and that of its directory cannot be one. */
      readonly reason: "project-unnamed";
      readonly file: string;
      readonly directory: string;
    }
  | {
      readonly reason: "config-exists";
      /** The configuration `igor init` would have hidden or overwritten. */
      readonly file: string;
    }
  | {
      /** What `igor init` was told cannot be written to a configuration. */
      readonly reason: "init-refused";
      readonly key: "host" | "dir";
      readonly value: string;
      /** As in a `ConfigProblem`. */
      readonly message: string;
    }
  | {
      readonly reason: "config-unwritable";
      readonly file: string;
      readonly detail: string;
    }
  | {
      readonly reason: "unknown-group";
      readonly name: string;
      readonly known: readonly string[];
      readonly suggestion: string | undefined;
      readonly file: string;
    }
  | {
      /** Variables that are to have the value they have here, and have none. */
      readonly reason: "env-not-set";
      readonly file: string;
      /** In the order of the file, with the line (1-based) of each; never empty. */
      readonly variables: readonly { readonly name: string; readonly line: number }[];
    }
  | {
      /** The configuration asks for more than the project's own container, and nobody has agreed to that yet. */
      readonly reason: "not-trusted";
      readonly file: string;
      readonly asked: Asked;
    }
  | {
      /** There is no journal of an action with that id, or of any when none is named. */
      readonly reason: "unknown-action";
      readonly id: string | undefined;
    }
  | {
      readonly reason: "journal-unreadable";
      readonly file: string;
      readonly detail: string;
    }
  | {
      readonly reason: "unknown-host";
      readonly name: string;
      readonly group: string;
      readonly known: readonly string[];
      readonly suggestion: string | undefined;
      readonly file: string;
    };

/** What is wrong with the words on the command line. `given` is the word as typed. */
export type UsageProblem =
  | {
      readonly kind: "no-command";
      /** The words that could follow, e.g. `["build", "clean", "exec"]`. */
      readonly known: readonly string[];
    }
  | {
      readonly kind: "unknown-command";
      readonly given: string;
      readonly suggestion: string | undefined;
      /** The words that could stand here. */
      readonly known: readonly string[];
    }
  | {
      readonly kind: "unknown-option";
      readonly given: string;
      readonly suggestion: string | undefined;
    }
  | {
      /** An option of other verbs. */
      readonly kind: "option-not-here";
      readonly given: string;
      /** e.g. `["docker clean"]` */
      readonly verbs: readonly string[];
    }
  | { readonly kind: "option-needs-value"; readonly given: string; readonly valueName: string }
  | { readonly kind: "option-takes-no-value"; readonly given: string }
  | {
      readonly kind: "missing-argument";
      readonly name: string;
      /** What it could be. */
      readonly known?: readonly string[];
    }
  | { readonly kind: "extra-argument"; readonly given: string }
  | {
      /** A process of which host? */
      readonly kind: "process-without-host";
      readonly given: string;
      readonly hosts: readonly string[];
    }
  | {
      /** A verb that asks before it does so much, and was told to say nothing. */
      readonly kind: "asks-first";
    }
  | {
      /** There are only a few words that may stand here. */
      readonly kind: "unknown-argument";
      readonly given: string;
      readonly suggestion: string | undefined;
      readonly known: readonly string[];
    }
  | {
      /** A line in which a quote begins and never ends. */
      readonly kind: "quote-open";
      readonly given: string;
    }
  | {
      /** `given` has U+FFFD where bytes were typed that are no UTF-8. */
      readonly kind: "not-utf8";
      readonly given: string;
    };

/** One mistake in a configuration file, with the place to look at. */
export interface ConfigProblem {
  /** The key, e.g. `host_groups.dev.hosts[0].dir`; empty for the file as a whole. */
  readonly key: string;
  /** What is wrong, in one clause without a full stop, e.g. `must be absolute or start with ~/`. */
  readonly message: string;
  /** What to do about it, where the message does not say it. */
  readonly hint: string | undefined;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 units as editors count. */
  readonly column: number;
  /** How many units of the line the mistake covers; at least 1. */
  readonly length: number;
  /** The line itself, without its line break. */
  readonly sourceLine: string;
}
