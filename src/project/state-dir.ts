import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where igor keeps what it knows of one checkout: below `$XDG_STATE_HOME/igor`, apart for each directory. */
export function stateDir(projectRoot: string): string {
  const base = process.env["XDG_STATE_HOME"];
  const home =
    base !== undefined && base.startsWith("/") ? base : join(homedir(), ".local", "state");
  return join(
    home,
    "igor",
    "projects",
    createHash("sha256").update(projectRoot).digest("hex").slice(0, 16),
  );
}
