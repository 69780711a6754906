import type {
  FoundContainerState,
  FoundImageState,
  FoundTree,
  StatusFinding,
} from "../model/finding-status.ts";
import { keptOf } from "./found-processes.ts";
import { buildReason, containerReason } from "./container-events.ts";
import { decodeWord } from "./frame.ts";

/** Reads one line of the program `status`; see its first lines. */
export function statusFindingOf(
  kind: string,
  fields: readonly string[],
): StatusFinding | undefined {
  const [first = "", second = "", third = "", fourth = ""] = fields;
  switch (kind) {
    case "tree":
      return treeOf(fields);
    case "disk":
      return { kind, freeBytes: Number(first) * 1024, totalBytes: Number(second) * 1024 };
    case "task":
      return {
        kind,
        id: first,
        verb: second === "setup" ? second : "build",
        group: third,
        ageMs: Number(fourth) * 1000,
      };
    case "kept": {
      const attached = fourth.split(" ").filter((word) => word !== "");
      const ageMs = Math.max(0, Number(second)) * 1000;
      return { kind: "repl", id: first, ageMs, ...keptOf(third, attached) };
    }
    case "engine-state": {
      const causes = ["missing", "no-rights", "stopped", "not-answering"] as const;
      const cause = causes.find((known) => known === second) ?? "other";
      return { kind, engine: first === "podman" ? first : "docker", cause };
    }
    case "image-state":
      return imageOf(fields);
    case "container-state":
      return containerOf(fields);
    default:
      return undefined;
  }
}

const treeStates = [
  "known",
  "other",
  "unsure",
  "empty",
  "missing",
  "unmarked",
  "other-project",
  "other-owner",
] as const;

function treeOf([word = "", age = "", source = "", found = "", kept = ""]: readonly string[]):
  FoundTree | undefined {
  const state = treeStates.find((known) => known === word);
  if (state === undefined) return undefined;
  return {
    kind: "tree",
    state,
    ...(age === "" ? {} : { ageMs: Number(age) * 1000 }),
    ...(source === "" ? {} : { source: decodeWord(source) }),
    ...(found === "" ? {} : { found: decodeWord(found) }),
    keptAside: Number(kept),
  };
}

function imageOf([
  name = "",
  words = "",
  created = "",
  now = "",
]: readonly string[]): FoundImageState {
  const [verdict = "", ...inputs] = words.split(" ");
  const ageMs = ageOf(created, now);
  const because =
    verdict === "unknown" ? ({ kind: "unknown" } as const) : buildReason(verdict, inputs);
  return {
    kind: "image-state",
    name,
    ...(verdict === "" ? {} : { because }),
    ...(ageMs === undefined ? {} : { ageMs }),
  };
}

function containerOf([
  name = "",
  status = "",
  words = "",
  since = "",
  now = "",
]: readonly string[]): FoundContainerState {
  const [verdict = "", ...keys] = words.split(" ");
  const states = ["running", "paused", "missing", "foreign"] as const;
  const sinceMs = ageOf(since, now);
  return {
    kind: "container-state",
    name,
    state: states.find((known) => known === status) ?? "stopped",
    ...(verdict === "" ? {} : { because: containerReason(verdict, keys) }),
    ...(sinceMs === undefined ? {} : { sinceMs }),
  };
}

/**
 * How long ago a time of the engine is; `now` is the host's clock in seconds. Undefined for a time that never was.
 * e.g. `2026-11-22T06:02:58.123456789Z`; podman: `2026-11-22 07:02:58.123 +0100 CET`
 */
function ageOf(time: string, now: string): number | undefined {
  const found = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?/.exec(time);
  if (found === null || time.startsWith("0001-")) return undefined;
  const [, day = "", clock = "", zone = "Z"] = found;
  const offset = zone.replace(/^([+-]\d\d)(\d\d)$/, "$1:$2");
  return Math.max(0, Number(now) * 1000 - Date.parse(`${day}T${clock}${offset}`));
}
