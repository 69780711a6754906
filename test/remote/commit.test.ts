import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Change, Expected } from "../../src/model/plan.ts";
import { changeLists } from "../../src/remote/changes.ts";
import { decodeWord, unescapePath } from "../../src/remote/frame.ts";
import commitPart from "../../src/remote/programs/commit.sh";
import sayPart from "../../src/remote/programs/say.sh";
import { localShells, runLocally } from "../support/local-shells.ts";
import type { LocalRun, LocalShell } from "../support/local-shells.ts";
import { thingsIn, writeThings } from "../support/tree.ts";
import type { Thing } from "../support/tree.ts";

const oldTime = 1_600_000_000;
const newTime = 1_700_000_000;
let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "igor-commit-"));
  mkdirSync(join(root, ".igor/host/stage/s/l"), { recursive: true });
  mkdirSync(join(root, ".igor/host/stage/s/f"), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** What igor left there: this text, at the old time. */
const file = (text: string): Expected => ({
  kind: "file",
  size: String(Buffer.byteLength(text)),
  mtime: `${String(oldTime)}.000000000`,
});
const link = (target: string): Expected => ({ kind: "symlink", target });
const replace = (path: string, ...expected: Expected[]): Change => ({
  kind: "replace",
  path,
  expected,
});
const remove = (path: string, ...expected: Expected[]): Change => ({
  kind: "delete",
  path,
  expected,
});
const unblock = (path: string, ...expected: Expected[]): Change => ({
  kind: "unblock",
  path,
  expected,
});
/** As igor left it: with the old time. */
const ours = (text: string): Thing => ({ text, at: oldTime });

interface Situation {
  readonly there?: Readonly<Record<string, Thing>>;
  readonly staged?: Readonly<Record<string, Thing>>;
  readonly changes: readonly Change[];
}

interface Committed {
  readonly run: LocalRun;
  readonly tree: Record<string, string>;
  readonly kept: readonly string[];
  readonly aside: Record<string, string>;
  readonly generation: string | undefined;
}

function commit(shell: LocalShell, { there = {}, staged = {}, changes }: Situation): Committed {
  writeThings(root, there);
  writeThings(join(root, ".igor/host/stage/s/f"), staged);
  const lists = changeLists(changes);
  writeThings(join(root, ".igor/host/stage/s/l"), { first: lists.first, then: lists.then });
  const stage = "$PWD/.igor/host/stage/s";
  const parts = [sayPart, commitPart, `commit_tree "${stage}"; rm -rf "${stage}"`];
  const run = runLocally(shell, { parts, cwd: root, inputs: { in_generation: "g2" } });
  const asideDirectory = join(root, ".igor/host/conflicts/g2");
  const generation = join(root, ".igor/host/generation");
  return {
    run,
    tree: thingsIn(root),
    kept: run.stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => unescapePath(line.replace(/^kept /, ""))),
    aside: existsSync(asideDirectory) ? thingsIn(asideDirectory) : {},
    generation: existsSync(generation) ? readFileSync(generation, "utf8").trim() : undefined,
  };
}

/** Name, what is there, what comes, what the tree is afterwards, and what is kept aside. */
const situations: readonly (readonly [
  string,
  Situation,
  Record<string, string>,
  Record<string, string>,
])[] = [
  [
    "a new file in a new directory",
    { staged: { "a/b/c": "new" }, changes: [replace("a/b/c")] },
    { "a/b/c": "new" },
    {},
  ],
  [
    "a file that igor left is replaced",
    { there: { a: ours("old") }, staged: { a: "new" }, changes: [replace("a", file("old"))] },
    { a: "new" },
    {},
  ],
  [
    "one of several states that igor may have left",
    {
      there: { a: ours("older") },
      staged: { a: "new" },
      changes: [replace("a", file("old"), file("older"))],
    },
    { a: "new" },
    {},
  ],
  [
    "a file that was changed on the host",
    { there: { a: "mine" }, staged: { a: "new" }, changes: [replace("a", file("old"))] },
    { a: "new" },
    { a: "mine" },
  ],
  [
    "a file with the right size and another time",
    {
      there: { a: { text: "min", at: oldTime + 1 } },
      staged: { a: "new" },
      changes: [replace("a", file("old"))],
    },
    { a: "new" },
    { a: "min" },
  ],
  [
    "a file with the right time and another size",
    { there: { a: ours("mine") }, staged: { a: "new" }, changes: [replace("a", file("old"))] },
    { a: "new" },
    { a: "mine" },
  ],
  [
    "a file that is the new one already",
    { there: { a: "new" }, staged: { a: "new" }, changes: [replace("a", file("old"))] },
    { a: "new" },
    {},
  ],
  [
    "a file where nothing was expected",
    { there: { a: "mine" }, staged: { a: "new" }, changes: [replace("a")] },
    { a: "new" },
    { a: "mine" },
  ],
  [
    "a file that is not staged is there already",
    { there: { a: "mine" }, changes: [replace("a", file("old"))] },
    { a: "mine" },
    {},
  ],
  [
    "a link that igor left is replaced",
    {
      there: { a: { link: "x\ny\\" } },
      staged: { a: { link: "z" } },
      changes: [replace("a", link("x\ny\\"))],
    },
    { a: "-> z" },
    {},
  ],
  [
    "a link to another place is kept",
    { there: { a: { link: "mine" } }, staged: { a: "new" }, changes: [replace("a", link("x"))] },
    { a: "new" },
    { a: "-> mine" },
  ],
  [
    "a link becomes a file, and what it points at stays",
    {
      there: { a: { link: "b" }, b: "target" },
      staged: { a: "new" },
      changes: [replace("a", link("b"))],
    },
    { a: "new", b: "target" },
    {},
  ],
  [
    "a link to a directory becomes a file",
    {
      there: { a: { link: "d" }, "d/x": "1" },
      staged: { a: "new" },
      changes: [replace("a", link("d"))],
    },
    { a: "new", "d/x": "1" },
    {},
  ],
  [
    "a file becomes a link",
    {
      there: { a: ours("old") },
      staged: { a: { link: "b" } },
      changes: [replace("a", file("old"))],
    },
    { a: "-> b" },
    {},
  ],
  [
    "a file of the host that has the text of the link's target",
    { there: { a: "b" }, staged: { a: { link: "b" } }, changes: [replace("a")] },
    { a: "-> b" },
    { a: "b" },
  ],
  [
    "a file is deleted",
    { there: { a: ours("old"), b: "mine" }, changes: [remove("a", file("old"))] },
    { b: "mine" },
    {},
  ],
  [
    "a changed file is deleted here: it is kept",
    { there: { a: "mine" }, changes: [remove("a", file("old"))] },
    {},
    { a: "mine" },
  ],
  [
    "a deleted file is gone already",
    { there: { b: "mine" }, changes: [remove("a", file("old"))] },
    { b: "mine" },
    {},
  ],
  [
    "a deleted path is a directory of the host now",
    { there: { "a/x": "mine" }, changes: [remove("a", file("old"))] },
    { "a/x": "mine" },
    {},
  ],
  [
    "directories go with their last file, but not one that holds anything",
    {
      there: { "a/b/c": ours("old"), "d/e": ours("old"), "d/log": "mine" },
      changes: [remove("a/b/c", file("old")), remove("d/e", file("old"))],
    },
    { "d/log": "mine" },
    {},
  ],
  [
    "a directory that an attempt which was cut left empty",
    { there: { "a/b": { directory: true }, c: "mine" }, changes: [remove("a/b/c", file("old"))] },
    { c: "mine" },
    {},
  ],
  [
    "a file becomes a directory",
    {
      there: { a: ours("old") },
      staged: { "a/b": "new" },
      changes: [unblock("a", file("old")), replace("a/b")],
    },
    { "a/b": "new" },
    {},
  ],
  [
    "a changed file is in the way of a directory",
    { there: { a: "mine" }, staged: { "a/b": "new" }, changes: [replace("a/b")] },
    { "a/b": "new" },
    { a: "mine" },
  ],
  [
    "a directory becomes a file",
    {
      there: { "a/b": ours("old") },
      staged: { a: "new" },
      changes: [unblock("a/b", file("old")), replace("a")],
    },
    { a: "new" },
    {},
  ],
  [
    "a directory with something of the host becomes a file",
    {
      there: { "a/b": ours("old"), "a/log": "mine" },
      staged: { a: "new" },
      changes: [unblock("a/b", file("old")), replace("a")],
    },
    { a: "new" },
    { "a/log": "mine" },
  ],
  [
    "empty directories are in the way of a file",
    {
      there: { "a/b/c": { directory: true }, "a/d": { directory: true } },
      staged: { a: "new" },
      changes: [replace("a")],
    },
    { a: "new" },
    {},
  ],
  [
    "a changed file below a directory that becomes a file",
    {
      there: { "a/b": "mine" },
      staged: { a: "new" },
      changes: [unblock("a/b", file("old")), replace("a")],
    },
    { a: "new" },
    { "a/b": "mine" },
  ],
  [
    "a link that igor left becomes a directory",
    {
      there: { a: { link: "/etc" } },
      staged: { "a/hosts": "new" },
      changes: [unblock("a", link("/etc")), replace("a/hosts")],
    },
    { "a/hosts": "new" },
    {},
  ],
  [
    "a rename of the case alone",
    {
      there: { Readme: ours("old") },
      staged: { README: "old" },
      changes: [unblock("Readme", file("old")), replace("README")],
    },
    { README: "old" },
    {},
  ],
];

describe.each(localShells)("commit in $name:", (shell) => {
  test.each(situations)("%s", (_, situation, tree, aside) => {
    const done = commit(shell, situation);
    expect(done).toMatchObject({ tree, aside, generation: "g2", run: { exitCode: 0, stderr: "" } });
    expect(existsSync(join(root, ".igor/host/stage/s"))).toBe(false);
    // What is kept is also told: the path itself, or the one that was moved with everything below it.
    for (const path of Object.keys(aside))
      expect(done.kept.some((kept) => path === kept || path.startsWith(`${kept}/`))).toBe(true);
    expect(done.kept.length > 0).toBe(Object.keys(aside).length > 0);
  });

  test("every name there can be", () => {
    const names = [
      "with space",
      "new\nline",
      "trailing\n",
      "line\n1",
      "back\\1",
      "quo'te",
      'dou"ble',
      "$(touch x)",
      "`id`",
      "-rf",
      "--",
      "back\\slash",
      "back\\\\012",
      "tab\there",
      "ünïcode",
      "*",
      "?",
      "[a]",
      "~",
      "#hash",
      " lead",
      "trail ",
      "!bang",
      "%s%n",
      "\\c",
      "e 1 2",
      "x".repeat(255),
    ];
    const all = (text: string) =>
      Object.fromEntries(
        names.flatMap((name) => [
          [name, text],
          [`d ${name.slice(0, 200)}/${name}`, text],
        ]),
      );
    const paths = Object.keys(all(""));
    const first = commit(shell, {
      staged: all("new"),
      changes: paths.map((path) => replace(path)),
    });
    expect(first).toMatchObject({ tree: all("new"), kept: [], run: { exitCode: 0 } });
    mkdirSync(join(root, ".igor/host/stage/s/l"), { recursive: true });
    const changed = Object.fromEntries(paths.map((path) => [path, "mine"]));
    for (const path of paths) rmSync(join(root, path));
    const second = commit(shell, {
      there: changed,
      staged: all("newer"),
      changes: paths.map((path) => replace(path, file("new"))),
    });
    expect(second).toMatchObject({ tree: all("newer"), aside: changed, run: { exitCode: 0 } });
    expect([...second.kept].sort()).toEqual([...paths].sort());
    mkdirSync(join(root, ".igor/host/stage/s/l"), { recursive: true });
    const at = `${String(newTime)}.000000000`;
    const third = commit(shell, {
      changes: paths.map((path) => remove(path, { kind: "file", size: "5", mtime: at })),
    });
    expect(third).toMatchObject({ tree: {}, kept: [], run: { exitCode: 0 } });
  });

  test("modes and times arrive as they are staged", () => {
    commit(shell, {
      there: { a: ours("old") },
      staged: { a: { text: "new", mode: 0o755, at: 1_234_567_890 } },
      changes: [replace("a", file("old"))],
    });
    const found = statSync(join(root, "a"));
    expect([found.mode & 0o777, found.mtimeMs]).toEqual([0o755, 1_234_567_890_000]);
  });

  test("a piece of hundreds of files in many directories is looked at and moved in order", () => {
    const paths = Array.from(
      { length: 350 },
      (_, index) => `d${String(index % 7)}/f${String(index)}`,
    ).sort();
    const there = Object.fromEntries(
      paths.map((path, index) => [path, index % 10 === 3 ? "mine" : ours("old")]),
    );
    const done = commit(shell, {
      there,
      staged: Object.fromEntries(paths.map((path) => [path, "new"])),
      changes: paths.map((path) => replace(path, file("old"))),
    });
    expect(done.tree).toEqual(Object.fromEntries(paths.map((path) => [path, "new"])));
    expect(done.kept).toEqual(paths.filter((_, index) => index % 10 === 3));
  });
});

describe.each(localShells)("a link on the way, in $name,", (shell) => {
  const elsewhere = () => `${root}-elsewhere`;
  afterEach(() => rmSync(elsewhere(), { recursive: true, force: true }));

  test.each([
    ["a new file below it", [replace("ok"), replace("data/a")]],
    ["a deletion below it", [replace("ok"), remove("data/a", file("old"))]],
    [
      "a deletion below it that must come first",
      [unblock("data/b/a", file("old")), replace("data/b"), replace("ok")],
    ],
  ])("stops the commit before anything is changed: %s", (_, changes) => {
    writeThings(elsewhere(), { a: ours("old"), "b/a": ours("old") });
    const done = commit(shell, {
      there: { data: { link: elsewhere() } },
      staged: { ok: "new", "data/a": "new" },
      changes,
    });
    expect(done.run.exitCode).toBe(1);
    const [reason, word] = done.run.events[0]?.replace("failed ", "").split(" ") ?? [];
    expect([reason, decodeWord(word)]).toEqual(["symlink-in-the-way", "data"]);
    expect(done).toMatchObject({ tree: { data: `-> ${elsewhere()}` }, generation: undefined });
    expect(thingsIn(elsewhere())).toEqual({ a: "old", "b/a": "old" });
  });

  test("is found before a file makes way for a directory", () => {
    const done = commit(shell, {
      there: { a: ours("old"), data: { link: elsewhere() } },
      staged: { "a/b": "new", "data/a": "new" },
      changes: [unblock("a", file("old")), replace("a/b"), replace("data/a")],
    });
    expect(done.run.events[0]).toMatch(/^failed symlink-in-the-way/);
    expect(done.tree).toEqual({ a: "old", data: `-> ${elsewhere()}` });
  });

  test("that igor left, whatever its name, makes way for a directory", () => {
    const done = commit(shell, {
      there: { "l\n1\\": { link: "/etc" } },
      staged: { "l\n1\\/hosts": "new" },
      changes: [unblock("l\n1\\", link("/etc")), replace("l\n1\\/hosts")],
    });
    expect(done).toMatchObject({ tree: { "l\n1\\/hosts": "new" }, run: { exitCode: 0 } });
  });

  test("that comes with the same push is not followed either", () => {
    writeThings(elsewhere(), { keep: "mine" });
    const done = commit(shell, {
      staged: { a: { link: elsewhere() } },
      changes: [replace("a"), replace("a/x")],
    });
    expect(thingsIn(elsewhere())).toEqual({ keep: "mine" });
    expect(
      done.run.exitCode === 0 || done.run.events[0]?.startsWith("failed symlink-in-the-way"),
    ).toBe(true);
  });

  test.each(["../x", "a/../../x"])("and so does a path that leads out: %s", (path) => {
    const done = commit(shell, { there: { "a/b": "mine" }, changes: [remove(path, file("old"))] });
    expect(done.run.exitCode).toBe(1);
    expect(done.run.events[0]).toMatch(/^failed symlink-in-the-way/);
  });
});

test("what was kept is not overwritten by what is kept later", () => {
  const shell = localShells[0]!;
  commit(shell, { there: { a: "one" }, changes: [remove("a", file("old"))] });
  mkdirSync(join(root, ".igor/host/stage/s/l"), { recursive: true });
  const again = commit(shell, { there: { a: "two" }, changes: [remove("a", file("old"))] });
  expect(again.aside).toEqual({ a: "one", "a.1": "two" });
});

test("a file of the host stays in its place until the new one takes it in one step", () => {
  // A stand-in for mv that looks whether the old file is still there when the new one comes.
  const shell = localShells[0]!;
  writeThings(root, {
    "bin/mv": {
      text: `#!/bin/sh\n[ -e a ] || echo "a is missing" >&2\nexec /bin/mv "$@"\n`,
      mode: 0o755,
    },
  });
  const done = commit(
    { ...shell, path: `${join(root, "bin")}:${shell.path}` },
    { there: { a: "mine" }, staged: { a: "new" }, changes: [replace("a", file("old"))] },
  );
  expect(done).toMatchObject({ run: { stderr: "" }, aside: { a: "mine" } });
});

test("whole seconds of a host are compared as whole seconds", () => {
  const shell = localShells[0]!;
  const expected: Expected = { kind: "file", size: "3", mtime: `${String(oldTime)}.123456789` };
  expect(
    commit(shell, {
      there: { a: ours("old") },
      staged: { a: "new" },
      changes: [replace("a", expected)],
    }).kept,
  ).toEqual([]);
});

test.each(localShells)("a mount point in the project is crossed, in $name", (shell) => {
  mkdirSync(join(root, "data"));
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "igor-data", join(root, "data")]);
  try {
    const done = commit(shell, {
      there: { "data/a": "mine" },
      staged: { "data/a": "new", "data/b c": { link: "x" } },
      changes: [replace("data/a", file("old")), replace("data/b c")],
    });
    expect(done).toMatchObject({
      tree: { "data/a": "new", "data/b c": "-> x" },
      aside: { "data/a": "mine" },
      run: { exitCode: 0 },
    });
  } finally {
    execFileSync("umount", [join(root, "data")]);
  }
});

test.each(localShells)(
  "a full disk that is mounted there leaves the old file, in $name",
  (shell) => {
    mkdirSync(join(root, "data"));
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "igor-data", join(root, "data")]);
    try {
      const done = commit(shell, {
        there: { "data/a": ours("old") },
        staged: { "data/a": "x".repeat(300_000) },
        changes: [replace("data/a", file("old"))],
      });
      expect(done).toMatchObject({ tree: { "data/a": "old" }, aside: {}, generation: undefined });
      expect(done.run.exitCode).not.toBe(0);
    } finally {
      execFileSync("umount", [join(root, "data")]);
    }
  },
);
