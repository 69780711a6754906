import type { Here, ThereEntry } from "./pull.ts";

/** Whether what is there is what is here, by size and time: those of a file that igor brings are kept. */
export function isHere(entry: ThereEntry, here: Here): boolean {
  if (entry.kind === "link") return here === `l ${entry.target}`;
  const [kind, size, mtime = ""] = here.split(" ");
  if (entry.kind === "special" || kind !== "f") return false;
  return Number(size) === entry.size && isSameTime(mtime, entry.mtime);
}

/** Where one side keeps whole seconds, those; else to two microseconds, as Node sets times. */
export function isSameTime(one: string, other: string): boolean {
  const [seconds, fraction = ""] = one.split(".");
  const [otherSeconds, otherFraction = ""] = other.split(".");
  if (/^0*$/.test(fraction) || /^0*$/.test(otherFraction)) return seconds === otherSeconds;
  const apart =
    (Number(seconds) - Number(otherSeconds)) * 1e9 + Number(fraction) - Number(otherFraction);
  return Math.abs(apart) <= 2000;
}
