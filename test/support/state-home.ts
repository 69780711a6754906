import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, vi } from "vitest";

/** Gives each test of the file a state directory of its own; the result says where that of the running test is. */
export function useOwnStateHome(): () => string {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "igor-state-"));
    vi.stubEnv("XDG_STATE_HOME", home);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(home, { recursive: true, force: true });
  });
  return () => home;
}
