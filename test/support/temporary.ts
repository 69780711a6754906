import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const made: string[] = [];

/** A new directory that is gone when the tests of the file are over; its path has no symbolic links. */
export function temporaryDirectory(prefix: string): string {
  const place = realpathSync(mkdtempSync(join(tmpdir(), prefix)));
  made.push(place);
  return place;
}

/** For after the last test of a file: a worker has no exit to wait for, it is killed. */
export function removeTemporary(): void {
  for (const place of made.splice(0)) rmSync(place, { recursive: true, force: true });
}
