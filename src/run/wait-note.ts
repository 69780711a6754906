import type { Event } from "../model/event.ts";

/** Tells what a host is waited for, where that takes its time. */
export function waitNote(host: string, note: string, at: number): Event {
  return { type: "progress", host, unit: "steps", done: 0, note, at };
}
