import type { Check } from "../model/check.ts";
import type { EngineFailure } from "../model/failure-engine.ts";
import type { CheckText } from "./check-text.ts";
import { roomText } from "./check-text-host.ts";
import { failureText, headlineAt } from "./failure-text.ts";

type Cause = Extract<EngineFailure, { reason: "engine-unavailable" }>["cause"];
const causes = ["missing", "no-rights", "stopped", "not-answering"] as const satisfies Cause[];

/** The words for the container engine of a host. */
export function engineCheckText(check: Check, host: string): CheckText {
  const { name, verdict, values } = check;
  const [first = "", second = "", third = ""] = values;
  switch (name) {
    case "engine":
      return verdict === "ok" ? { found: versionText(values) } : engineFailed(values, host);
    case "users":
      return { found: usersText(first, second) };
    case "builder":
      return verdict === "ok"
        ? { found: [first, second].filter((word) => word !== "").join(" ") }
        : {
            found: "the legacy builder, which runs one step after the other and is going away",
            fix: `install buildx on ${host}, e.g. \`sudo apt-get install docker-buildx-plugin\` (Docker's packages) or \`docker-buildx\` (Ubuntu's)`,
          };
    case "storage":
      return storageText(check, host);
    case "gpus":
      return gpuText({ verdict, found: first, more: second }, host);
    default:
      return { found: [first, second, third].join(" ").trim() };
  }
}

function storageText(check: Check, host: string): CheckText {
  const { found, fix } = roomText(check, { host, of: "the engine's store" });
  if (fix === undefined) return { found };
  const engine = check.values[3] ?? "docker";
  return {
    found,
    fix: `\`ssh ${host} ${engine} system df\` shows what takes the room; \`igor docker clean --images\` removes this project's images`,
  };
}

/** e.g. `docker 28.5.2`, `docker 28.5.2, its daemon 27.1.0` */
function versionText([engine = "", client = "", daemon = ""]: readonly string[]): string {
  const other = daemon === "" || daemon === client ? "" : `, its daemon ${daemon}`;
  return `${engine} ${client}${other}; you may use it`;
}

function engineFailed(
  [name = "", word = "", words = ""]: readonly string[],
  host: string,
): CheckText {
  const cause = causes.find((known) => known === word);
  const engine = name === "podman" ? name : "docker";
  if (cause === undefined)
    return {
      found: `${engine} fails: ${words.split("\n").at(-1) ?? ""}`,
      fix: `its own words say why: \`ssh ${host} ${engine} info\``,
    };
  const failure = { reason: "engine-unavailable", engine, cause, host, lastWords: [] } as const;
  const { hint } = failureText(failure);
  return { found: headlineAt(failure, host), ...(hint === undefined ? {} : { fix: hint }) };
}

function usersText(mode: string, engine: string): string {
  switch (mode) {
    case "rootless":
      return engine === "podman"
        ? "rootless: the container runs with your own number (keep-id)"
        : "rootless: the container's root is you";
    case "userns":
      return "users are mapped (userns-remap); igor's container is left out of that, so that its files are yours";
    default:
      return "not mapped: the container runs with your own number";
  }
}

function gpuText(
  {
    verdict,
    found,
    more,
  }: { readonly verdict: string; readonly found: string; readonly more: string },
  host: string,
): CheckText {
  const which = more
    .split(",")
    .filter((name) => name.trim() !== "")
    .join(", ");
  const beside = which === "" ? "" : `: ${which}`;
  switch (found) {
    case "runtime":
      return { found: `through the NVIDIA runtime${beside}` };
    case "cdi":
      return { found: `through CDI${beside}` };
    case "not-asked":
      return { found: "none asked for (gpus is none)" };
    case "none":
      return verdict === "ok"
        ? { found: "the host has none" }
        : {
            found:
              "the host has none, and the configuration wants some: the container does not start",
            fix: "set `gpus` to `auto` in .igor/config.json, or name another host",
          };
    default:
      return {
        found: `the host has some, and its engine cannot give them to a container${verdict === "fail" ? ": the container does not start" : ""}`,
        fix: `install the NVIDIA container toolkit on ${host}, then \`sudo nvidia-ctk runtime configure --runtime=docker && sudo systemctl restart docker\``,
      };
  }
}
