import { gunzipSync } from "node:zlib";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { parseTree } from "../remote/pull-answer.ts";
import type { TreeThere } from "../remote/pull-answer.ts";
import { readFrameFailure } from "../remote/read-frame.ts";
import type { HostShell } from "./host-shell.ts";
import { mostBytes } from "./spawn.ts";

/** Which project the program `pull` is asked about. */
export interface PullInputs {
  readonly in_dir: string;
  readonly in_project: string;
}

/** What the program `pull` answered. */
export interface PullAnswer {
  /** For `list`. */
  readonly tree: TreeThere | undefined;
  readonly text: string;
  readonly stderr: string;
}

/** Asks the program `pull` for something that it tells as text. */
export async function askPull(
  inputs: PullInputs & { readonly in_do: "list" | "look" | "sum"; readonly in_wanted?: string },
  { shell, signal }: { readonly shell: HostShell; readonly signal: AbortSignal },
  payload?: Buffer,
): Promise<Result<PullAnswer>> {
  let tree: TreeThere | undefined;
  let failed: readonly string[] | undefined;
  const onEvent = (words: readonly string[]): void => {
    tree = parseTree(words) ?? tree;
    if (words[0] === "failed") failed = words.slice(1);
  };
  const request = {
    program: "pull",
    inputs: { ...inputs },
    ...(payload === undefined ? {} : { payload }),
  } as const;
  const ended = await shell.run(request, { onEvent, signal });
  if (signal.aborted) return fail({ reason: "cancelled" });
  if (!ended.ok) return ended;
  const { exitCode, stdout } = ended.value;
  const stderr = ended.value.stderr.toString("utf8");
  const { host } = shell.connection.host;
  const failure = readFrameFailure({ exitCode, stderr, failed }, { host, step: "pull" });
  if (failure !== undefined) return fail(failure);
  const text = stdout.length === 0 ? "" : unzipped(stdout)?.toString("utf8");
  if (text === undefined) {
    const lastWords = ["its answer is not whole"];
    return fail({ reason: "step-failed", step: "pull", exitCode, host, lastWords });
  }
  return ok({ tree, text, stderr });
}

/** Undefined for what is not gzipped, not whole, or larger than anything that a host has to say. */
export function unzipped(bytes: Buffer): Buffer | undefined {
  try {
    return gunzipSync(bytes, { maxOutputLength: mostBytes });
  } catch {
    return undefined;
  }
}
