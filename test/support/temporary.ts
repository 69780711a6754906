import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const made: string[] = [];

/** A new directory that is gone with this process; its path has no symbolic links. */
export function temporaryDirectory(prefix: string): string {
  if (made.length === 0)
    process.once("exit", () =>
      made.forEach((place) => rmSync(place, { recursive: true, force: true })),
    );
  const place = realpathSync(mkdtempSync(join(tmpdir(), prefix)));
  made.push(place);
  return place;
}
