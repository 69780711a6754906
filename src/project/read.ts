import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";

/** The text of a file; undefined when it is not there or cannot be read. */
export function readText(file: string): string | undefined {
  return read(file)?.toString("utf8");
}

/** The SHA-256 of a file's content, as hex; undefined when it is not there or cannot be read. */
export function sha256Of(file: string): string | undefined {
  const content = read(file);
  return content === undefined ? undefined : createHash("sha256").update(content).digest("hex");
}

/** The names in a directory; none when it is not there or cannot be read. */
export function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    // What is missing is told by whoever needs it.
    return [];
  }
}

/** Only of a regular file: a pipe that nobody writes to would be read for ever. */
function read(file: string): Buffer | undefined {
  try {
    return statSync(file).isFile() ? readFileSync(file) : undefined;
  } catch {
    // What is missing is told by whoever needs it.
    return undefined;
  }
}
