import { knownKeyArgv, parseKnownKeys } from "../remote/known-hosts.ts";
import type { KnownKey } from "../remote/known-hosts.ts";
import { anotherSessionArgv } from "../remote/ssh.ts";
import type { Connection, HostKeySettings } from "../remote/ssh.ts";
import { runToEnd } from "./spawn.ts";

/** The key of a host that this machine knows, from ssh's own files; undefined when none of them has one. */
export async function findKnownKey({
  names,
  files,
}: HostKeySettings): Promise<KnownKey | undefined> {
  const places = names.flatMap((name) => files.map((file) => ({ name, file })));
  const found = await Promise.all(
    places.map(async ({ name, file }) => {
      const { stdout } = await runToEnd(knownKeyArgv(name, file));
      return parseKnownKeys(stdout.toString("utf8"), file);
    }),
  );
  return found.find((key) => key !== undefined);
}

/** A shared connection that is dead may keep silent for ever. */
const opensWithinMs = 6000;

/** Whether the host opens one more session on the shared connection that is in use; in doubt it does. */
export async function hasAnotherSession(
  connection: Connection,
  signal: AbortSignal,
): Promise<boolean> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(opensWithinMs)]);
  const { stderr } = await runToEnd(anotherSessionArgv(connection), { signal: patience });
  // mux_client_request_session: session request failed: Session open refused by peer
  return !stderr.includes("Session open refused by peer");
}
