import { expect, test } from "vitest";
import {
  deniedPaths,
  parseEntries,
  parseTree,
  pathPayload,
  splitSent,
} from "../../src/remote/pull-answer.ts";

const word = (text: string) => Buffer.from(text).toString("base64");

test("each kind of line is read, with any name", () => {
  const lines = [
    "f 644 12 1712345678.123456789 ./runs/with space",
    "f 4755 12 1712345678 ./back\\slash",
    `F 600 0 -1.500000000 ${word("./new\nline")}`,
    "l ./runs/latest",
    "> 42",
    `L ${word("./odd\nlink")} ${word("to\nthere")}`,
    `s ${word("./pipe")}`,
  ];
  expect(parseEntries(lines.join("\n"))).toEqual([
    { kind: "file", path: "runs/with space", mode: "644", size: 12, mtime: "1712345678.123456789" },
    { kind: "file", path: "back\\slash", mode: "755", size: 12, mtime: "1712345678" },
    { kind: "file", path: "new\nline", mode: "600", size: 0, mtime: "-1.500000000" },
    { kind: "link", path: "runs/latest", target: "42" },
    { kind: "link", path: "odd\nlink", target: "to\nthere" },
    { kind: "special", path: "pipe" },
  ]);
});

test.each(["", "f 644 12 now ./a", "f 644 1 1 /etc/passwd", "l ./a", "s", "welcome", "> x"])(
  "the line %j says nothing",
  (line) => expect(parseEntries(`${line}\n`)).toEqual([]),
);

test("the tree says where it is, or that there is none", () => {
  expect(parseTree(["tree", word("/srv/a b"), "rsync"])).toEqual({
    root: "/srv/a b",
    rsync: "rsync",
  });
  expect(parseTree(["tree", "-", "none"])).toEqual({ root: undefined, rsync: "none" });
  expect(parseTree(["pushed"])).toBeUndefined();
});

test("what was sent is cut where the host says, or not at all", () => {
  expect(splitSent(Buffer.from("3\nabcdef"))).toEqual({
    told: Buffer.from("abc"),
    archive: Buffer.from("def"),
  });
  for (const cut of ["", "3", "3\nab", "x\nabc"])
    expect(splitSent(Buffer.from(cut))).toBeUndefined();
  expect(pathPayload(["a", "b c"]).toString()).toBe("./a\0./b c\0");
});

test("paths that cannot be read are found in the words of the tools", () => {
  const words = [
    "find: './runs/secret': Permission denied",
    "find: ./busybox/one: Permission denied",
    "tar: ./runs/key: Cannot open: Permission denied",
    "tar: Exiting with failure status due to previous errors",
    "find: './gone': No such file or directory",
  ];
  expect(deniedPaths(words.join("\n"))).toEqual(["runs/secret", "busybox/one", "runs/key"]);
});
