import type { Manifest } from "../model/manifest.ts";
import type { Project } from "../model/project.ts";
import { ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { readGitIndex } from "../project/git-index.ts";
import type { ManifestStore } from "../project/manifest-store.ts";
import { fileFilter } from "../project/select-files.ts";
import { readTree } from "../project/walk.ts";
import { changedSinceIndex } from "../run/git-files.ts";
import { scanOf } from "./scan.ts";
import type { Scan } from "./scan.ts";
import { knownOf, mostLooked } from "./vouched.ts";
import type { Known } from "./vouched.ts";

/** A look at those files only that can have changed since the last push to each host. */
export interface QuickScan {
  readonly scan: Scan;
  /** By the name of the host; the tree is that of the files that were looked at. */
  readonly manifests: ReadonlyMap<string, Manifest>;
}

/**
 * Looks at a large tree as far as git cannot vouch for it. Git's index holds how each tracked file looked when git read
 * it. When all files here were last compared with what a host holds, they differed from that index in some paths only. As
 * long as the index is the same, nothing but those, what git calls changed, and what it does not track can differ.
 *
 * Undefined when that was never noted of one of the hosts, or is no longer so: then everything is to be looked at.
 */
export async function quickScan(
  project: Project,
  stores: ReadonlyMap<string, ManifestStore>,
): Promise<Result<QuickScan | undefined>> {
  const { root } = project;
  const index = readGitIndex(root);
  if (index === undefined) return ok(undefined);
  const known = new Map<string, Known>();
  for (const [host, store] of stores) {
    const noted = store.isLarge() ? knownOf({ project, store }, index.digest) : undefined;
    if (noted === undefined) return ok(undefined);
    known.set(host, noted);
  }
  const differing = await changedSinceIndex(root);
  if (differing === undefined) return ok(undefined);
  // What somebody added meanwhile is no change any more for git.
  if (readGitIndex(root)?.digest !== index.digest) return ok(undefined);
  const notes = [...known.values()];
  const unseen = notes.flatMap((noted) => noted.unseen);
  const there = new Set([...differing, ...unseen]);
  // What was there and is not any more was deleted, or is ignored now.
  const paths = new Set([...there, ...notes.flatMap((noted) => noted.differing)]);
  if (paths.size > mostLooked) return ok(undefined);
  const found = readTree(root, [...there].filter(fileFilter(project)));
  if (!found.ok) return found;
  // A directory among them stands where a file was: a tree with submodules is never noted.
  const { tree } = found.value;
  const manifests = new Map<string, Manifest>();
  let files = 0;
  for (const [host, { peek, files: before }] of known) {
    const part = peek.part(paths);
    manifests.set(host, { generation: peek.generation, tree: part, pending: [] });
    files = before - part.size + tree.size;
  }
  const vouched = { digest: index.digest, unseen: [...new Set(unseen)], differing: [...paths] };
  return ok({
    scan: { ...(await scanOf(project, { tree, listedBy: "git" })), files, vouched },
    manifests,
  });
}
