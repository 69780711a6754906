import type { Event } from "./event.ts";

/** The first line of the journal of an action: what was asked, and what a report of a bug needs. */
export interface ActionStarted {
  readonly type: "action-started";
  /** igor's version. */
  readonly igor: string;
  /** The words after `igor`; of a command for the container only its name. e.g. `["docker", "exec", "python", "…"]` */
  readonly request: readonly string[];
  readonly project: string;
  readonly hosts: readonly string[];
  /** Version of Node. */
  readonly node: string;
  /** e.g. `linux x64 6.1.0-13-amd64` */
  readonly platform: string;
  readonly pid: number;
  readonly at: number;
}

/** The last line; missing when igor was killed. */
export interface ActionEnded {
  readonly type: "action-ended";
  readonly outcome: "done" | "failed" | "cancelled";
  /** Of the user's own command on one host. */
  readonly exitCode?: number;
  /** Events, most of them lines of output, that were too many to be kept. */
  readonly leftOut?: number;
  readonly at: number;
}

/** What an action was, as its journal tells it. */
export interface ActionSummary {
  /** The name of the journal; it sorts by time. e.g. `20261122-060258.123-8483` */
  readonly id: string;
  readonly started: ActionStarted;
  /** Undefined: igor is still at it, or was killed. */
  readonly ended: ActionEnded | undefined;
  /** Whether a process of its number is there. */
  readonly isRunning: boolean;
}

/** One action with all that happened. */
export interface RecordedAction extends ActionSummary {
  readonly events: readonly Event[];
}
