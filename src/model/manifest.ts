/**
 * What one path of the project looks like, as one comparable word:
 * `f <size in bytes> <mtime seconds>.<nanoseconds, 9 digits> <octal permission bits> [<ctime>]` for a file, the ctime
 * where it is not the mtime (an unpacked archive gives its files the times they had where it was made, and often all
 * the same one),
 * `l <target>` for a symbolic link. Equal states are the same file for igor.
 * e.g. `f 120 1712345678.123456789 644`
 */
export type FileState = string;

/** What of a file's `stat` makes its state: bytes, nanoseconds of the epoch, type and permissions. */
export interface FileStatus {
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly mode: bigint;
}

/** Path (relative to the project, `/` between components) to state. Directories are implied by the files in them. */
export type Tree = ReadonlyMap<string, FileState>;

/** One attempt to bring a host to a new generation that the host has not confirmed (yet): what it would have changed. */
export interface PendingPush {
  readonly generation: string;
  /** Path to new state; `undefined`: the path was to be deleted. */
  readonly changes: ReadonlyMap<string, FileState | undefined>;
}

/**
 * What igor put on one host: the tree it last saw confirmed, and every later attempt that may have arrived in part.
 * The host holds the generation id of exactly one of them, or igor knows nothing for certain.
 */
export interface Manifest {
  readonly generation: string | undefined;
  readonly tree: Tree;
  readonly pending: readonly PendingPush[];
}
