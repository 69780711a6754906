import type { Project } from "../model/project.ts";
import { parentsOf } from "../plan/difference.ts";
import { fileFilter } from "../project/select-files.ts";
import { listGitFilesAt, notIgnoredByGit } from "../run/git-files.ts";
import type { Scan } from "./scan.ts";

/** A project, and who says which files it has. */
export interface Listing extends Pick<Scan, "listedBy"> {
  readonly project: Project;
}

/** The files that are sent among these, and in these directories; undefined when only a look at everything tells. */
export async function sentAmong(
  { project, listedBy }: Listing,
  files: readonly string[],
  directories: readonly string[],
): Promise<readonly string[] | undefined> {
  if (files.length + directories.length === 0) return [];
  const isSent = fileFilter(project);
  if (listedBy === "git") {
    const listed = await listGitFilesAt(project.root, [...files, ...directories]);
    return listed?.filter(isSent);
  }
  // A directory that is left out is not looked into.
  const isReached = (path: string): boolean => parentsOf(path).every((it) => isSent(`${it}/`));
  return directories.length > 0
    ? undefined
    : files.filter((path) => isSent(path) && isReached(path));
}

/** The directories among these in which there may be a file that is sent. */
export async function reachedAmong(
  { project, listedBy }: Listing,
  directories: readonly string[],
): Promise<readonly string[]> {
  const isSent = fileFilter(project);
  const reached = directories.filter((directory) => isSent(`${directory}/`));
  return listedBy === "git" ? notIgnoredByGit(project.root, reached) : reached;
}
