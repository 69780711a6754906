import { readdirSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { hostName } from "./config-rules.ts";
import { readText } from "./read.ts";

/**
 * The hosts that the user's ssh configuration names, in its order, as suggestions: without patterns, and without those
 * that only serve git.
 */
export function sshHosts(): readonly string[] {
  const directory = join(homedir(), ".ssh");
  return [...new Set(hostsIn(join(directory, "config"), directory, new Set()))];
}

/** `seen` are the files that were read before: some include each other. */
function hostsIn(file: string, directory: string, seen: Set<string>): readonly string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const blocks: { readonly names: readonly string[]; forGit: boolean }[] = [];
  const included: string[] = [];
  for (const line of (readText(file) ?? "").split("\n")) {
    const [, keyword = "", rest = ""] = /^\s*(\w+)(?:\s*=\s*|\s+)(.*?)\s*$/.exec(line) ?? [];
    const words = rest
      .replace(/(?:^|\s)#.*/, "")
      .split(/\s+/)
      .map((word) => word.replaceAll('"', ""));
    const block = blocks.at(-1);
    switch (keyword.toLowerCase()) {
      case "host":
        blocks.push({ names: words, forGit: false });
        break;
      case "match":
        blocks.push({ names: [], forGit: false });
        break;
      case "user":
        if (block !== undefined && rest === "git") block.forGit = true;
        break;
      case "include":
        included.push(...words.flatMap((word) => filesOf(word, directory)));
        break;
      default:
        break;
    }
  }
  const own = blocks
    .filter(({ forGit }) => !forGit)
    .flatMap(({ names }) => names)
    .filter((name) => !/^(?:ssh\.)?(?:github|gitlab|bitbucket)\./.test(name))
    .filter((name) => hostName.safeParse(name).success);
  return [...included.flatMap((other) => hostsIn(other, directory, seen)), ...own];
}

/** The files that an Include means: relative to ~/.ssh, with patterns in the last component. e.g. `config.d/*` */
function filesOf(word: string, directory: string): readonly string[] {
  const path = resolve(directory, word.replace(/^~(?=\/)/, homedir()));
  if (!/[*?]/.test(basename(path))) return [path];
  const pattern = basename(path)
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  try {
    const names = readdirSync(dirname(path)).filter((name) =>
      new RegExp(`^${pattern}$`).test(name),
    );
    return names.sort().map((name) => join(dirname(path), name));
  } catch {
    return [];
  }
}
