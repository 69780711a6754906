import type { FoundContainer, FoundImage, FoundLeftover } from "../model/finding.ts";
import type { AskedOfHost } from "./found-project.ts";

/** What the engine told, each as the fields of a line. */
export interface EngineLines {
  /** name, status, image, ports, id, labels */
  readonly containers: readonly (readonly string[])[];
  /** name, id, size, time */
  readonly images: readonly (readonly string[])[];
  /** The ids of builds before the last one. */
  readonly olderImages: readonly (readonly string[])[];
}

/**
 * The containers of the project: first that of the group that was asked for, also when it is missing, those of other groups, and
 * what nobody needs any more. What a user runs from an image of igor's has its labels, but not its name, and is left out.
 */
export function foundContainers(
  { containers }: EngineLines,
  asked: AskedOfHost,
): readonly (FoundContainer | FoundLeftover)[] {
  const found = containers.flatMap((fields) => foundContainer(fields, asked));
  const { container: name, group } = asked;
  const isAsked = (one: FoundContainer | FoundLeftover): boolean =>
    one.kind === "container" && one.name === name;
  const missing = { kind: "container", name, group, state: "missing", ports: [] } as const;
  return [found.find(isAsked) ?? missing, ...found.filter((one) => !isAsked(one))];
}

function foundContainer(
  [names = "", status = "", image = "", ports = "", , labels = ""]: readonly string[],
  asked: AskedOfHost,
): readonly (FoundContainer | FoundLeftover)[] {
  const [name = ""] = names.split(",");
  // docker: a=b,c=d; podman: map[a:b c:d]
  const group = /(?:^|[,[ ])igor\.group[=:]([\w.-]+)/.exec(labels)?.[1] ?? "";
  const leftover = (because: FoundLeftover["because"]): readonly FoundLeftover[] => [
    { kind: "leftover", what: "container", name, because, group },
  ];
  const known = asked.containers.get(group);
  if (known === undefined) {
    return name.toLowerCase().endsWith(`-${group.toLowerCase()}`) ? leftover("other-group") : [];
  }
  if (name === `${known}.previous`) return leftover("replaced");
  if (name !== known) return [];
  // Created; Dead; Removal In Progress
  if (/^(?:Created|Initialized|Configured)/.test(status)) return leftover("never-started");
  if (/^(?:Dead|Removal)/.test(status)) return leftover("dead");
  return [
    {
      kind: "container",
      name,
      group,
      ...stateOf(status),
      image,
      ports: ports.split(", ").filter((port) => port !== ""),
    },
  ];
}

/** e.g. `Up 3 hours`, `Up 2 minutes (Paused)`, `Exited (137) 5 days ago`, `Up About an hour (healthy)` */
function stateOf(status: string): Pick<FoundContainer, "state" | "since"> {
  const since = /(?:^Up|\(\d+\)) (?:About )?(.*?)(?: ago)?(?: \(.*\))?$/.exec(status)?.[1];
  const state = /Paused/.test(status) ? "paused" : status.startsWith("Up") ? "running" : "stopped";
  return { state, ...(since === undefined ? {} : { since }) };
}

/** The project's image, and older builds that no container needs. What a user made of them is left out. */
export function foundImages(
  { containers, images, olderImages }: EngineLines,
  asked: AskedOfHost,
): readonly (FoundImage | FoundLeftover)[] {
  const used = containers.map(([, , image = ""]) => image);
  const isOlder = (id: string): boolean =>
    olderImages.some(([older = ""]) => older.replace(/^sha256:/, "").startsWith(id));
  return images.flatMap(
    ([name = "", id = "", size = "", time = ""]): readonly (FoundImage | FoundLeftover)[] => {
      if (name === "<none>:<none>") {
        if (!isOlder(id) || used.some((image) => image.startsWith(id))) return [];
        return [{ kind: "leftover", what: "image", name: id, because: "nameless" }];
      }
      if (name.replace(/^localhost\//, "") !== asked.image) return [];
      const bytes = bytesOf(size);
      const madeAt = timeOf(time);
      return [
        {
          kind: "image",
          name,
          id,
          ...(bytes === undefined ? {} : { bytes }),
          ...(madeAt === undefined ? {} : { ageMs: Math.max(0, asked.now * 1000 - madeAt) }),
        },
      ];
    },
  );
}

/** e.g. `1.23GB`; podman has a space before the unit */
function bytesOf(size: string): number | undefined {
  const [, amount, unit = ""] = /^([\d.]+) ?([kKMGT]?)B$/.exec(size) ?? [];
  if (amount === undefined) return undefined;
  return Math.round(
    Number(amount) * 1000 ** ["", "k", "M", "G", "T"].indexOf(unit.replace("K", "k")),
  );
}

/** e.g. `2026-11-22 06:02:58 +0100 CET` */
function timeOf(time: string): number | undefined {
  const match =
    /^(\d+)-(\d+)-(\d+) (\d+):(\d+):(\d+)(?:\.\d+)? ([+-])(\d\d)(\d\d)/.exec(time) ?? undefined;
  if (match === undefined) return undefined;
  const [year = 0, month = 1, ...clock] = match.slice(1, 7).map(Number);
  const awayMinutes = Number(match[8]) * 60 + Number(match[9]);
  const sign = match[7] === "-" ? -1 : 1;
  return Date.UTC(year, month - 1, ...clock) - sign * awayMinutes * 60_000;
}
