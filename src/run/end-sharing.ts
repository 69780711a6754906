import { existsSync } from "node:fs";
import { controlPathOption, endSharingArgv } from "../remote/ssh.ts";
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
  const option = controlPathOption(controlPath);
  // Whole lines, whatever COLUMNS says, and every letter as it is.
  const listed = await runToEnd(["ps", "-ww", "-A", "-o", "ppid=", "-o", "args="], {
    env: { LC_ALL: "C.UTF-8" },
  });
  return listed.stdout
    .toString("utf8")
    .split("\n")
    .some((line) => line.includes(option) && Number.parseInt(line, 10) !== process.pid);
}
