import type { Failure } from "../model/failure.ts";

/** Exit codes as the help lists them. */
export const failed = 1;
const misused = 2;

/** The exit code of a command that began nothing. */
export function exitCodeOfFailure({ reason }: Failure): number {
  return misuses.has(reason) ? misused : failed;
}

const misuses: ReadonlySet<Failure["reason"]> = new Set([
  "usage",
  "no-terminal",
  "config-missing",
  "config-of-another",
  "config-unreadable",
  "config-invalid",
  "project-unnamed",
  "unknown-group",
  "unknown-host",
  "env-not-set",
  "not-trusted",
  "unknown-action",
  "journal-unreadable",
  "rebuild-file-missing",
  "dockerfile-missing",
  "nothing-to-ask-for",
  "outside-project",
  "debug-file-invalid",
]);
