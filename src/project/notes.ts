import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readText } from "./read.ts";
import { cacheDir } from "./state-dir.ts";

/** What a note is about: a name, and a digest of everything its value was made from. */
export interface NoteKey {
  /** Of the project. */
  readonly root: string;
  readonly name: string;
  readonly digest: string;
}

/** A value that is slow to make, from the last time it was made of the same; undefined when there is none. */
export function readNote({ root, name, digest }: NoteKey): unknown {
  try {
    const note: unknown = JSON.parse(readText(fileOf(root, name)) ?? "null");
    if (typeof note !== "object" || note === null || !("digest" in note && "value" in note)) return;
    return note.digest === digest ? note.value : undefined;
  } catch {
    // A damaged note is as good as none.
    return undefined;
  }
}

/** Notes a value that survives JSON. Failing to is no failure of igor: the value is made again next time. */
export function writeNote({ root, name, digest }: NoteKey, value: unknown): void {
  const file = fileOf(root, name);
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(`${file}.new`, JSON.stringify({ digest, value }), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch {
    // A full disk or a read-only home: whoever must write there says so.
  }
}

function fileOf(root: string, name: string): string {
  return join(cacheDir(root), `${name}.json`);
}
