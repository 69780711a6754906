import type { Check, CheckName } from "../model/check.ts";
import { stateProbe } from "../project/state-dir.ts";
import { laptopRsync, versionWords } from "../run/laptop.ts";
import { checkConfig } from "./config-check.ts";

/** Looks at what igor needs on this machine, and at the configuration of the project in a directory, if there is one. */
export async function checkLaptop(directory: string): Promise<readonly Check[]> {
  const [tools, config] = await Promise.all([checkTools(), checkProject(directory)]);
  // A Node that is too old does not come as far as this.
  const node = here("node", "ok", [process.versions.node]);
  return [node, ...tools, checkState(), checkTerminal(), ...config];
}

/** e.g. `3.0.9` is older than 3.1; a version that cannot be read is not. */
function isOlder(version: string, [major, minor]: readonly [number, number]): boolean {
  const [ofMajor = 0, ofMinor = 0] = version.split(".").map(Number);
  return ofMajor < major || (ofMajor === major && ofMinor < minor);
}

async function checkTools(): Promise<readonly Check[]> {
  const [ssh, rsync, flavour, git] = await Promise.all([
    versionWords(["ssh", "-V"]),
    versionWords(["rsync", "--version"]),
    laptopRsync(),
    versionWords(["git", "--version"]),
  ]);
  return [
    ssh === undefined ? here("ssh", "fail", []) : here("ssh", "ok", [ssh.split(",")[0] ?? ""]),
    checkRsync(flavour, /version v?(\S+)/.exec(rsync ?? "")?.[1] ?? ""),
    git === undefined
      ? here("git", "warn", [])
      : here("git", "ok", [git.replace(/^git version /, "")]),
  ];
}

/** The oldest rsync that knows `--info=progress2`. */
const oldestRsync = [3, 1] as const;

function checkRsync(flavour: string, version: string): Check {
  if (flavour !== "rsync") return here("rsync", "warn", [flavour, version]);
  return isOlder(version, oldestRsync)
    ? here("rsync", "warn", ["too-old", version])
    : here("rsync", "ok", [flavour, version]);
}

function checkState(): Check {
  const { directory, detail } = stateProbe();
  const check = here("state", detail === undefined ? "ok" : "fail", [directory]);
  return detail === undefined
    ? check
    : { ...check, failure: { reason: "state-unwritable", directory, detail } };
}

function checkTerminal(): Check {
  const term = process.env["TERM"] ?? "";
  return here("terminal", term === "" || term === "dumb" ? "warn" : "ok", [term]);
}

/** Each warning of the configuration is one of its own. */
async function checkProject(directory: string): Promise<readonly Check[]> {
  const checked = await checkConfig(directory, process.env);
  if (!checked.ok) {
    const { failure } = checked;
    if (failure.reason === "config-missing") return [here("config", "not-checked", ["no-project"])];
    return [{ ...here("config", "fail", []), failure }];
  }
  const { project, file, warnings } = checked.value;
  if (warnings.length === 0) return [here("config", "ok", [project, file])];
  return warnings.map((warning) => ({ ...here("config", "warn", []), warning }));
}

function here(name: CheckName, verdict: Check["verdict"], values: readonly string[]): Check {
  return { area: "laptop", name, verdict, values };
}
