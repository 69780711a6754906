import type { Project } from "../model/project.ts";
import { readGitIndex } from "../project/git-index.ts";
import { repositoryId } from "../project/identity.ts";
import type { ManifestStore, Peek } from "../project/manifest-store.ts";
import { readNote, writeNote } from "../project/notes.ts";
import type { NoteKey } from "../project/notes.ts";
import { filterWords } from "../project/select-files.ts";
import { changedSinceIndex, unwatchedByIndex } from "../run/git-files.ts";

/** With more to look at than this, git spares nothing. */
export const mostLooked = 2000;
/**
 * How much older than a look git's index must be. Git goes by whole seconds: what changes after the look must differ in
 * its ctime from what the index says.
 */
const indexAgeMs = 2000;

/** What a look at the whole tree found that a later one can go by. */
export interface Vouched {
  /** Of git's index: all other files are as they were as long as that is the same and git sees no change. */
  readonly digest: string;
  /** Files that are pushed, but of which git says nothing: they are looked at each time. */
  readonly unseen: readonly string[];
  /** What differed from the index, or is not in it. */
  readonly differing: readonly string[];
}

/** What git can vouch for in a tree that is being looked at since then; undefined when it is too little, or not certain. */
export async function vouchedBy(
  { root }: Project,
  { always, startedAt }: { readonly always: Iterable<string>; readonly startedAt: number },
): Promise<Vouched | undefined> {
  const index = readGitIndex(root);
  if (index === undefined || index.writtenAt > startedAt - indexAgeMs) return undefined;
  const [differing, unwatched] = await Promise.all([
    changedSinceIndex(root),
    unwatchedByIndex(root),
  ]);
  if (differing === undefined || unwatched === undefined) return undefined;
  const unseen = [...unwatched, ...always];
  return differing.length + unseen.length > mostLooked
    ? undefined
    : { digest: index.digest, unseen, differing };
}

/** What a note is of: the files here as they were pushed to a host. */
export interface Destination {
  readonly project: Project;
  readonly store: ManifestStore;
}

/** What was noted of a host. */
export interface Known extends Vouched {
  readonly peek: Peek;
  /** How many files it holds. */
  readonly files: number;
}

/** Notes that a host holds what was looked at, as this generation. */
export function noteVouched(
  destination: Destination,
  { vouched, files }: { readonly vouched?: Vouched; readonly files: number },
  generation: string,
): void {
  if (vouched === undefined) return;
  writeNote(keyOf(destination, vouched.digest, generation), { ...vouched, files });
}

/** What was noted of a host, while git's index is the one of this digest; undefined when it holds something else now. */
export function knownOf(destination: Destination, digest: string): Known | undefined {
  const peek = destination.store.peek();
  if (peek?.generation === undefined || peek.isPending) return undefined;
  const note = readNote(keyOf(destination, digest, peek.generation));
  return note === undefined ? undefined : { peek, ...(note as Omit<Known, "peek">) };
}

function keyOf({ project, store }: Destination, digest: string, generation: string): NoteKey {
  const words = [digest, generation, repositoryId(project.root), ...filterWords(project)];
  return { root: project.root, name: `vouched-${store.name}`, digest: JSON.stringify(words) };
}
