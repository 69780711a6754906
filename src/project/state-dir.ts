import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where igor keeps what it knows of one checkout and cannot find out again: below `$XDG_STATE_HOME/igor`. */
export function stateDir(projectRoot: string): string {
  return ownDirectory("XDG_STATE_HOME", join(".local", "state"), projectRoot);
}

/** Where igor notes what was slow to find out: below `$XDG_CACHE_HOME/igor`. It may be removed at any time. */
export function cacheDir(projectRoot: string): string {
  return ownDirectory("XDG_CACHE_HOME", ".cache", projectRoot);
}

function ownDirectory(variable: string, otherwise: string, projectRoot: string): string {
  const base = process.env[variable];
  const home = base?.startsWith("/") === true ? base : join(homedir(), otherwise);
  const name = createHash("sha256").update(projectRoot).digest("hex").slice(0, 16);
  return join(home, "igor", "projects", name);
}
