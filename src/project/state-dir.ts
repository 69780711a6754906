import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";
import { namesIn } from "./read.ts";

/** Where igor keeps what it knows of one checkout and cannot find out again: below `$XDG_STATE_HOME/igor`. */
export function stateDir(projectRoot: string): string {
  return join(stateDirs(), nameOf(projectRoot));
}

/** The same of every checkout that igor has worked on. */
export function allStateDirs(): readonly string[] {
  const directory = stateDirs();
  return namesIn(directory).map((name) => join(directory, name));
}

/** Where igor notes what was slow to find out: below `$XDG_CACHE_HOME/igor`. It may be removed at any time. */
export function cacheDir(projectRoot: string): string {
  return join(ownDirectory("XDG_CACHE_HOME", ".cache"), nameOf(projectRoot));
}

function stateDirs(): string {
  return ownDirectory("XDG_STATE_HOME", join(".local", "state"));
}

function ownDirectory(variable: string, otherwise: string): string {
  const base = process.env[variable];
  const home = base?.startsWith("/") === true ? base : join(homedir(), otherwise);
  return join(home, "igor", "projects");
}

function nameOf(projectRoot: string): string {
  return createHash("sha256").update(projectRoot).digest("hex").slice(0, 16);
}
