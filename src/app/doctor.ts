import { areas, checkNames } from "../model/check.ts";
import type { Area, Check, Examined } from "../model/check.ts";
import type { ConfigFailure } from "../model/failure-config.ts";
import type { Host, HostGroup, Project } from "../model/project.ts";
import { ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { planDoctor } from "../plan/doctor.ts";
import { loadProject } from "../project/config-load.ts";
import { clockOf, readChecks } from "../remote/read-checks.ts";
import { readFrameFailure } from "../remote/read-frame.ts";
import type { HostShell } from "../run/host-shell.ts";
import { checkLaptop } from "./doctor-laptop.ts";
import { checkHostKey, checkRefused, checkSharing, onLink } from "./doctor-link.ts";
import { selectMeant } from "./select-meant.ts";
import { HostShells } from "./host-shells.ts";
import { Shells } from "./shells.ts";

/** What is examined, and for whom. */
export interface DoctorCall {
  readonly directory: string;
  readonly hostGroup: string | undefined;
  readonly host: string | undefined;
  /** Called when all there is to say of one machine is known; the laptop is the first. */
  readonly tell: (examined: Examined) => void;
  readonly signal: AbortSignal;
  /** Milliseconds of the epoch. */
  readonly now: () => number;
}

/**
 * Looks at the laptop, and at the hosts side by side; outside of a project, or in one whose configuration has mistakes,
 * only at the laptop. The value is whether nothing fails.
 */
export async function doctor(call: DoctorCall): Promise<Result<boolean, ConfigFailure>> {
  const { directory, tell, signal } = call;
  const project = await loadProject(directory);
  const group = project.ok ? selectMeant(project.value, call) : project;
  if (project.ok && !group.ok) return group;
  let isWell = true;
  const told: DoctorCall["tell"] = (examined) => {
    if (signal.aborted) return;
    if (examined.checks.some(({ verdict }) => verdict === "fail")) isWell = false;
    tell(examined);
  };
  await using open = new HostShells(call.now);
  using shells = new Shells(open, {}, signal);
  if (group.ok) for (const host of group.value.hosts) void shells.open(host);
  told({ checks: await checkLaptop(directory) });
  if (project.ok && group.ok) {
    const subject = { project: project.value, group: group.value };
    const examining = group.value.hosts.map(async (host) => {
      const checks = await checkHost(host, { ...call, ...subject, shells });
      told({ host: host.host, group: group.value.name, checks: completed(checks) });
    });
    const cancelled = new Promise((resolve) => signal.addEventListener("abort", resolve));
    await Promise.race([Promise.all(examining), cancelled]);
  }
  return ok(isWell);
}

type HostMeans = Pick<DoctorCall, "now" | "signal"> & {
  readonly project: Project;
  readonly group: HostGroup;
  readonly shells: Shells;
};

async function checkHost(host: Host, means: HostMeans): Promise<readonly Check[]> {
  const { shells } = means;
  const connection = await shells.connection(host);
  if (!connection.ok) return [onLink("address", "fail", { failure: connection.failure })];
  const { user, hostname } = connection.value.settings;
  const address = onLink("address", "ok", { values: [user, hostname] });
  const shell = await shells.open(host);
  const { hostKey } = connection.value.settings;
  if (!shell.ok) return [address, ...(await checkRefused(shell.failure, hostKey))];
  // Nothing else is going on while the way is measured.
  const roundTripMs = await shortestRoundTrip(shell.value);
  const [key, sharing, others] = await Promise.all([
    checkHostKey(hostKey),
    checkSharing(shell.value.connection, means.signal),
    checkOver(shell.value, { host, login: user, roundTripMs }, means),
  ]);
  return [address, key, onLink("login", "ok"), sharing, ...others];
}

async function shortestRoundTrip(shell: HostShell): Promise<number> {
  const [first, second] = [await shell.roundTrip(), await shell.roundTrip()];
  return Math.min(first ?? Infinity, second ?? Infinity);
}

/** A round trip that takes longer is felt with everything. */
const farMs = 250;
/** Clocks that differ by more confuse make, logs and certificates. */
const skewedMs = 5000;

async function checkOver(
  shell: HostShell,
  about: Parameters<typeof planDoctor>[1] & { readonly roundTripMs: number },
  { project, group, signal, now }: HostMeans,
): Promise<readonly Check[]> {
  const { roundTripMs } = about;
  const asked = now();
  const ended = await shell.run(planDoctor({ project, group }, about), { signal });
  if (!ended.ok) return [onLink("latency", "fail", { failure: ended.failure })];
  const latency = onLink("latency", roundTripMs > farMs ? "warn" : "ok", {
    values: [String(roundTripMs)],
  });
  const answer = ended.value.stdout.toString("utf8");
  const { exitCode } = ended.value;
  const stderr = ended.value.stderr.toString("utf8");
  const step = { host: about.host.host, step: "doctor" };
  const failure = readFrameFailure({ exitCode, stderr, failed: undefined }, step);
  // What it could not look at any more is not checked.
  const broken: readonly Check[] =
    failure === undefined
      ? []
      : [{ area: "host", name: "system", verdict: "fail", values: [], failure }];
  const clock = clockOf(answer);
  // The host tells whole seconds, and told them within the round trip.
  const skew = clock === undefined ? 0 : clock + 500 - (asked + roundTripMs / 2);
  const told = onLink("clock", Math.abs(skew) > skewedMs ? "warn" : "ok", {
    values: [String(Math.abs(skew) < 1500 ? 0 : skew)],
  });
  return [latency, told, ...broken, ...readChecks(answer)];
}

/** Everything that there is to look at on a host, in order; what nothing was said of could not be looked at. */
function completed(checks: readonly Check[]): readonly Check[] {
  return areas
    .filter((area) => area !== "laptop")
    .flatMap((area: Area) =>
      checkNames[area].map(
        (name): Check =>
          checks.find((check) => check.area === area && check.name === name) ?? {
            area,
            name,
            verdict: "not-checked",
            values: [],
          },
      ),
    );
}
