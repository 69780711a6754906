import { clockText, countText } from "./amount-text.ts";
import { printable } from "./printable.ts";
import type { HostView, View } from "./view.ts";

/** A plan in a few words, for a line that holds other things too, e.g. `docker setup dino: apollo building 3/7, 12 s`. */
export function briefText(view: View, now: number): string {
  if (view.startedAt === undefined) return "";
  const title = printable(view.title);
  const clock = clockText((view.endedAt ?? now) - view.startedAt);
  const active = view.hosts.filter(isActive);
  const [only, ...others] = active;
  if (only === undefined) return `${title}: ${outcomeOf(view)}, ${clock}`;
  if (others.length > 0) return `${title}: ${countText(active.length, "host")}, ${clock}`;
  const step = printable(only.step ?? "starting");
  const { progress } = only;
  const amount = progress?.total === undefined ? "" : ` ${progress.done}/${progress.total}`;
  return `${title}: ${printable(only.host)} ${step}${amount}, ${clock}`;
}

/** How far all of it is, 0 to 100, where each host that works knows. */
export function percentOf(view: View): number | undefined {
  if (view.hosts.length === 0) return undefined;
  let sum = 0;
  for (const host of view.hosts) {
    const { progress } = host;
    if (!isActive(host)) sum += 1;
    else if (progress?.total === undefined || progress.total === 0) return undefined;
    else sum += Math.min(1, progress.done / progress.total);
  }
  return Math.floor((100 * sum) / view.hosts.length);
}

function isActive({ state }: HostView): boolean {
  return state === "running" || state === "waiting";
}

function outcomeOf({ hosts }: View): string {
  if (hosts.some(({ state }) => state === "failed")) return "failed";
  return hosts.some(({ state }) => state === "cancelled") ? "cancelled" : "done";
}
