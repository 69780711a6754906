/** A number of things, e.g. `1 file`, `3 files`. */
export function countText(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}

/** A number of bytes, e.g. `830 B`, `12 kB`, `3.1 MB`. */
export function byteText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let amount = bytes;
  let unit = 0;
  while (unit < units.length - 1 && Math.round(amount) >= 1000) {
    amount /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && amount < 9.95 ? amount.toFixed(1) : amount.toFixed(0);
  return `${digits} ${units[unit] ?? ""}`;
}

/** How long something took, for a sentence, e.g. `0.4 s`, `12 s`, `3 min 5 s`, `1 h 4 min`. */
export function durationText(milliseconds: number): string {
  const { hours, minutes, seconds } = partsOf(milliseconds);
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`;
  if (minutes > 0) return seconds > 0 ? `${minutes} min ${seconds} s` : `${minutes} min`;
  return secondsText(milliseconds);
}

/** How long something short took, e.g. `0.4 ms`, `51 ms`, `3.2 s`. */
export function shortText(milliseconds: number): string {
  if (milliseconds >= 999.5) return durationText(milliseconds);
  return `${milliseconds < 9.95 ? milliseconds.toFixed(1) : milliseconds.toFixed(0)} ms`;
}

/** How long something is there, or ago, e.g. `12 s`, `3 min`, `2 h 4 min`, `5 days`. */
export function ageText(milliseconds: number): string {
  const { hours, minutes, seconds } = partsOf(milliseconds);
  if (hours >= 48) return `${Math.floor(hours / 24)} days`;
  if (hours > 0) return durationText(milliseconds);
  return minutes > 0 ? `${minutes} min` : `${seconds} s`;
}

/** How long something takes so far, for a column of 7, e.g. `0.4 s`, `12 s`, `3:05`, `1:04:00`. */
export function clockText(milliseconds: number): string {
  const { hours, minutes, seconds } = partsOf(milliseconds);
  const twoDigits = (amount: number) => String(amount).padStart(2, "0");
  if (hours > 0) return `${hours}:${twoDigits(minutes)}:${twoDigits(seconds)}`;
  if (minutes > 0) return `${minutes}:${twoDigits(seconds)}`;
  return secondsText(milliseconds);
}

/** The first few of many, e.g. `a.py, b.py and 3 more`. */
export function listText(items: readonly string[], most: number): string {
  const shown = items.length <= most ? items : items.slice(0, most);
  const more = items.length - shown.length;
  return shown.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function secondsText(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  return seconds < 9.95 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds)} s`;
}

function partsOf(milliseconds: number): { hours: number; minutes: number; seconds: number } {
  const all = Math.max(0, Math.floor(milliseconds / 1000));
  return {
    hours: Math.floor(all / 3600),
    minutes: Math.floor(all / 60) % 60,
    seconds: all % 60,
  };
}
