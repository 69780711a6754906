import { describe, expect, test } from "vitest";
import { readFileSystemWords } from "../../src/remote/read-failure.ts";

const stage = "/data/toy/.igor/host/stage/134137c69f4b4251/f";

describe("what tools say of a file system", () => {
  test.each([
    [
      `rsync: [receiver] write failed on "${stage}/d4/f879": No space left on device (28)`,
      { reason: "disk-full", path: "/data/toy/d4/f879" },
    ],
    [
      `rsync: [receiver] mkstemp "${stage}/d0/.f518.JkFMst" failed: No space left on device (28)`,
      { reason: "disk-full", path: "/data/toy/d0" },
    ],
    ["tar: f/big: Wrote only 512 of 10240 bytes", { reason: "disk-full", path: "" }],
    ["dd: error writing 'x': Disk quota exceeded", { reason: "disk-full", path: "x" }],
    [
      `mv: cannot move '${stage}/a' to './b/a': Permission denied`,
      { reason: "not-writable", path: "b/a" },
    ],
    [
      "mkdir: cannot create directory '/srv/toy': Read-only file system",
      { reason: "not-writable", path: "/srv/toy" },
    ],
    ["/bin/sh: 3: tar: not found", { reason: "not-installed", program: "tar" }],
  ])("%s", (words, failure) => {
    expect(readFileSystemWords(`${words}\n`, "apollo")).toMatchObject({
      ...failure,
      host: "apollo",
      lastWords: [words],
    });
  });

  test("keeps the first of many complaints, and counts the rest", () => {
    const of = (n: number): string =>
      `tar: f/d/f${String(n)}: Cannot write: No space left on device`;
    const words = Array.from({ length: 900 }, (_, n) => `${of(n)}\ntar: f/d: Cannot mkdir`);
    const failure = readFileSystemWords(
      `tar: f/big: Wrote only 1 of 2 bytes\n${words.join("\n")}`,
      "a",
    );
    expect(failure).toEqual({
      reason: "disk-full",
      path: "",
      host: "a",
      lastWords: [of(0), of(1), "... and 898 more of these"],
    });
  });

  test("is nothing where they speak of something else", () => {
    expect(readFileSystemWords("sort: write failed\n", "apollo")).toBeUndefined();
  });
});
