import type { Event } from "../model/event.ts";
import { printable } from "./printable.ts";
import type { View } from "./view.ts";

/** A line of output where lines of all hosts stand below each other: what one host says alone needs no name. */
export function logLine(
  { hosts }: View,
  { host, line }: Pick<Extract<Event, { type: "output" }>, "host" | "line">,
): string {
  const text = printable(line).replaceAll("\t", "    ");
  return hosts.length > 1 ? `${printable(host)} | ${text}` : text;
}
