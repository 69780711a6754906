import type { ConfigWarning } from "./config-report.ts";
import type { Failure } from "./failure.ts";

/** The parts of the way from the laptop into the container, in the order in which one needs the other. */
export const areas = ["laptop", "link", "host", "engine", "container"] as const;

/** One part of the way. */
export type Area = (typeof areas)[number];

/** What is looked at, by area, in the order in which it is told. */
export const checkNames = {
  laptop: ["node", "ssh", "rsync", "git", "state", "terminal", "config"],
  link: ["address", "host-key", "login", "sharing", "latency", "clock"],
  host: ["system", "tools", "transfer", "directory", "owners", "disk", "inodes", "shm"],
  engine: ["engine", "users", "builder", "storage", "gpus"],
  container: ["container", "python", "debugpy", "memory", "files", "home"],
} as const satisfies Record<Area, readonly string[]>;

/** The name of one thing that is looked at. */
export type CheckName = (typeof checkNames)[Area][number];

/** `warn`: it works, but not well, or not everything; `not-checked`: something before it fails. */
export type Verdict = "ok" | "warn" | "fail" | "not-checked";

/** What came of a look at one thing. */
export interface Check {
  readonly area: Area;
  readonly name: CheckName;
  readonly verdict: Verdict;
  /** What was found, in the order that its text wants it; the first says which of several cases it is. */
  readonly values: readonly string[];
  /** What is wrong, where that has words already. */
  readonly failure?: Failure;
  readonly warning?: ConfigWarning;
}

/** The checks of one machine; the laptop when no host is named. */
export interface Examined {
  readonly host?: string;
  /** The group that was asked for, so that advice can name it. */
  readonly group?: string;
  readonly checks: readonly Check[];
}
