import { readdirSync } from "node:fs";
import { join } from "node:path";

/**
 * A shorter list for a recursive transfer: a directory below the root all of whose entries are among the files is named
 * instead of them. Directories are looked at here and now, so that what came since the files were listed is seen, but
 * for a moment: whoever transfers must count what has arrived.
 *
 * rsync reads a list byte by byte, with two system calls for each: 50,000 paths take it two seconds.
 * e.g. with `.git` beside them, `a/b`, `a/c/d` and `e` become `a` and `e`
 */
export function inWholeDirectories(root: string, files: readonly string[]): readonly string[] {
  const top = treeOf(files);
  return [...top.entries].flatMap(([name, below]) => listOf(root, name, below));
}

/** What is listed in a directory; undefined stands for a file. */
interface Directory {
  readonly entries: Map<string, Directory | undefined>;
}

function treeOf(files: readonly string[]): Directory {
  const top: Directory = { entries: new Map() };
  for (const path of files) {
    const parts = path.split("/");
    const name = parts.pop() ?? "";
    let directory = top;
    for (const part of parts) {
      const below = directory.entries.get(part) ?? { entries: new Map() };
      directory.entries.set(part, below);
      directory = below;
    }
    directory.entries.set(name, undefined);
  }
  return top;
}

function listOf(root: string, path: string, directory: Directory | undefined): readonly string[] {
  if (directory === undefined) return [path];
  const { entries } = directory;
  let isWhole = holdsOnly(join(root, path), entries);
  const list = [...entries].flatMap(([name, below]) => {
    const inside = listOf(root, `${path}/${name}`, below);
    isWhole &&= inside.length === 1 && inside[0] === `${path}/${name}`;
    return inside;
  });
  return isWhole ? [path] : list;
}

/** Whether each entry is a listed one of its kind: what is listed as a file may be a directory by now. */
function holdsOnly(directory: string, entries: Directory["entries"]): boolean {
  try {
    return readdirSync(directory, { withFileTypes: true }).every(
      (entry) =>
        entries.has(entry.name) && entry.isDirectory() === (entries.get(entry.name) !== undefined),
    );
  } catch {
    return false;
  }
}
