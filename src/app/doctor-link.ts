import type { Check, CheckName } from "../model/check.ts";
import type { Failure } from "../model/failure.ts";
import type { Connection, HostKeySettings } from "../remote/ssh.ts";
import { findKnownKey, hasAnotherSession } from "../run/look-at-link.ts";

/** Something about the way to a host. */
export function onLink(
  name: CheckName,
  verdict: Check["verdict"],
  more: Partial<Check> = {},
): Check {
  return { area: "link", name, verdict, values: [], ...more };
}

/** What a login that failed tells of the way: whoever was let in or refused had shown a key that ssh accepts. */
export async function checkRefused(
  failure: Failure,
  settings: HostKeySettings,
): Promise<readonly Check[]> {
  const login = onLink("login", "fail", { failure });
  if (failure.reason === "shell-refused") return [await checkHostKey(settings), login];
  if (failure.reason !== "login-refused") return [login];
  switch (failure.cause) {
    case "host-key-changed":
    case "host-key-unknown":
      return [onLink("host-key", "fail", { failure })];
    case "no-common-algorithm":
      return [login];
    default:
      return [await checkHostKey(settings), login];
  }
}

/** Where this machine knows the key of a host from that ssh has accepted. */
export async function checkHostKey(settings: HostKeySettings): Promise<Check> {
  if (!settings.isChecked) return onLink("host-key", "warn", { values: ["not-compared"] });
  const key = await findKnownKey(settings);
  const values = key === undefined ? ["elsewhere"] : ["known", key.types.join(", "), key.at];
  return onLink("host-key", "ok", { values });
}

/** Whether one connection serves everything that igor does there, and how long it stays. */
export async function checkSharing(connection: Connection, signal: AbortSignal): Promise<Check> {
  const { controlPath, settings } = connection;
  if (controlPath === "none") return onLink("sharing", "warn", { values: ["unanswered"] });
  const isOwn = controlPath !== undefined;
  if (!isOwn && settings.stays === "no") return onLink("sharing", "warn", { values: ["not-kept"] });
  if (!(await hasAnotherSession(connection, signal)))
    return onLink("sharing", "warn", { values: ["no-session-left"] });
  return onLink("sharing", "ok", { values: isOwn ? ["igor"] : ["user", String(settings.stays)] });
}
