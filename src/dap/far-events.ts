import { debuggerFailed } from "../app/debug.ts";
import type { DebugGround } from "../app/debug.ts";
import type { DapEvent } from "../debug/message.ts";
import type { Failure } from "../model/failure.ts";

type Body = DapEvent["body"];

/** What the event igorReady says of the debugpy that runs, where that is not the image's own; else nothing. */
export function debugpyText({ version, instead, python }: Body): string {
  if (typeof instead !== "string") return "";
  const why = instead === "" ? "the image has none" : `the image has ${instead}`;
  return `debugpy ${String(version)} is igor's own: ${why} for Python ${String(python)}\n`;
}

/** What the event igorFailed says; undefined when it is not known. */
export function failureSaid(
  { why, words }: Body,
  ground: DebugGround | undefined,
): Failure | undefined {
  if (ground === undefined) return undefined;
  const lastWords = Array.isArray(words) ? words.map(String) : [];
  switch (why) {
    case "no-debugpy":
    case "no-place":
    case "adapter":
    case "adapter-gone":
      return debuggerFailed(why, { ground, lastWords });
    case "nobody-listens": {
      const [port, ...rest] = lastWords;
      const { host } = ground.host;
      return { reason: "nobody-listens", port: Number(port), host, lastWords: rest };
    }
    default:
      return undefined;
  }
}
