import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

declare const IGOR_SOURCE: string;

/** A digest of all that the bundle is made of: src/ and the packages; `root` is igor's own directory. */
export async function sourceDigest(root: string): Promise<string> {
  const entries = await readdir(join(root, "src"), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort();
  const digest = createHash("sha256");
  for (const path of [...paths, join(root, "package-lock.json")])
    digest.update(`${path.slice(root.length)}\n`).update(await readFile(path));
  return digest.digest("hex").slice(0, 16);
}

/** Whether igor was updated, and not built again. */
export async function isStale(root: string): Promise<boolean> {
  try {
    return IGOR_SOURCE !== (await sourceDigest(root));
  } catch {
    return false; // Without its source a bundle cannot be older.
  }
}
