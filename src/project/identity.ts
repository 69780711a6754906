import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { readText } from "./read.ts";

/** Where this checkout is, for the marker on a host and for people. e.g. `dino@laptop:/home/dino/mnist (3f2a9c01)` */
export function sourceOf(root: string): string {
  return `${laptopName()}:${root} (${machineId()})`;
}

/** The user and the machine, for people. e.g. `dino@laptop` */
export function laptopName(): string {
  return `${loginName()}@${hostname()}`;
}

/** Tells a directory from another one that stands in its place later; empty without one that can be looked at. */
export function directoryId(directory: string): string {
  try {
    const found = statSync(directory, { throwIfNoEntry: false });
    return found === undefined ? "" : [found.dev, found.ino, found.birthtimeMs].join(" ");
  } catch {
    // A directory on the way has become a file, or may not be entered.
    return "";
  }
}

/** Tells a repository from another one that stands in its place later; empty without one. */
export function repositoryId(directory: string): string {
  const found = directoryId(join(directory, ".git"));
  const parent = dirname(directory);
  return found !== "" || parent === directory ? found : repositoryId(parent);
}

/** In a container one may be a user without a name. */
function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.());
  }
}

/** A few letters that tell machines of the same name apart. The machine's id itself is not given away. */
function machineId(): string {
  const id = readText("/etc/machine-id") ?? hostname();
  return createHash("sha256").update(`igor ${id}`).digest("hex").slice(0, 8);
}
