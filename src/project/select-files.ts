import { join } from "node:path";
import ignore from "ignore";
import type { Project } from "../model/project.ts";
import { readText } from "./read.ts";

/**
 * Which paths are pushed, of those that git or a walk found: not `.git`, not what `.igorignore` or the key `exclude`
 * leave out, nor the directories of `outputs` and `shared`, never igor's own directory of a host; always the dockerfile and the files that rebuild the image.
 */
export function fileFilter(project: Project): (path: string) => boolean {
  // As in git: `Data/` says nothing of a package `data/`.
  const excluded = ignore({ allowRelativePaths: true, ignorecase: false });
  const patterns = patternsOf(project);
  excluded.add(patterns);
  const hasPatterns = patterns.some((pattern) => pattern.trim() !== "" && !pattern.startsWith("#"));
  const always = alwaysSent(project);
  return (path) => {
    if (isNeverSent(path)) return false;
    return always.has(path) || !hasPatterns || !excluded.ignores(path);
  };
}

function patternsOf({ root, sync }: Project): readonly string[] {
  return [
    ...(readText(join(root, ".igorignore")) ?? "").split("\n"),
    ...sync.exclude,
    // Made on the hosts: what is of that name here is not theirs.
    ...[...sync.outputs, ...sync.shared].map((directory) => `/${directory}`),
  ];
}

/** Everything that decides which paths are pushed, beside git. */
export function filterWords(project: Project): readonly string[] {
  return [...patternsOf(project), "", ...alwaysSent(project)];
}

/** Files that are sent even when git ignores them. Globs of docker_rebuild_files are matched elsewhere. */
export function alwaysSent(project: Project): ReadonlySet<string> {
  return new Set([
    project.image.dockerfile,
    ".dockerignore",
    ...project.image.rebuildFiles.filter((file) => !/[*?[]/.test(file)),
  ]);
}

/**
 * `.git` of this or a nested repository (a directory, or the file of a submodule), what a host keeps for igor, what a pull keeps here, and a link
 * or file in the place of its directory; in any case, because a host may know no other.
 */
export function isNeverSent(path: string): boolean {
  // Few names begin with a dot, and there may be many names.
  if (!path.startsWith(".") && !path.includes("/.")) return false;
  return /(^|\/)\.git(\/|$)|^\.igor(\/(host|pull)(\/|$)|$)/i.test(path);
}
