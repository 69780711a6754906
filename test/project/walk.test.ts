import { execFileSync, spawnSync } from "node:child_process";
import { lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isRacy, isThere, lookAt, readTree, walk } from "../../src/project/walk.ts";
import { writeThings } from "../support/tree.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "igor-walk-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const pathsOf = (paths: readonly string[]) => {
  const found = readTree(root, paths);
  return found.ok ? Object.fromEntries(found.value.tree) : found.failure;
};

describe("a walk", () => {
  test("lists files and links, and neither follows links nor lists what is special", () => {
    writeThings(root, {
      a: "1",
      "d/b": "2",
      "d/e": { directory: true },
      link: { link: "d" },
      dangling: { link: "nowhere" },
    });
    execFileSync("mkfifo", [join(root, "pipe")]);
    const found = walk(root, (path) => path === "skipped/");
    expect(found.ok && [...found.value].sort()).toEqual(["a", "d/b", "dangling", "link"]);
  });

  test("does not look into a directory that is skipped", () => {
    writeThings(root, { "no/a": "1", yes: "2" });
    expect(walk(root, (path) => path === "no/")).toEqual({ ok: true, value: ["yes"] });
  });
});

describe("the state of paths", () => {
  test("is size, time and mode of a file, and the target of a link", () => {
    writeThings(root, {
      "run.sh": { text: "hello", at: 1_700_000_000.25, mode: 0o755 },
      link: { link: "run.sh" },
      "d/x": "1",
    });
    expect(pathsOf(["run.sh", "link", "d", "gone", "d/x/below"])).toEqual({
      "run.sh": expect.stringMatching(/^f 5 1700000000\.250000000 755 \d+\.\d{9}$/),
      link: "l run.sh",
    });
    expect(readTree(root, ["d"])).toMatchObject({ value: { directories: ["d"] } });
  });

  test("tells two files of one size apart that have the time of an archive", () => {
    const file = join(root, "package.json");
    const save = (text: string): string => {
      writeThings(root, { "package.json": { text, at: 499_162_500 } });
      return String(Object.values(pathsOf(["package.json"]))[0]);
    };
    const [before, ctime] = [save("1.2.3"), lstatSync(file).ctimeMs];
    while (Date.now() <= ctime + 20);
    expect(before).toMatch(/^f 5 499162500\.000000000 644 \d+\.\d{9}$/);
    expect(save("1.2.4")).not.toBe(before);
  });

  test("writes a time before 1970 as stat does", () => {
    writeThings(root, { old: "1" });
    utimesSync(join(root, "old"), new Date(-1500), new Date(-1500));
    const [, , mtime = ""] = String(Object.values(pathsOf(["old"]))[0]).split(" ");
    expect(mtime).toMatch(/^-/);
    expect(mtime).toBe(
      execFileSync("stat", ["-c", "%.9Y", join(root, "old")], { encoding: "utf8" }).trim(),
    );
  });

  test("refuses a link that leads where no text leads", () => {
    symlinkSync(Buffer.from("caf\xe9", "latin1"), join(root, "link"));
    expect(pathsOf(["link"])).toEqual({
      reason: "unreadable-file",
      path: "link",
      cause: "target-not-utf8",
    });
  });

  test("leaves out what is only reached through a link: git lists the files of a directory that became one", () => {
    writeThings(root, {
      "real/a": "1",
      "real/sub/b": "2",
      data: { link: "real" },
      "d/deep": { link: "../real" },
    });
    expect(Object.keys(pathsOf(["data", "data/a", "data/sub/b", "d/deep/a", "real/a"]))).toEqual([
      "data",
      "real/a",
    ]);
  });

  test.each(["../outside", "a/../../outside", "/etc/hosts"])(
    "leaves out what is outside: %s",
    (path) => {
      mkdirSync(join(root, "project/a"), { recursive: true });
      writeThings(root, { outside: "1" });
      const found = readTree(join(root, "project"), [path]);
      expect(found.ok && found.value.tree.size).toBe(0);
    },
  );

  test("refuses a name that is not UTF-8", () => {
    expect(pathsOf(["caf\uFFFD"])).toEqual({
      reason: "unreadable-file",
      path: "caf\uFFFD",
      cause: "not-utf8",
    });
  });
});

test("what cannot be looked at is a failure, and never counts as deleted", () => {
  // As a user for whom rights hold, which root is not.
  const entry = fileURLToPath(new URL("../../src/project/walk.ts", import.meta.url));
  const module = join(root, "walk.mjs");
  buildSync({
    entryPoints: [entry],
    outfile: module,
    bundle: true,
    platform: "node",
    format: "esm",
  });
  writeThings(root, { "project/locked/a": "1" });
  execFileSync("chmod", ["-R", "a+rX", root]);
  execFileSync("chmod", ["700", join(root, "project/locked")]);
  const script = `
    const { walk, readTree, isThere } = await import(process.argv[1]);
    const root = process.argv[2];
    console.log(JSON.stringify([walk(root, () => false), readTree(root, ["locked/a"]), isThere(root + "/locked/a"), isThere(root + "/gone")]));`;
  const { stdout } = spawnSync(
    process.execPath,
    ["--input-type=module", "-e", script, module, join(root, "project")],
    { uid: 65534, gid: 65534, encoding: "utf8", cwd: "/" },
  );
  const failure = (path: string) => ({
    ok: false,
    failure: { reason: "unreadable-file", path, cause: "no-permission" },
  });
  expect(JSON.parse(stdout)).toEqual([failure("locked"), failure("locked/a"), true, false]);
});

test("a path is still there as a file or a link, not as a directory", () => {
  writeThings(root, { a: "1", d: { directory: true }, link: { link: "nowhere" } });
  expect(["a", "d", "link", "gone", "a/below"].map((path) => isThere(join(root, path)))).toEqual([
    true,
    false,
    true,
    false,
    false,
  ]);
});

test("one more look tells a file, a link, and everything else", () => {
  writeThings(root, { a: "12", d: { directory: true }, link: { link: "a" } });
  expect(lookAt(join(root, "a"))).toMatchObject({ size: 2n });
  expect(lookAt(join(root, "link"))).toEqual({ link: "a" });
  expect([lookAt(join(root, "d")), lookAt(join(root, "gone"))]).toEqual([undefined, undefined]);
});

test.each([
  ["a save in this moment", 1_000_000_000n, 1000, true],
  ["a save some time ago", 1_000_000_001n, 1021, false],
  ["on a file system of whole seconds, a save in the last two", 1_000_000_000n, 2900, true],
  ["a time in the future", 5_000_000_001n, 1000, true],
])("%s is racy: %s", (_, ctimeNs, nowMs, racy) => expect(isRacy({ ctimeNs }, nowMs)).toBe(racy));
