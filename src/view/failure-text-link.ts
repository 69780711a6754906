import type { HostFailure, LinkFailure } from "../model/failure.ts";
import { unreachable } from "../model/unreachable.ts";
import type { FailureText } from "./failure-text.ts";

type OnLink = Extract<HostFailure, { reason: LinkFailure["reason"] }>;

/** The words for what went wrong between the laptop and a shell on the host. */
export function linkText(failure: OnLink): FailureText {
  switch (failure.reason) {
    case "unreachable":
      return unreachableText(failure);
    case "login-refused":
      return loginText(failure);
    case "login-failed":
      return {
        headline: `${failure.host}: ssh did not log in`,
        details: failure.lastWords,
        hint: `its words above say why; \`igor login --host ${failure.host}\` tries again`,
      };
    case "login-not-kept":
      return notKeptText(failure);
    case "ssh-misconfigured":
      return {
        headline: `${failure.host}: ssh does not accept its configuration`,
        where: "~/.ssh/config, or the options for this host in .igor/config.json",
        details: failure.lastWords,
        hint: `correct the line that ssh names, then try \`ssh ${failure.host} true\``,
      };
    case "shell-refused":
      return shellText(failure);
    default:
      return unreachable(failure);
  }
}

function notKeptText({
  host,
  cause,
  lastWords,
}: Extract<OnLink, { reason: "login-not-kept" }>): FailureText {
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

function unreachableText(failure: Extract<OnLink, { reason: "unreachable" }>): FailureText {
  const { host, cause, address, lastWords } = failure;
  const text = (happened: string, hint: string): FailureText => ({
    headline: `${host}: ${happened}`,
    ...(address === undefined ? {} : { where: address }),
    details: lastWords,
    hint,
  });
  switch (cause) {
    case "unknown-name":
      return text(
        "no machine has that name (the name could not be resolved)",
        `check the spelling in .igor/config.json, and that \`${host}\` is a Host in your ssh config or a name that this network knows (a VPN may be down)`,
      );
    case "refused":
      return text(
        "nothing accepts ssh connections there (Connection refused)",
        `check that sshd runs, and Port/HostName of \`${host}\` in your ssh config`,
      );
    case "timed-out":
      return text(
        "no answer in time (Connection timed out)",
        `check that the machine is on and that no firewall or VPN is in between; \`ssh ${host} true\` should answer`,
      );
    case "no-route":
      return text(
        "no way to that machine (No route to host)",
        `check that the machine is on and that this one is on the right network or VPN; \`ssh ${host} true\` should answer`,
      );
    case "no-way-through":
      return text(
        "its jump host gave no way to it (ProxyJump or ProxyCommand in your ssh config)",
        `\`igor login --host ${host}\` shows the words of the jump host, and lets it ask you; it or \`${host}\` may be down or unknown there`,
      );
    case "closed":
      return text(
        "the connection was closed before the login",
        `sshd may be overloaded or limit connections (MaxStartups); wait a moment and try \`ssh ${host} true\``,
      );
    case "link-died":
      return text(
        "the connection died on the way",
        "run the same command again once the network is back; what was sent is not lost, and a build goes on by itself",
      );
    case "stood-still":
      return text(
        "igor itself stood still for so long that what it ran there was ended",
        "run the same command again; while igor is suspended (Ctrl-Z) or its machine sleeps, a host waits 8 s for a sign of life",
      );
    case "stuck":
      return text(
        "the connection lives, but what receives the files there has not moved for long",
        `look there for a disk that hangs or a process that was stopped, e.g. with \`ssh ${host} 'df; ps -ef'\`; then run the same command again`,
      );
    case "other":
      return text(
        "ssh could not open a connection",
        `its own words say why; \`ssh ${host} true\` must work without a question, or \`igor login --host ${host}\` lets you answer it`,
      );
    default:
      return unreachable(cause);
  }
}

function loginText(failure: Extract<OnLink, { reason: "login-refused" }>): FailureText {
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

function shellText(failure: Extract<OnLink, { reason: "shell-refused" }>): FailureText {
  const { host, cause, lastWords } = failure;
  switch (cause) {
    case "restricted":
      return {
        headline: `${host}: the login works, but commands are not allowed there`,
        details: lastWords,
        hint: `igor needs \`ssh ${host} /bin/sh\` to run: check the login shell there, ForceCommand in its sshd_config and command= in its authorized_keys`,
      };
    case "startup-file":
      return {
        headline: `${host}: the login works, but a startup file there ends the shell`,
        where: startupFilesOf(host),
        details: lastWords,
        hint: `look there for \`exit\` or \`exec\`; \`ssh ${host} echo ok\` must print ok and nothing else`,
      };
    case "no-answer":
      return {
        headline: `${host}: ssh neither fails nor brings an answer from a shell there`,
        where: startupFilesOf(host),
        details: lastWords,
        hint: `ssh here may wait for you, e.g. to touch or confirm a key: then \`igor login --host ${host}\`; or a startup file there waits for keys: \`ssh ${host} echo ok\` must print ok at once`,
      };
    case "no-temporary-directory":
      return {
        headline: `${host}: no temporary directory can be made there`,
        where: `${host}: $TMPDIR or /tmp`,
        details: lastWords,
        hint: `check space and rights: \`ssh ${host} 'df -h /tmp; ls -ld /tmp; mktemp -d'\``,
      };
    default:
      return unreachable(cause);
  }
}

function startupFilesOf(host: string): string {
  return `${host}: ~/.bashrc, ~/.profile, ~/.zshenv, ~/.cshrc or ~/.config/fish/config.fish`;
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
