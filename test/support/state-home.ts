import { afterEach, beforeEach, vi } from "vitest";
import { temporaryDirectory } from "./temporary.ts";

/** Gives each test of the file a state directory of its own; the result says where that of the running test is. */
export function useOwnStateHome(): () => string {
  let home: string;
  beforeEach(() => {
    home = temporaryDirectory("igor-state-");
    vi.stubEnv("XDG_STATE_HOME", home);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });
  return () => home;
}
