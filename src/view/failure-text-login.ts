import type { HostFailure } from "../model/failure.ts";
import { unreachable } from "../model/unreachable.ts";
import type { FailureText } from "./failure-text.ts";

/** The words for a login that was refused by either side. */
export function refusedText(
  failure: Extract<HostFailure, { reason: "login-refused" }>,
): FailureText {
  const { host, cause, keyAt, lastWords } = failure;
  switch (cause) {
    case "no-accepted-key":
      return {
        headline: `${host}: the login was refused (Permission denied)`,
        details: lastWords,
        hint: `if the login needs a password, a passphrase or a second factor, give it with \`igor login --host ${host}\`; else check User and IdentityFile of \`${host}\` in your ssh config, and \`ssh-add -l\``,
      };
    case "too-many-keys":
      return {
        headline: `${host}: ssh tried more keys than sshd there listens to (MaxAuthTries), none of them right`,
        details: lastWords,
        hint: `name the right one in your ssh config, for \`${host}\`, with \`IdentityFile\` and \`IdentitiesOnly yes\`; \`ssh-add -l\` lists those that your agent offers first`,
      };
    case "no-session-left":
      return {
        headline: `${host}: all sessions of the connection that you logged in to are in use (MaxSessions of sshd there)`,
        details: lastWords,
        hint: `end one, e.g. a REPL or \`igor push --watch\` in another terminal, and run the same command again; sshd allows 10 unless its sshd_config says otherwise`,
      };
    case "host-key-unknown":
      return {
        headline: `${host}: this machine has not seen its host key before, so ssh does not trust it yet`,
        details: lastWords,
        hint: `run \`igor login --host ${host}\` once: it shows the key's fingerprint and asks; compare it with what the machine's administrator gives you, or with \`${showKey(lastWords)}\` on its console`,
      };
    case "host-key-changed":
      return {
        headline: `${host}: its host key is not the one that this machine knows; nothing was sent`,
        ...(keyAt === undefined ? {} : { where: `the known key: ${keyAt}` }),
        details: [
          ...keyLines(lastWords),
          "Either the machine was installed anew, or its name now belongs to another machine, or somebody is in between.",
        ],
        hint: `first compare the fingerprint with the machine's administrator or on its console (\`${showKey(lastWords)}\`); only if it is right, forget the old key with \`${forgetKey(lastWords, host)}\`, then \`igor login --host ${host}\` once`,
      };
    case "no-common-algorithm":
      return {
        headline: `${host}: ssh here and sshd there have no algorithm in common`,
        details: lastWords,
        hint: `one of them is very old: update it, or allow in your ssh config, for \`${host}\` alone, one of the algorithms it offers (KexAlgorithms or HostKeyAlgorithms with a +)`,
      };
    default:
      return unreachable(cause);
  }
}

/** The words for a login that every command would need again. */
export function notKeptText({
  host,
  cause,
  lastWords,
}: Extract<HostFailure, { reason: "login-not-kept" }>): FailureText {
  switch (cause) {
    case "not-persistent":
      return {
        headline: `${host}: your ssh configuration ends a shared connection with its last command, so every command would ask again`,
        where: `~/.ssh/config: ControlMaster and ControlPath for ${host}, with ControlPersist no`,
        details: lastWords,
        hint: `set \`ControlPersist 10m\` there, or keep \`ssh ${host}\` open in another terminal while you work`,
      };
    case "other":
      return {
        headline: `${host}: the login worked, but the connection did not stay, so every command would ask again`,
        details: lastWords,
        hint: `the host may allow a single session (MaxSessions 1 in its sshd_config), or this machine no socket: \`ssh -v ${host}\` tells more`,
      };
    default:
      return unreachable(cause);
  }
}

/**
 * Of ssh's banner of 16 lines, what can be checked.
 * e.g. `SHA256:Zx...`, `Offending ED25519 key in /home/dino/.ssh/known_hosts:12`
 */
function keyLines(lastWords: readonly string[]): readonly string[] {
  const lines = lastWords.filter((line) =>
    /SHA256:|MD5:|^The fingerprint for|Offending/.test(line.trim()),
  );
  return lines.length > 0 ? lines : lastWords;
}

/** ssh prints the exact command on Debian: `  ssh-keygen -f "/home/dino/.ssh/known_hosts" -R "10.0.0.2"` */
function forgetKey(lastWords: readonly string[], host: string): string {
  const suggested = lastWords.map((line) => /ssh-keygen .*-R .*$/.exec(line.trim())?.[0]);
  return suggested.find((command) => command !== undefined) ?? `ssh-keygen -R ${host}`;
}

/** What prints the fingerprint on the machine itself. e.g. `No ED25519 host key is known for apollo` */
function showKey(lastWords: readonly string[]): string {
  const kind = /\b(ED25519|ECDSA|RSA)\b/.exec(lastWords.join("\n"))?.[1] ?? "ED25519";
  return `ssh-keygen -lf /etc/ssh/ssh_host_${kind.toLowerCase()}_key.pub`;
}
