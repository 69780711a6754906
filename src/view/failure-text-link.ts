import type { HostFailure, LinkFailure } from "../model/failure.ts";
import { unreachable } from "../model/unreachable.ts";
import type { FailureText } from "./failure-text.ts";
import { notKeptText, refusedText } from "./failure-text-login.ts";
import { shownWord } from "./shown-word.ts";

type OnLink = Extract<HostFailure, { reason: LinkFailure["reason"] }>;

/** The words for what went wrong between the laptop and a shell on the host. */
export function linkText(failure: OnLink): FailureText {
  switch (failure.reason) {
    case "unreachable":
      return unreachableText(failure);
    case "login-refused":
      return refusedText(failure);
    case "login-failed":
      return {
        headline: `${failure.host}: ssh did not log in`,
        details: failure.lastWords,
        hint: `its words above say why; \`igor login --host ${failure.host}\` tries again`,
      };
    case "login-not-kept":
      return notKeptText(failure);
    case "ssh-misconfigured":
      return misconfiguredText(failure);
    case "shell-refused":
      return shellText(failure);
    default:
      return unreachable(failure);
  }
}

function misconfiguredText({
  host,
  cause,
  lastWords,
}: Extract<OnLink, { reason: "ssh-misconfigured" }>): FailureText {
  switch (cause) {
    case "option":
      return {
        headline: `${host}: ssh does not accept its configuration`,
        where: "~/.ssh/config, or the options for this host in .igor/config.json",
        details: lastWords,
        hint: `correct the line that ssh names, then try \`ssh ${host} true\``,
      };
    case "control-path":
      return {
        headline: `${host}: ssh cannot make the socket of the shared connection that its configuration asks for`,
        where: `~/.ssh/config: ControlPath for ${host}`,
        details: lastWords,
        hint: socketHint(host, lastWords),
      };
    default:
      return unreachable(cause);
  }
}

/** e.g. `unix_listener: cannot bind to path /home/dino/.ssh/cm/apollo.Qb3kVnN5dFnTt0Dk: No such file or directory` */
function socketHint(host: string, lastWords: readonly string[]): string {
  const directory = /cannot bind to path (.*)\/[^/]*: No such file or directory/.exec(
    lastWords.join("\n"),
  )?.[1];
  if (directory !== undefined)
    return `make its directory: \`mkdir -m 700 -p ${shownWord(directory)}\`; or take ControlPath and ControlMaster out, and igor shares a connection of its own`;
  return `name a short path in a directory of your own, e.g. \`ControlPath ~/.ssh/%C\`; or take ControlPath and ControlMaster out for ${host}, and igor shares a connection of its own`;
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
    case "command-cut":
      return text(
        "the connection died on the way, and the command with it",
        "what it had started there is ended within seconds, so that nothing runs on unseen; run it again once the network is back",
      );
    case "endless":
      return text(
        "its answer had no end, so igor hung up",
        `igor's programs never say so much: look at what \`ssh ${host} true\` prints, and whether somebody has changed sh there`,
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
