import type { Failure } from "../model/failure.ts";
import { chooseScreen } from "./screen-choice.ts";
import { openScreen } from "./screen.ts";

/** Tells a failure outside any plan: on standard error, or with `--json` as an event on standard output. */
export function showFailure(failure: Failure, mode: "text" | "json" = "text"): void {
  const { stdout, stderr, env } = process;
  const json = mode === "json";
  const choice = chooseScreen({ json, verbosity: "quiet", env, stdout, stderr });
  const screen = openScreen({ ...choice, now: Date.now });
  screen.emit({ type: "failed", failure, at: Date.now() });
  screen.close();
}
