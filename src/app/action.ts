import type { Emit } from "../model/event.ts";
import type { Failure } from "../model/failure.ts";
import type { Plan } from "../model/plan.ts";
import type { PullPlan } from "../model/pull.ts";
import type { Subject } from "../plan/facts.ts";
import type { HostRequest } from "../request/commands.ts";
import type { Talk } from "../run/session-lines.ts";
import type { HostShells } from "./host-shells.ts";
import type { KnownTree } from "./known-tree.ts";
import type { Terminal } from "./observe.ts";

/** What an action works with. */
export interface Action {
  readonly request: HostRequest;
  readonly subject: Subject;
  /** Where igor was called. */
  readonly directory: string;
  readonly terminal: Terminal | undefined;
  /** Of the environment igor was called in: the variables that the configuration names. */
  readonly environment: ReadonlyMap<string, string>;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly open: Open;
  /** Who talks with the command of a session, when that is not the user. */
  readonly talk?: Talk;
}

/** What is open before an action, and stays open after it. */
export interface Open {
  readonly shells: HostShells;
  /** The project's files, where they are known; else they are looked at. */
  readonly tree: KnownTree | undefined;
}

/** How one host ended. */
export interface HostEnd {
  readonly failure?: Failure;
  /** Of the user's own command. */
  readonly exitCode?: number;
}

/** What came of an action: how each host ended, or, when only the plan was asked for, the plan. */
export type Outcome =
  | {
      readonly kind: "ended";
      readonly hosts: ReadonlyMap<string, HostEnd>;
      readonly passesThrough: boolean;
    }
  | { readonly kind: "plan"; readonly plan: Plan }
  | { readonly kind: "pull-plan"; readonly plan: PullPlan };
