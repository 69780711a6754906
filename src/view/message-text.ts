import { countText, durationText, shortText } from "./amount-text.ts";
import { endingOf } from "./host-line.ts";
import { printable } from "./printable.ts";
import type { View } from "./view.ts";

/**
 * How a plan ended in one line, the news first: what does not fit may be cut off.
 * e.g. `setup: image up to date; container kept (apollo, 64 ms)`, `push failed: nothing answers there (apollo, 12 s)`
 */
export function messageText(verb: string, view: View): string {
  const milliseconds = (view.endedAt ?? 0) - (view.startedAt ?? 0);
  const spent = milliseconds < 1000 ? shortText(milliseconds) : durationText(milliseconds);
  const bad = view.hosts.filter(({ state }) => state !== "done");
  const told = bad.length > 0 ? bad : view.hosts;
  const state = bad.some((host) => host.state === "failed") ? " failed" : " cancelled";
  const how = bad.length > 0 ? state : "";
  const names = told.map(({ host }) => printable(host)).join(", ");
  const rest = view.hosts.length - bad.length;
  const others = bad.length > 0 && rest > 0 ? `; done on ${countText(rest, "other host")}` : "";
  const endings = [...new Set(told.map((host) => endingOf(host).text))].join(" | ");
  const why = how === ` ${endings}` ? "" : `: ${endings}`;
  return `${verb}${how}${why} (${names}, ${spent})${others}`;
}
