import type { FoundGpu } from "../model/finding.ts";
import type { EngineLines } from "./found-engine.ts";
import type { AskedOfHost } from "./found-project.ts";

/** What nvidia-smi told, each as the fields of a line. */
export interface GpuLines {
  /** `index, name, used, total`, in MiB */
  readonly cards: readonly (readonly string[])[];
  /** Its number in its container, the cgroups it is in, and `pid, used` */
  readonly processes: readonly (readonly string[])[];
}

const mebibyte = 1_048_576;

/** The GPUs of the host, and what the processes of the container use of them, by their numbers there. */
export function foundGpus(
  { cards, processes }: GpuLines,
  { containers }: EngineLines,
  asked: AskedOfHost,
): { readonly cards: readonly FoundGpu[]; readonly byProcess: ReadonlyMap<number, number> } {
  const id = containers.find(([names]) => names === asked.container)?.[4] ?? "";
  const byProcess = new Map<number, number>();
  for (const [inner, cgroups = "", line = ""] of processes) {
    const used = Number(line.split(", ")[1]);
    // [N/A], [Not Supported]; a process of another container, or of none
    if (Number.isNaN(used) || id === "" || !cgroups.includes(id)) continue;
    const pid = Number(inner);
    // A process has a line for each GPU that it uses.
    byProcess.set(pid, (byProcess.get(pid) ?? 0) + used * mebibyte);
  }
  return { cards: cards.flatMap(([line = ""]) => foundGpu(line)), byProcess };
}

/** e.g. `0, NVIDIA A100-SXM4-40GB, 3145, 40960` */
function foundGpu(line: string): readonly FoundGpu[] {
  const [, index, name = "", used, total] = /^(\d+), (.*), (\d+), (\d+)$/.exec(line) ?? [];
  if (index === undefined) return [];
  return [
    {
      kind: "gpu",
      index: Number(index),
      name,
      usedBytes: Number(used) * mebibyte,
      totalBytes: Number(total) * mebibyte,
    },
  ];
}
