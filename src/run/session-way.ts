import { existsSync } from "node:fs";
import type { Result } from "../model/result.ts";
import type { Connection } from "../remote/ssh.ts";
import type { HostShell } from "./host-shell.ts";

/** Whether another session can be opened without a login. A dead one counts too: the host shell finds that out. */
export function hasSocket({ controlPath, settings }: Connection): boolean {
  const path = controlPath ?? settings.controlPath;
  return path !== undefined && path !== "none" && existsSync(path);
}

/** Resolves when the host shell came over another connection, because this one does not answer. */
export function overtaken(
  shell: Promise<Result<HostShell>>,
  connection: Connection,
): Promise<"overtaken"> {
  return new Promise((resolve) => {
    void shell.then((opened) => {
      if (opened.ok && opened.value.connection !== connection) resolve("overtaken");
    });
  });
}

/** Resolves when something is not wanted any more. */
export function aborted(signal: AbortSignal): Promise<"aborted"> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve("aborted");
    else signal.addEventListener("abort", () => resolve("aborted"), { once: true });
  });
}
