import { existsSync, lstatSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { environmentNow } from "./environment.ts";
import { gitConfiguration, trackedAndIgnored } from "./git-files.ts";

/** What decides which files git lists, beside files of the tree itself, as it was when it was found. */
export interface GitRules {
  readonly areSame: () => Promise<boolean>;
}

/**
 * Finds that for a tree: indexes, configurations and lists of what is ignored, its own ones and those of the user and the
 * machine. Some of the tree's directories may be repositories of their own.
 */
export async function findGitRules(root: string, directories: Iterable<string>): Promise<GitRules> {
  const around = above(root);
  const inside = [...directories].map((directory) => join(root, directory));
  const places = [...around, ...inside.filter((each) => existsSync(join(each, ".git")))];
  const configuration = await gitConfiguration(root);
  const { HOME: home = homedir(), XDG_CONFIG_HOME: xdg = join(home, ".config") } = environmentNow();
  const files = [
    ...places.map((directory) => join(directory, ".git")),
    ...places.flatMap(filesOfRepository),
    ...around.slice(1).map((directory) => join(directory, ".gitignore")),
    ...configuration,
    ...["/etc/gitconfig", join(home, ".gitconfig")],
    ...[join(xdg, "git/config"), join(xdg, "git/ignore")],
  ];
  // `git status` writes an index that says the same: what is listed by it alone is what it tracks although it is ignored.
  const index = join(around.map(ownPlace).find(isDirectory) ?? ownPlace(root), "index");
  const others = [...new Set(files)].filter((file) => file !== index);
  const looks = lookOf(others);
  let indexLook = lookOfFile(index);
  const tracked = await trackedAndIgnored(root);
  return {
    areSame: async () => {
      if (lookOf(others) !== looks) return false;
      const look = lookOfFile(index);
      if (look === indexLook) return true;
      if (tracked === undefined || (await trackedAndIgnored(root)) !== tracked) return false;
      indexLook = look;
      return true;
    },
  };
}

/** A directory, and those around it. */
function above(directory: string): readonly string[] {
  const parent = dirname(directory);
  return parent === directory ? [directory] : [directory, ...above(parent)];
}

/** Of the repository whose top a directory is. A work tree or submodule has a file there, and may share a configuration. */
function filesOfRepository(directory: string): readonly string[] {
  const own = ownPlace(directory);
  const common = resolve(own, textOf(join(own, "commondir")).trim() || ".");
  return [...new Set([own, common])].flatMap((each) =>
    ["index", "config", "config.worktree", "info/exclude"].map((name) => join(each, name)),
  );
}

/** Where git keeps what is of this work tree alone. e.g. `gitdir: /home/dino/mnist/.git/worktrees/trial` */
function ownPlace(directory: string): string {
  const place = join(directory, ".git");
  const [, elsewhere] = /^gitdir: (.+)/.exec(textOf(place)) ?? [];
  return elsewhere === undefined ? place : resolve(directory, elsewhere);
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // Missing, or a directory.
    return "";
  }
}

function lookOf(files: readonly string[]): string {
  return files.map(lookOfFile).join(" ");
}

/** What is in the directory `.git` changes its times without meaning anything. */
function lookOfFile(file: string): string {
  try {
    const found = lstatSync(file, { bigint: true, throwIfNoEntry: false });
    if (found === undefined) return "-";
    return found.isDirectory()
      ? `${found.dev}:${found.ino}`
      : `${found.ino}:${found.size}:${found.mtimeNs}:${found.ctimeNs}`;
  } catch {
    return "?";
  }
}
