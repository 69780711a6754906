import packageJson from "../../package.json" with { type: "json" };
import type { Failure } from "../model/failure.ts";

/** The first lines of a stack tell where it was. */
const shortStack = 8;

/** Something that was thrown, which only a bug of igor does, as a report of it needs it. */
export function bugOf(thrown: unknown): Failure {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const { name, message, stack = "" } = error;
  const calls = stack.split("\n").filter((line) => /^\s+at /.test(line));
  return {
    reason: "bug",
    message: `${name}: ${message}`,
    version: `igor ${packageJson.version}, Node ${process.versions.node} on ${process.platform}`,
    stack: calls.slice(0, shortStack).map((line) => line.trim()),
  };
}
