import { mkdirSync, readdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * What an rsync that was killed left in a stage, below `directory`, made into what the next one goes on with: the
 * beginning of `a.pt` is in `.a.pt.XXXXXX`, and is moved to where rsync looks for it.
 */
export function salvage(directory: string, partialDirectory: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory() && entry.name !== partialDirectory) salvage(path, partialDirectory);
    const name = /^\.(.+)\.[A-Za-z0-9]{6}$/.exec(entry.name)?.[1];
    if (!entry.isFile() || name === undefined) continue;
    const partial = join(directory, partialDirectory, name);
    if (sizeOf(partial) >= sizeOf(path)) continue;
    mkdirSync(join(directory, partialDirectory), { recursive: true, mode: 0o700 });
    renameSync(path, partial);
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? -1;
}
