import type { CompareWith } from "../model/plan.ts";

/** What one run of rsync is to bring where. */
export interface RsyncTask {
  /** Local root, without a trailing slash. */
  readonly root: string;
  readonly host: string;
  /** Absolute directory on the host. */
  readonly into: string;
  /** The tree on the host, absolute, whose identical files need not travel. */
  readonly compareWith: CompareWith | undefined;
  /** The list names directories too, which come with all that is in them. */
  readonly recursive: boolean;
  /** What rsync calls instead of plain ssh. */
  readonly shell: string;
}

/**
 * The rsync that fills a stage. The list of files comes on stdin, see `rsyncList`.
 * `-lpt` without owner and group: a user may not give files away. `-O`: times of directories belong to the host.
 * `-r` only where the host counts what arrives: what came into a directory since, ignored or not, arrives with it.
 * `--modify-window=-1`: nanoseconds count, else a file that was saved twice in one second would be taken for the same.
 * `--chmod=D755`: a directory that is read-only here could not be filled, or changed later, there.
 * `--no-inc-recursive`: 7 round trips instead of 75 on a large tree. Never `--delete`, `--partial`, `--inplace`:
 * each of them destroys or truncates (facts 3.2 with its correction). No `--temp-dir`: it doubles the work of the host.
 * `--checksum`: a file of somebody else with the size and time of ours is not ours. While a side reads a huge file for it,
 * it says nothing, so that silence may last.
 * e.g. `rsync -lptO -s -z --no-inc-recursive --from0 --files-from=- ... -e 'ssh ...' /home/dino/mnist/ apollo:/srv/mnist/.igor/host/stage/g1/f/`
 */
export function rsyncArgv(task: RsyncTask): readonly [string, ...string[]] {
  const { compareWith } = task;
  return [
    "rsync",
    task.recursive ? "-rlptO" : "-lptO",
    "--protect-args",
    "-z",
    "--no-inc-recursive",
    "--from0",
    "--files-from=-",
    "--modify-window=-1",
    "--chmod=D755",
    ...(compareWith?.by === "contents" ? ["--checksum", "--timeout=3600"] : ["--timeout=30"]),
    "--info=progress2",
    "--no-human-readable",
    ...(compareWith === undefined ? [] : [`--${destOf(compareWith)}=${compareWith.tree}`]),
    "-e",
    task.shell,
    `${task.root}/`,
    `${task.host.includes(":") ? `[${task.host}]` : task.host}:${task.into}/`,
  ];
}

function destOf({ by }: CompareWith): "link-dest" | "compare-dest" {
  return by === "link" ? "link-dest" : "compare-dest";
}

/** What one run of rsync is to bring from where. */
export interface RsyncFetch {
  readonly host: string;
  /** The tree on the host, absolute. */
  readonly from: string;
  /** A private directory here, absolute. */
  readonly into: string;
  /** The tree here, absolute: what is in it need not travel again where the host has it, too. */
  readonly beside: string;
  readonly compress: boolean;
  readonly shell: string;
}

/**
 * The rsync that brings files of a host into a stage here. What is cut goes on where it was: the beginning of a file waits
 * in a directory beside its place (relative: an absolute one is shared by all files of one name).
 * Not `-l`, `-D`, `-r`: only regular files come, and what a host sends beside the list stays in the stage.
 * Not `-p`: modes are set when files are put in place. `--no-implied-dirs`: a directory that is read-only there can be
 * filled here. `--timeout`: a side that looks for what is the same in a huge file says nothing meanwhile.
 * e.g. `rsync -t -s --no-implied-dirs --from0 --files-from=- ... -e 'ssh ...' apollo:/srv/mnist/ .../stage/3f2a/f/`
 */
export function rsyncFetchArgv(task: RsyncFetch): readonly [string, ...string[]] {
  return [
    "rsync",
    "-t",
    "--protect-args",
    ...(task.compress ? ["-z"] : []),
    "--no-implied-dirs",
    "--from0",
    "--files-from=-",
    "--modify-window=-1",
    `--partial-dir=${partialDirectory}`,
    `--compare-dest=${task.beside}`,
    "--timeout=600",
    "--info=progress2",
    "--no-human-readable",
    "-e",
    task.shell,
    `${task.host.includes(":") ? `[${task.host}]` : task.host}:${task.from}/`,
    `${task.into}/`,
  ];
}

/** Where rsync keeps the beginnings of files, in the directory of each. */
const partialDirectory = ".igor-part";

/**
 * Files of the host that rsync may not read there, relative to `from`.
 * e.g. `rsync: [sender] send_files failed to open "/srv/mnist/runs/key": Permission denied (13)`
 */
export function unreadableThere(words: string, from: string): readonly string[] {
  return words.split("\n").flatMap((line) => {
    const found = /\[sender\].* failed to open "(.+)": Permission denied/.exec(line)?.[1];
    return found?.startsWith(`${from}/`) === true ? [found.slice(from.length + 1)] : [];
  });
}

/**
 * Why rsync could not write here.
 * e.g. `rsync: [receiver] write failed on "/home/dino/mnist/...": No space left on device (28)`
 */
export function unwritableHere(words: string): string | undefined {
  return words
    .split("\n")
    .find(
      (line) =>
        /\[(?:receiver|generator)\]/.test(line) &&
        /No space left|quota exceeded|Permission denied|Read-only file system/.test(line),
    );
}

/**
 * The list that rsync reads on stdin. It takes a line that begins with `#` or `;` for a comment, also between NULs.
 * e.g. `a.py` and `#a.py#` become `./a.py\0./#a.py#\0`
 */
export function rsyncList(paths: readonly string[]): string {
  return paths.map((path) => `./${path}\0`).join("");
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

/** rsync itself does not work between these two: tar may. `unusable` tells why, in a clause. */
export interface RsyncUnusable {
  readonly unusable: string;
}

/** Why rsync does not work between these two, whatever the files; undefined where it does. */
export function rsyncUnusable(end: {
  readonly missing: boolean;
  readonly exitCode: number | undefined;
  readonly words: string;
}): RsyncUnusable | undefined {
  // protocol version mismatch -- is your shell clean?
  if (end.words.includes("is your shell clean"))
    return { unusable: "a startup file there, e.g. ~/.bashrc, prints, and rsync cannot bear that" };
  // bash: line 1: rsync: command not found; /bin/sh: 1: rsync: not found
  const isThere = !/rsync: (?:command )?not found|rsync: No such file/.test(end.words);
  // 1: an option that one of them does not know; 2: protocols without a common version; 4: not supported
  if (end.missing) return { unusable: "rsync is not on this machine any more" };
  if (isThere && ![1, 2, 4].includes(end.exitCode ?? 0)) return undefined;
  return { unusable: "rsync does not work there" };
}

/**
 * A file of the laptop that rsync may not read.
 * e.g. `rsync: [sender] send_files failed to open "/home/dino/mnist/key": Permission denied (13)`
 */
export function unreadableHere(words: string): string | undefined {
  return /\[sender\].* failed to open "([^"]+)": Permission denied/.exec(words)?.[1];
}
