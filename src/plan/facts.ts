import type { Host, HostGroup, Project } from "../model/project.ts";
import type { BuildInputs, BuildSources } from "./image.ts";
import type { PushFacts } from "./push.ts";

/** What was observed of one host, and not configured. */
export interface HostFacts {
  readonly host: Host;
  /** The login name there: the configured one, or what ssh says. */
  readonly login: string;
  /** For requests that push. */
  readonly push?: PushFacts;
  /** The host asked for the list of context files, which was too long to travel without need. */
  readonly askedForContext: boolean;
  /** For requests that end in a session: an id that was never used before. */
  readonly sessionId?: string;
}

/** What was observed on the laptop. */
export interface LaptopFacts {
  /** For requests that build. */
  readonly build?: { readonly sources: BuildSources; readonly inputs: BuildInputs };
  /** Of the values that the container gets of the environment igor is called in, by name. */
  readonly envDigests: ReadonlyMap<string, string>;
  /** The user and the machine, for those who see what was started from here. e.g. `dino@falcon` */
  readonly name: string;
  /** Where in the project igor was called, e.g. `src`; empty for its root. */
  readonly directory: string;
  /** The user's terminal, when the command's stdin and stdout are one. */
  readonly terminal?: { readonly term: string | undefined; readonly colorTerm: string | undefined };
}

/** What a request is about. */
export interface Subject {
  readonly project: Project;
  readonly group: HostGroup;
}
