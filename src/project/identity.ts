import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";

/** Where this checkout is, for the marker on a host and for people. e.g. `dino@laptop:/home/dino/mnist (3f2a9c01)` */
export function sourceOf(root: string): string {
  return `${userInfo().username}@${hostname()}:${root} (${machineId()})`;
}

/** A few letters that tell machines of the same name apart. The machine's id itself is not given away. */
function machineId(): string {
  const id = readOr("/etc/machine-id", hostname());
  return createHash("sha256").update(`igor ${id}`).digest("hex").slice(0, 8);
}

/** The first commit of a project never changes, and asking git for it takes long in a large history: it is noted. */
export function notedFirstCommit(stateDirectory: string): string | undefined {
  const noted = readOr(join(stateDirectory, "first-commit"), "").trim();
  return /^[0-9a-f]{40,64}$/.test(noted) ? noted : undefined;
}

/** Notes the first commit for the next time. */
export function noteFirstCommit(stateDirectory: string, commit: string): void {
  mkdirSync(stateDirectory, { recursive: true, mode: 0o700 });
  writeFileSync(join(stateDirectory, "first-commit"), `${commit}\n`, { mode: 0o600 });
}

function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // Not there on this system, or not noted yet.
    return otherwise;
  }
}
