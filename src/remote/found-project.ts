import type { Finding, FoundJob } from "../model/finding.ts";
import type { FoundLine } from "./findings.ts";
import { foundContainers, foundImages } from "./found-engine.ts";
import { foundGpus } from "./found-gpus.ts";
import { foundProcesses } from "./found-processes.ts";

/** What was asked of a host, as its answer repeats it. */
export interface AskedOfHost {
  readonly group: string;
  /** The name of the container of that group. */
  readonly container: string;
  /** The containers of all groups of the configuration, by group. */
  readonly containers: ReadonlyMap<string, string>;
  readonly image: string;
  /** The host's clock, in seconds of the epoch. */
  readonly now: number;
  /** Who asked: number and name there. */
  readonly uid: string;
  readonly login: string;
}

/** Reads the answer of the program `ps`. */
export function readProjectFindings(lines: readonly FoundLine[]): readonly Finding[] {
  const of = (kind: string) =>
    lines.filter((line) => line.kind === kind).map(({ fields }) => fields);
  const asked = askedOf(of("asked")[0] ?? []);
  const engine = {
    containers: of("engine-container"),
    images: of("engine-image"),
    olderImages: of("older-image"),
  };
  const gpus = foundGpus({ cards: of("gpu-csv"), processes: of("gpu-process") }, engine, asked);
  return [
    ...foundContainers(engine, asked),
    ...foundProcesses(
      {
        sessions: of("session"),
        leaders: of("leader"),
        kept: of("kept"),
        processes: of("process"),
      },
      { asked, gpuBytes: gpus.byProcess },
    ),
    ...of("job").flatMap((fields) => foundJob(fields, asked)),
    ...foundImages(engine, asked),
    ...gpus.cards,
    ...of("stage").map(([name = ""]): Finding => ({
      kind: "leftover",
      what: "stage",
      name,
      because: "abandoned",
    })),
  ];
}

function askedOf(fields: readonly string[]): AskedOfHost {
  const [group = "", container = "", containers = "", image = "", now, uid = "", login = ""] =
    fields;
  const pairs = containers.split(" ").map((word): [string, string] => {
    const [name = "", ...rest] = word.split("=");
    return [name, rest.join("=")];
  });
  return { group, container, containers: new Map(pairs), image, now: Number(now), uid, login };
}

/** Only those that go on: what has ended, `docker logs` and `log` tell. */
function foundJob(fields: readonly string[], { now }: AskedOfHost): readonly FoundJob[] {
  const [id = "", verb, group = "", state, , log = ""] = fields;
  if (state !== "running" && state !== "elsewhere") return [];
  const ageMs = jobAgeMs(id, now);
  return [
    {
      kind: "job",
      id,
      verb: verb === "build" ? "build" : "setup",
      group,
      state,
      ...(ageMs === undefined ? {} : { ageMs }),
      log,
    },
  ];
}

/** Since when a job is there, from its id; `now` in seconds of the epoch. e.g. `20261122-060258-8483` */
export function jobAgeMs(id: string, now: number): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-/.exec(id)?.slice(1).map(Number);
  if (parts === undefined) return undefined;
  const [year = 0, month = 1, ...rest] = parts;
  return Math.max(0, now * 1000 - Date.UTC(year, month - 1, ...rest));
}
