import type { FoundTimings } from "../model/finding-status.ts";
import type { RecordedAction } from "../model/journal.ts";
import { journalFiles, readJournalFile } from "./journal-read.ts";

type Timing = FoundTimings["last"][number];
type Verb = Timing["verb"];

const verbs = ["push", "setup", "exec"] as const satisfies readonly Verb[];

/** How far back journals are read: they may be large. */
const mostRead = 60;

/** How long the last push, setup and exec took that went well on a host, from the journals of the project in `root`. */
export function lastTimings(root: string, now: number): (host: string) => FoundTimings["last"] {
  const byHost = new Map<string, Map<Verb, Timing>>();
  for (const file of journalFiles(root).slice(-mostRead).reverse()) {
    const read = readJournalFile(file);
    const verb = read.ok ? verbOf(read.value.started.request) : undefined;
    if (!read.ok || verb === undefined) continue;
    for (const host of read.value.started.hosts) {
      const tookMs = tookOn(host, read.value);
      const known = byHost.get(host) ?? new Map<Verb, Timing>();
      byHost.set(host, known);
      const { at } = read.value.started;
      if (tookMs !== undefined && !known.has(verb))
        known.set(verb, { verb, tookMs, agoMs: Math.max(0, now - at - tookMs) });
    }
  }
  return (host) =>
    verbs.flatMap((verb) => {
      const timing = byHost.get(host)?.get(verb);
      return timing === undefined ? [] : [timing];
    });
}

/** e.g. `["docker", "exec", "-g", "cluster", "ls"]`; a push that watches has no end of its own. */
function verbOf(words: readonly string[]): Verb | undefined {
  const [first, second] = words;
  if (first === "push") return words.includes("--watch") ? undefined : first;
  if (first !== "docker") return undefined;
  return second === "setup" || second === "exec" ? second : undefined;
}

/** Undefined when it did not go well there. A command on one host tells nothing of its end but the action's own. */
function tookOn(host: string, { started, ended, events }: RecordedAction): number | undefined {
  const end = events.find((event) => event.type === "host-ended" && event.host === host);
  if (end?.type === "host-ended") {
    const isFine = end.failure === undefined && (end.exitCode ?? 0) === 0;
    return isFine ? end.at - started.at : undefined;
  }
  return ended?.outcome === "done" && started.hosts.length === 1
    ? ended.at - started.at
    : undefined;
}
