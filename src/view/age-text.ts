import { durationText } from "./amount-text.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** How long ago something was, as people say it: `12 s`, `3 min`, `5 h`, `12 days`. */
export function ageText(ageMs: number): string {
  if (ageMs < minuteMs) return `${String(Math.floor(Math.max(0, ageMs) / 1000))} s`;
  if (ageMs < hourMs) return `${String(Math.floor(ageMs / minuteMs))} min`;
  if (ageMs < 2 * dayMs) return `${String(Math.floor(ageMs / hourMs))} h`;
  return `${String(Math.floor(ageMs / dayMs))} days`;
}

/** How long something short took, e.g. `0.4 ms`, `51 ms`, `3.2 s`. */
export function shortText(milliseconds: number): string {
  if (milliseconds >= 999.5) return durationText(milliseconds);
  return `${milliseconds < 9.95 ? milliseconds.toFixed(1) : milliseconds.toFixed(0)} ms`;
}
