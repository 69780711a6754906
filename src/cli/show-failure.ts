import type { Failure } from "../model/failure.ts";
import { chooseScreen } from "./screen-choice.ts";
import { openScreen } from "./screen.ts";

/** Tells a failure outside any plan, on standard error. */
export function showFailure(failure: Failure): void {
  const { stdout, stderr, env } = process;
  const choice = chooseScreen({ json: false, verbosity: "quiet", env, stdout, stderr });
  const screen = openScreen({ ...choice, now: Date.now });
  screen.emit({ type: "failed", failure, at: Date.now() });
  screen.close();
}
