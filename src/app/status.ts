import type { Finding } from "../model/finding.ts";
import type { FoundLink } from "../model/finding-status.ts";
import type { HostFacts } from "../plan/facts.ts";
import { pendingOf } from "../plan/status.ts";
import { lastTimings } from "../project/timings.ts";
import type { Connection } from "../remote/ssh.ts";
import type { HostShell } from "../run/host-shell.ts";
import type { Means } from "./lanes.ts";

/** Tells what is known of the hosts without asking them, and how far away they are. */
export async function tellOfHosts(
  facts: readonly HostFacts[],
  { action, shells }: Pick<Means, "action" | "shells">,
): Promise<void> {
  const { emit, now, subject } = action;
  const timings = lastTimings(subject.project.root, now());
  await Promise.all(
    facts.map(async ({ host, push }) => {
      const tell = (finding: Finding): void =>
        emit({ type: "found", host: host.host, finding, at: now() });
      const opened = shells.open(host);
      const link = opened.then(async (shell): Promise<FoundLink | undefined> => {
        if (!shell.ok) return undefined;
        const roundTripMs = await shortestRoundTrip(shell.value);
        const shared = sharedBy(shell.value.connection);
        return roundTripMs === undefined ? undefined : { kind: "link", shared, roundTripMs };
      });
      if (push !== undefined) tell(pendingOf(push, subject.group.name));
      const last = timings(host.host);
      if (last.length > 0) tell({ kind: "timings", last });
      const found = await link;
      if (found !== undefined) tell(found);
    }),
  );
}

/** Below this a second look costs nothing, and the first may have had to wait for something else here. */
const nearMs = 20;

async function shortestRoundTrip(shell: HostShell): Promise<number | undefined> {
  const first = await shell.roundTrip();
  if (first === undefined || first > nearMs) return first;
  const second = await shell.roundTrip();
  return Math.min(first, second ?? first);
}

function sharedBy({ controlPath, settings }: Connection): FoundLink["shared"] {
  if (controlPath === "none") return "none";
  if (controlPath !== undefined) return "igor";
  return settings.stays === "no" ? "none" : "user";
}
