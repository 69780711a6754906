import { expect, test } from "vitest";
import {
  parseRsyncProgress,
  rsyncArgv,
  rsyncList,
  rsyncUnusable,
  unreadableHere,
} from "../../src/remote/rsync.ts";

const task = {
  root: "/home/dino/mnist",
  host: "apollo",
  into: "/srv/mnist/.igor/host/stage/s1/f",
  compareWith: undefined,
  recursive: false,
  shell: "ssh -o BatchMode=yes",
};

test("rsync is told a list, compares nanoseconds, and never deletes, truncates or gives files away", () => {
  expect(rsyncArgv(task).join(" ")).toMatchInlineSnapshot(
    `"rsync -lptO --protect-args -z --no-inc-recursive --from0 --files-from=- --modify-window=-1 --chmod=D755 --timeout=30 --info=progress2 --no-human-readable -e ssh -o BatchMode=yes /home/dino/mnist/ apollo:/srv/mnist/.igor/host/stage/s1/f/"`,
  );
  const compared = (by: "contents" | "size-and-time" | "link") =>
    rsyncArgv({ ...task, compareWith: { tree: "/srv/mnist", by } });
  expect(compared("size-and-time")).toContain("--compare-dest=/srv/mnist");
  expect(compared("size-and-time")).not.toContain("--checksum");
  expect(compared("contents")).toEqual(
    expect.arrayContaining(["--checksum", "--timeout=3600", "--compare-dest=/srv/mnist"]),
  );
  expect(compared("link")).toContain("--link-dest=/srv/mnist");
  expect(rsyncArgv({ ...task, host: "fe80::1" }).at(-1)).toBe(`[fe80::1]:${task.into}/`);
  expect(rsyncArgv({ ...task, recursive: true })[1]).toBe("-rlptO");
  for (const word of ["--delete", "--inplace", "--partial", "-a", "-r", "-o", "-g"])
    expect(rsyncArgv(task)).not.toContain(word);
});

test("no name in the list is a comment", () => {
  expect(rsyncList(["a.py", "#a.py#", ";b"])).toBe("./a.py\0./#a.py#\0./;b\0");
});

test.each([
  ["     32768  12%   10.42MB/s    0:00:00 (xfr#3, to-chk=10/20)", { bytes: 32_768, percent: 12 }],
  ["sending incremental file list", undefined],
])("progress %j", (line, progress) => expect(parseRsyncProgress(line)).toEqual(progress));

const noRsync = "rsync does not work there";
test.each([
  [
    127,
    "bash: line 1: rsync: command not found\nrsync: connection unexpectedly closed (0 bytes received so far) [sender]",
    noRsync,
  ],
  [12, "/bin/sh: 1: rsync: not found", noRsync],
  [
    2,
    "protocol version mismatch -- is your shell clean?",
    "a startup file there, e.g. ~/.bashrc, prints, and rsync cannot bear that",
  ],
  [1, "rsync: --info=progress2: unknown option", noRsync],
  [11, 'rsync: [receiver] write failed on "/x": No space left on device (28)', undefined],
  [12, "rsync: connection unexpectedly closed (0 bytes received so far) [sender]", undefined],
  [255, "ssh: connect to host 10.99.0.11 port 22: Connection refused", undefined],
])("rsync that ends with %i and %j cannot be used: %s", (exitCode, words, unusable) => {
  expect(rsyncUnusable({ exitCode, words, missing: false })?.unusable).toBe(unusable);
});

test("a file that may not be read here is named, one of the host is not", () => {
  expect(
    unreadableHere(
      'rsync: [sender] send_files failed to open "/home/dino/mnist/a key": Permission denied (13)\n',
    ),
  ).toBe("/home/dino/mnist/a key");
  expect(
    unreadableHere('rsync: [receiver] mkstemp "/srv/mnist/.a.X" failed: Permission denied (13)\n'),
  ).toBeUndefined();
});
