import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readText } from "./read.ts";

/** What a note is about: a name, and a digest of everything it was made from. */
export interface NoteKey {
  readonly name: string;
  readonly digest: string;
}

/**
 * A value that is slow to make and depends on its digest alone: from the note of the last time, else made and noted.
 * The value must survive JSON. Only igor writes there, so what is read back is what was written.
 */
export async function noted<T>(
  stateDirectory: string,
  { name, digest }: NoteKey,
  make: () => Promise<T>,
): Promise<T> {
  const file = join(stateDirectory, `${name}.json`);
  const note = parsed(readText(file));
  if (note?.digest === digest) return note.value as T;
  const value = await make();
  mkdirSync(stateDirectory, { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, JSON.stringify({ digest, value }), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return value;
}

function parsed(
  text: string | undefined,
): { readonly digest: unknown; readonly value: unknown } | undefined {
  try {
    const note: unknown = JSON.parse(text ?? "null");
    return typeof note === "object" && note !== null && "digest" in note && "value" in note
      ? note
      : undefined;
  } catch {
    // A damaged note is as good as none.
    return undefined;
  }
}
