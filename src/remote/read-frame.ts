import type { Failure } from "../model/failure.ts";
import { parseContainerFailure } from "./container-events.ts";
import { parseTargetFailure, readFileSystemWords } from "./read-failure.ts";

/** How a remote program ended. */
export interface FrameOutcome {
  readonly exitCode: number;
  readonly stderr: string;
  /** The words of its own `failed` event. */
  readonly failed: readonly string[] | undefined;
}

/** What a program's end means; undefined when it went well. Its own words come first, then what its tools said. */
export function readFrameFailure(
  { exitCode, stderr, failed }: FrameOutcome,
  { host, step }: { readonly host: string; readonly step: string },
): Failure | undefined {
  if (exitCode === 0 && failed === undefined) return undefined;
  const lastWords = stderr
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "")
    .slice(-20);
  const where = { host, lastWords };
  return (
    (failed === undefined
      ? undefined
      : (parseTargetFailure(failed, where) ?? parseContainerFailure(failed, where))) ??
    readFileSystemWords(stderr, host) ?? { reason: "step-failed", step, exitCode, ...where }
  );
}

/** Paths that `commit` kept aside, from its answer. */
export function keptLines(stdout: string): readonly string[] {
  return stdout
    .split("\n")
    .filter((line) => line.startsWith("kept "))
    .map((line) => line.slice("kept ".length));
}
