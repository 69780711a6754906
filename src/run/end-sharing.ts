import { existsSync } from "node:fs";
import { basename } from "node:path";
import { endSharingArgv } from "../remote/ssh.ts";
import type { Connection } from "../remote/ssh.ts";
import { runToEnd } from "./spawn.ts";

/**
 * Ends our shared connection to a host, unless another ssh of this laptop is on it. `not-ours`: there is none of ours,
 * e.g. because the user's own ssh configuration shares connections.
 */
export async function endSharing(
  connection: Connection,
): Promise<"closed" | "in-use" | "not-ours"> {
  const { controlPath } = connection;
  if (controlPath === undefined || !existsSync(controlPath)) return "not-ours";
  if (await isInUse(controlPath)) return "in-use";
  await runToEnd(endSharingArgv(connection));
  return "closed";
}

/**
 * Whether an ssh that is not this igor's was started with this path, e.g. that of an `igor push --watch`. The connection
 * itself shows it otherwise: `ssh: /run/user/1000/igor/0123456789abcdef [mux]`.
 */
async function isInUse(controlPath: string): Promise<boolean> {
  // Only the name: the path may be quoted there.
  const name = basename(controlPath);
  // Whole lines, whatever COLUMNS says.
  const mine = ["-ww", "-u", String(process.geteuid?.())];
  const listed = await runToEnd(["ps", ...mine, "-o", "ppid=", "-o", "args="]);
  return listed.stdout
    .toString("utf8")
    .split("\n")
    .some(
      (line) =>
        line.includes(name) &&
        !line.includes(" [mux]") &&
        Number.parseInt(line, 10) !== process.pid,
    );
}
