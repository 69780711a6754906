/** What one run of rsync is to bring where. */
export interface RsyncTask {
  /** Local root, without a trailing slash. */
  readonly root: string;
  readonly host: string;
  /** Absolute directory on the host; it is made when its parent exists. */
  readonly into: string;
  /** Absolute tree on the host whose identical files need not travel. */
  readonly compareWith: string | undefined;
  /** What rsync calls instead of plain ssh. */
  readonly shell: string;
}

/**
 * The rsync that fills a stage, or an empty target. The list of files comes on stdin, NUL-separated.
 * `-rlpt` without owner and group: a user may not give files away. `-O`: times of directories belong to the host.
 * `--no-inc-recursive`: 7 round trips instead of 75 on a large tree. Never `--delete`, `--partial`, `--inplace`:
 * each of them destroys or truncates (facts 3.2 with its correction).
 * e.g. `rsync -rlptO -s -z --no-inc-recursive --from0 --files-from=- ... -e 'ssh ...' /home/dino/mnist/ apollo:/srv/mnist/.igor/host/stage/g1/f/`
 */
export function rsyncArgv(task: RsyncTask): readonly [string, ...string[]] {
  return [
    "rsync",
    "-rlptO",
    "--protect-args",
    "-z",
    "--no-inc-recursive",
    "--from0",
    "--files-from=-",
    "--timeout=30",
    "--info=progress2",
    "--no-human-readable",
    ...(task.compareWith === undefined ? [] : [`--compare-dest=${task.compareWith}`]),
    "-e",
    task.shell,
    `${task.root}/`,
    `${task.host.includes(":") ? `[${task.host}]` : task.host}:${task.into}/`,
  ];
}

/** How far rsync is. */
export interface RsyncProgress {
  readonly bytes: number;
  readonly percent: number;
}

/** Reads a line of `--info=progress2`. e.g. `     32768  12%   10.42MB/s    0:00:00 (xfr#3, to-chk=10/20)` */
export function parseRsyncProgress(line: string): RsyncProgress | undefined {
  const found = /^\s*(\d+)\s+(\d+)%\s/.exec(line);
  return found === null ? undefined : { bytes: Number(found[1]), percent: Number(found[2]) };
}
