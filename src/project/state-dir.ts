import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { namesIn } from "./read.ts";
import { systemErrorOf } from "./system-error.ts";

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

/** Whether igor can write its state, and where that is; `detail` says why not. */
export function stateProbe(): { readonly directory: string; readonly detail: string | undefined } {
  const directory = stateDirs();
  const probe = join(directory, `probe.${String(process.pid)}`);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    writeFileSync(probe, "");
    rmSync(probe);
    return { directory, detail: undefined };
  } catch (error) {
    return { directory, detail: systemErrorOf(error).detail };
  }
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
