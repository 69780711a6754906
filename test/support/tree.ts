import {
  chmodSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** A file (with its modification time in seconds, and mode), a link, a named pipe, or an empty directory. */
export type Thing =
  | string
  | { readonly text: string; readonly at?: number; readonly mode?: number }
  | { readonly link: string }
  | { readonly directory: true };

/** Writes files, with fixed times where one is given. */
export function writeThings(root: string, things: Readonly<Record<string, Thing>>): void {
  for (const [path, thing] of Object.entries(things)) {
    const file = join(root, path);
    if (typeof thing === "object" && "directory" in thing) {
      mkdirSync(file, { recursive: true });
      continue;
    }
    mkdirSync(dirname(file), { recursive: true });
    if (typeof thing === "object" && "link" in thing) {
      symlinkSync(thing.link, file);
      continue;
    }
    const {
      text,
      at = 1_700_000_000,
      mode = 0o644,
    } = typeof thing === "string" ? { text: thing } : thing;
    writeFileSync(file, text);
    chmodSync(file, mode);
    lutimesSync(file, at, at);
  }
}

/** Everything below a directory: text of files, `-> target` of links, `/` for empty directories; but for `.igor/host`. */
export function thingsIn(root: string): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (below: string): void => {
    const names = readdirSync(join(root, below));
    if (names.length === 0 && below !== "") found[below] = "/";
    for (const name of names) {
      const path = below === "" ? name : `${below}/${name}`;
      if (path === ".igor/host") continue;
      const status = lstatSync(join(root, path));
      if (status.isDirectory()) visit(path);
      else if (status.isSymbolicLink()) found[path] = `-> ${readlinkSync(join(root, path))}`;
      else found[path] = status.isFile() ? readFileSync(join(root, path), "utf8") : "special";
    }
  };
  visit("");
  delete found[".igor"];
  return found;
}
