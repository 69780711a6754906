import type { LeftBecause, ThereEntry } from "../model/pull.ts";

/** Why an entry of a host is never brought, whatever is here. */
export function refusalOf(entry: ThereEntry): LeftBecause | undefined {
  const { path } = entry;
  if (path.includes("\uFFFD") || path.includes("\0")) return "name";
  if (path.split("/").some((part) => part === "" || part === "." || part === "..")) return "name";
  if (entry.kind === "special") return "special";
  if (entry.kind === "link" && !staysInside(entry)) return "link-leaves";
  return undefined;
}

/**
 * Whether a link leads into the project wherever that is: up no further than its root, and only then down. A step up
 * behind a step down may be one out of another link. e.g. `../data/x` in `runs/latest`
 */
function staysInside({
  path,
  target,
}: {
  readonly path: string;
  readonly target: string;
}): boolean {
  if (target.startsWith("/") || target.includes("\uFFFD")) return false;
  const steps = target.split("/").filter((step) => step !== "" && step !== ".");
  const up = steps.findIndex((step) => step !== "..");
  const ups = up < 0 ? steps.length : up;
  const down = steps.slice(ups);
  return (
    ups <= path.split("/").length - 1 &&
    !down.includes("..") &&
    !isNeverBrought([...path.split("/").slice(0, -1 - ups), ...down].join("/"))
  );
}

/** What igor keeps, and git: in any case, because a file system here may know no other. */
export function isNeverBrought(path: string): boolean {
  return /(^|\/)\.git(\/|$)|^\.igor(\/|$)/i.test(path);
}
