import type { Check, CheckName } from "../model/check.ts";
import { unreachable } from "../model/unreachable.ts";
import { durationText, shortText } from "./amount-text.ts";
import { containerCheckText } from "./check-text-container.ts";
import { engineCheckText } from "./check-text-engine.ts";
import { hostCheckText, unusableRsync } from "./check-text-host.ts";
import { configWarningText } from "./config-text.ts";
import { failureText, headlineAt } from "./failure-text.ts";

/** What a user reads about one thing that was looked at. */
export interface CheckText {
  readonly found: string;
  /** A tool's own words, or where a mistake is. */
  readonly details?: readonly string[];
  /** What to do about it, with the command to type where there is one. */
  readonly fix?: string;
}

/** The words for a check. A failure has its own words, and a warning of the configuration says itself what to do. */
export function checkText(check: Check, host: string): CheckText {
  const { verdict, failure, warning, name } = check;
  if (verdict === "not-checked") return uncheckedText(name);
  if (failure !== undefined) {
    const { where, details, hint } = failureText(failure);
    return {
      found:
        failure.reason === "state-unwritable"
          ? "igor cannot keep its notes on this machine, so no push can begin"
          : headlineAt(failure, host),
      details: [...(where === undefined ? [] : [where]), ...details],
      ...(hint === undefined ? {} : { fix: hint }),
    };
  }
  if (warning !== undefined) {
    const [found = "", ...fix] = configWarningText(warning).split("; ");
    return { found, ...(fix.length === 0 ? {} : { fix: fix.join("; ") }) };
  }
  switch (check.area) {
    case "laptop":
      return laptopText(check);
    case "link":
      return linkText(check, host);
    case "host":
      return hostCheckText(check, host);
    case "engine":
      return engineCheckText(check, host);
    case "container":
      return containerCheckText(check, host);
    default:
      return unreachable(check.area);
  }
}

function uncheckedText(name: CheckName): CheckText {
  return name === "config"
    ? {
        found: "there is no project here, so no host is looked at",
        fix: "go to a project's directory, or make this one a project with `igor init`",
      }
    : { found: "not checked" };
}

function laptopText({ name, verdict, values }: Check): CheckText {
  const [first = "", second = ""] = values;
  switch (name) {
    case "node":
      return { found: first };
    case "ssh":
      return verdict === "ok"
        ? { found: first }
        : {
            found: "ssh is not installed, so no host can be reached",
            fix: "`sudo apt-get install openssh-client`, or what your package manager calls it",
          };
    case "rsync":
      return laptopRsyncText(first, second);
    case "git":
      return verdict === "ok"
        ? { found: first }
        : {
            found: "git is not installed, so .gitignore counts for nothing",
            fix: "`sudo apt-get install git`; without it list what need not travel in `.igorignore`",
          };
    case "state":
      return { found: `${first} is writable` };
    case "terminal":
      return verdict === "ok"
        ? { found: `TERM is ${first}` }
        : {
            found: first === "" ? "TERM is not set" : `TERM is ${first}`,
            fix: "nothing can be drawn over: run igor in a terminal, or set TERM, e.g. `export TERM=xterm-256color`",
          };
    default:
      return { found: `${second} is valid` };
  }
}

function laptopRsyncText(flavour: string, version: string): CheckText {
  if (flavour === "rsync") return { found: `rsync ${version}` };
  return {
    found: `${unusableRsync(flavour, version)}: large pushes go by tar, whole`,
    fix: "install rsync 3.1 or later, e.g. `brew install rsync` or `sudo apt-get install rsync`",
  };
}

function linkText({ name, verdict, values }: Check, host: string): CheckText {
  const [first = "", second = ""] = values;
  switch (name) {
    case "address":
      return { found: `${first}@${second}, as your ssh configuration says` };
    case "host-key":
      return hostKeyText(values, host);
    case "login":
      return { found: "works without a question" };
    case "sharing":
      return sharingText(first, second, host);
    case "latency": {
      const away = `${shortText(Number(first))} there and back`;
      return verdict === "ok"
        ? { found: away }
        : {
            found: `${away}, which is felt with every command`,
            fix: `a VPN or a jump host may be on the way: \`ssh -G ${host} | grep proxy\`, \`ping\``,
          };
    }
    case "clock": {
      const skew = Number(first);
      if (skew === 0) return { found: "the clocks agree" };
      const apart = `${durationText(Math.abs(skew))} ${skew > 0 ? "ahead of" : "behind"} this machine's`;
      return verdict === "ok"
        ? { found: `its clock is ${apart}` }
        : {
            found: `its clock is ${apart}: make, logs and certificates go by it`,
            fix: `on the one that is wrong: \`sudo timedatectl set-ntp true\`; compare with \`ssh ${host} date; date\``,
          };
    }
    default:
      return { found: values.join(" ") };
  }
}

function hostKeyText(
  [cause = "", types = "", at = ""]: readonly string[],
  host: string,
): CheckText {
  switch (cause) {
    case "known":
      return { found: `${types}, known from ${at}` };
    case "elsewhere":
      return {
        found: "no known_hosts file has it: ssh accepts it otherwise, e.g. by KnownHostsCommand",
      };
    default:
      return {
        found:
          "ssh does not compare it with the known one (StrictHostKeyChecking no): whoever answers there gets your files",
        fix: `take that out of your ssh configuration for \`${host}\`, and accept the key once with \`igor login --host ${host}\``,
      };
  }
}

function sharingText(whose: string, stays: string, host: string): CheckText {
  switch (whose) {
    case "igor":
      return { found: "igor's own connection is shared, and stays for 10 min after its last use" };
    case "user": {
      const duration =
        Number(stays) > 0 ? `for ${durationText(Number(stays) * 1000)}` : "until it is ended";
      return { found: `that of your ssh configuration is shared, and stays ${duration}` };
    }
    case "not-kept":
      return {
        found:
          "your ssh configuration shares connections and keeps none (ControlPersist no): every command logs in anew",
        fix: `set \`ControlPersist 10m\` for \`${host}\` in ~/.ssh/config`,
      };
    case "no-session-left":
      return {
        found:
          "no other session fits on the shared connection (MaxSessions of its sshd): the next command logs in anew",
        fix: `end a session that runs there, or allow more in /etc/ssh/sshd_config on ${host}, e.g. \`MaxSessions 10\``,
      };
    default:
      return {
        found:
          "the shared connection of your ssh configuration does not answer; igor goes another way",
        fix: `end it: \`ssh -O exit ${host}\``,
      };
  }
}
