import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { checkSharingArgv, loginArgv, sshFailed } from "../remote/ssh.ts";
import type { Connection } from "../remote/ssh.ts";
import { openHostShell } from "./open-host-shell.ts";
import { runToEnd, startProcess } from "./spawn.ts";

/** Whether a shared connection to the host is open; its link may be dead. */
export async function isShared(connection: Connection): Promise<boolean> {
  return (await runToEnd(checkSharingArgv(connection))).exitCode === 0;
}

/** Whether commands reach the host without a question, which is what every other verb needs. */
export async function worksUnasked(
  connection: Connection,
  signal: AbortSignal,
): Promise<Result<undefined>> {
  const shell = await openHostShell(connection, { signal });
  if (!shell.ok) return shell;
  shell.value[Symbol.dispose]();
  return ok(undefined);
}

/**
 * Logs in with ssh at igor's own terminal, in whose language it speaks. What goes wrong is told there, by ssh itself.
 */
export async function logIn(
  connection: Connection,
  signal: AbortSignal,
): Promise<Result<undefined>> {
  const child = startProcess(loginArgv(connection), {
    env: { LC_ALL: process.env["LC_ALL"] },
    streams: { stdin: "ignore", stdout: "ignore", stderr: "inherit" },
  });
  const stop = (): void => child.end();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  const { exitCode, missing, signal: endedBy } = await child.ended;
  signal.removeEventListener("abort", stop);
  const { host } = connection.host;
  // Ctrl-C is for ssh as well, which may be gone before igor has heard of it.
  if (signal.aborted || endedBy === "SIGINT") return fail({ reason: "cancelled" });
  if (missing)
    return fail({ reason: "not-installed", program: "ssh", where: "laptop", host, lastWords: [] });
  if (exitCode === undefined || exitCode === sshFailed)
    return fail({ reason: "login-failed", host, lastWords: [] });
  return ok(undefined);
}
