import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Change } from "../../src/model/plan.ts";
import { stateOf } from "../../src/project/walk.ts";
import commitPart from "../../src/remote/programs/commit.sh";
import lockPart from "../../src/remote/programs/lock.sh";
import mainPart from "../../src/remote/programs/push-main.sh";
import releasePart from "../../src/remote/programs/release.sh";
import pushPart from "../../src/remote/programs/push.sh";
import sayPart from "../../src/remote/programs/say.sh";
import targetPart from "../../src/remote/programs/target.sh";
import { packFiles, packPayload } from "../../src/run/pack.ts";
import { localShells, runLocally } from "../support/local-shells.ts";
import type { LocalRun, LocalShell } from "../support/local-shells.ts";
import { thingsIn, writeThings } from "../support/tree.ts";
import type { Thing } from "../support/tree.ts";

const parts = [sayPart, lockPart, targetPart, commitPart, pushPart, releasePart, mainPart];
let place = "";
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "igor-push-"));
  mkdirSync(join(place, "home"));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

const tree = () => join(place, "base/mnist");

/** Runs the program `push` as the host shell would. */
function push(
  shell: LocalShell,
  inputs: Readonly<Record<string, string>>,
  payload?: Buffer,
  env: Readonly<Record<string, string>> = {},
): LocalRun {
  const all = {
    in_base: join(place, "base"),
    in_dir: tree(),
    in_project: "mnist",
    in_source: "bGFwdG9w",
    in_stage: "s1",
    in_generation: "g1",
    in_accept: "-",
    ...inputs,
  };
  return runLocally(shell, {
    parts,
    inputs: all,
    cwd: join(place, "home"),
    env,
    ...(payload && { payload }),
  });
}

/** These files, and what the lists say; that they are put in place, unless something else is given. */
async function payloadOf(
  files: Readonly<Record<string, Thing>>,
  listed?: readonly Change[],
): Promise<Buffer> {
  const root = mkdtempSync(join(place, "local-"));
  writeThings(root, files);
  const source = {
    root,
    stateOf: () => undefined,
    readStateOf: stateOf,
    lookAgain: () => undefined,
  };
  const packed = await packFiles(source, Object.keys(files));
  if (!packed.ok) throw new Error("unreadable");
  const changes = Object.keys(files).map((path): Change => ({
    kind: "replace",
    path,
    expected: [],
  }));
  return packPayload(listed ?? changes, packed.value.bytes);
}

const generation = () =>
  existsSync(join(tree(), ".igor/host/generation")) &&
  readFileSync(join(tree(), ".igor/host/generation"), "utf8").replace(/ .*/, "");
const lockIsFree = () => !existsSync(join(tree(), ".igor/host/lock"));

describe.each(localShells)("push in $name", (shell) => {
  test("brings a first tree in one frame, then says that nothing changed, then that it is another one", async () => {
    const first = push(
      shell,
      { in_changes: "1" },
      await payloadOf({ "a.py": "1", "d/b.py": "2", ".igor/config.json": "{}" }),
    );
    expect(first).toMatchObject({ exitCode: 0, events: ["pushed 3"], stderr: "" });
    expect(thingsIn(tree())).toEqual({ "a.py": "1", "d/b.py": "2", ".igor/config.json": "{}" });
    expect(push(shell, { in_accept: "g1", in_stage: "s2" })).toMatchObject({
      exitCode: 0,
      events: ["unchanged"],
    });
    const other = push(
      shell,
      { in_accept: "g7 g8", in_stage: "s3", in_changes: "1" },
      await payloadOf({ "a.py": "2" }),
    );
    expect(other.events[0]).toMatch(/^reconcile g1 (rsync|none) 0 /);
    expect([thingsIn(tree())["a.py"], generation(), lockIsFree()]).toEqual(["1", "g1\n", true]);
  });

  test("confirms nothing when a part of it cannot be written", async () => {
    push(shell, { in_changes: "1" }, await payloadOf({ "a.py": "1", "data/b": "1" }));
    const data = join(tree(), "data");
    execFileSync("mount", ["-t", "tmpfs", "-o", "ro,size=1m", "igor-data", data]);
    try {
      const failed = push(
        shell,
        { in_accept: "g1", in_generation: "g2", in_changes: "1" },
        await payloadOf({ "a.py": "2", "data/b": "2", "z.py": "2" }),
      );
      expect(failed.exitCode).not.toBe(0);
      expect(failed.events).toEqual([]);
      expect(failed.stderr).toMatch(/Read-only file system/);
      expect([generation(), lockIsFree()]).toEqual(["g1\n", true]);
      expect(readdirSync(join(tree(), ".igor/host/stage"))).toEqual([]);
    } finally {
      execFileSync("umount", [data]);
    }
  });

  test("sets aside what a cut attempt staged for an empty tree, with the half file its rsync holds", async () => {
    push(shell, { in_accept: "" });
    const stage = join(tree(), ".igor/host/stage/s1");
    writeThings(join(stage, "f"), { "a.py": "1", ".model.bin.jStBXw": "half" });
    expect(push(shell, { in_accept: "" }).events[0]).toMatch(/^reconcile - (rsync|none) resumed /);
    expect(thingsIn(stage)).toEqual({ "old/a.py": "1", "old/.model.bin.jStBXw": "half", f: "/" });
    writeThings(join(stage, "f"), { "a.py": "1", "model.bin": "whole" });
    const done = push(
      shell,
      { in_accept: "-", in_changes: "1", in_staged: "fresh" },
      await payloadOf({ ".igor/config.json": "{}" }),
    );
    expect(done).toMatchObject({ exitCode: 0, events: ["pushed"] });
    expect(thingsIn(tree())).toEqual({
      "a.py": "1",
      "model.bin": "whole",
      ".igor/config.json": "{}",
    });
  });

  test("fills an empty tree with what was staged, as a whole", async () => {
    expect(push(shell, { in_accept: "" }).events[0]).toMatch(/^reconcile - (rsync|none) 1 /);
    writeThings(join(tree(), ".igor/host/stage/s1/f"), {
      "a.py": "1",
      "d/e/b.py": "2",
      "-rf": "3",
      ".hidden": "4",
      "..odd": "5",
      link: { link: "d" },
      ".igor/config.json": "{}",
    });
    const done = push(
      shell,
      { in_changes: "1", in_staged: "fresh" },
      await payloadOf({}).then(() =>
        packPayload(
          [{ kind: "replace", path: ".igor/config.json", expected: [] }],
          Buffer.alloc(0),
        ),
      ),
    );
    expect(done).toMatchObject({ exitCode: 0, events: ["pushed"] });
    expect(thingsIn(tree())).toEqual({
      "a.py": "1",
      "d/e/b.py": "2",
      "-rf": "3",
      ".hidden": "4",
      "..odd": "5",
      link: "-> d",
      ".igor/config.json": "{}",
    });
    expect(generation()).toBe("g1\n");
  });

  test("fills an empty tree with what the payload brings, with the modes of its files", async () => {
    const files: Readonly<Record<string, Thing>> = {
      "run.sh": { text: "1", mode: 0o777 },
      "d/e/b.py": "2",
      ".hidden": "4",
    };
    const packed = { in_changes: "1", in_staged: "packed" };
    const { exitCode, events } = push(shell, packed, await payloadOf(files, []));
    expect({ exitCode, events }).toEqual({ exitCode: 0, events: ["pushed"] });
    expect(thingsIn(tree())).toEqual({
      "run.sh": "1",
      "d/e/b.py": "2",
      ".hidden": "4",
    });
    const modeOf = (path: string) => (statSync(join(tree(), path)).mode & 0o7777).toString(8);
    expect(["run.sh", "d", "d/e", ".igor/host"].map(modeOf)).toEqual(["777", "755", "755", "700"]);
    expect(generation()).toBe("g1\n");
  });

  test("asks for another plan when the tree that a payload is to fill holds something", async () => {
    push(shell, { in_accept: "" });
    writeThings(tree(), { "d/mine": "mine" });
    const packed = { in_changes: "1", in_staged: "packed" };
    const done = push(shell, packed, await payloadOf({ "d/b.py": "2" }, []));
    expect(done.events[0]).toMatch(/^reconcile - (rsync|none) 0 /);
    expect([thingsIn(tree()), generation()]).toEqual([{ "d/mine": "mine" }, false]);
  });

  test("leaves out what went away on the laptop after it was staged", async () => {
    push(shell, { in_accept: "" });
    writeThings(join(tree(), ".igor/host/stage/s1/f"), {
      "a.py": "1",
      "d/\n1": "2",
      "d/b.py": "3",
    });
    const gone = await packPayload([], Buffer.alloc(0), ["d/\n1", "never"]);
    expect(push(shell, { in_changes: "1", in_staged: "fresh" }, gone).exitCode).toBe(0);
    expect(thingsIn(tree())).toEqual({ "a.py": "1", "d/b.py": "3" });
  });

  test("puts nothing in place when more was staged than was to come", async () => {
    push(shell, { in_accept: "" });
    const stage = join(tree(), ".igor/host/stage/s1");
    writeThings(join(stage, "f"), { "a\n1.py": "1", link: { link: "d" }, "d/secret": "2" });
    const two = { in_changes: "1", in_staged: "fresh", in_files: "2", in_links: "1" };
    const done = push(shell, two, await payloadOf({}));
    expect(done.events[0]).toMatch(/^reconcile - (rsync|none) resumed /);
    expect([thingsIn(tree()), generation(), lockIsFree()]).toEqual([{}, false, true]);
    writeThings(join(stage, "f"), { "a\n1.py": "1", link: { link: "d" } });
    expect(push(shell, two, await payloadOf({})).events).toEqual(["pushed"]);
    expect(thingsIn(tree())).toEqual({ "a\n1.py": "1", link: "-> d" });
  });

  test("follows no link that is staged in the place of a directory, and puts none in place", async () => {
    push(shell, { in_accept: "" });
    const stage = join(tree(), ".igor/host/stage/s1");
    const elsewhere = join(place, "elsewhere");
    writeThings(elsewhere, { x: "mine" });
    writeThings(join(stage, "f"), { "a.py": "1", d: { link: elsewhere } });
    const three = { in_changes: "1", in_staged: "fresh", in_files: "3", in_links: "0" };
    const gone = await packPayload([], Buffer.alloc(0), ["d/x"]);
    expect(push(shell, three, gone).events[0]).toMatch(/^reconcile - (rsync|none) resumed /);
    expect(thingsIn(elsewhere)).toEqual({ x: "mine" });
    writeThings(join(stage, "f"), { "a.py": "1", d: { link: elsewhere } });
    expect(push(shell, three, await payloadOf({})).events[0]).toMatch(/^reconcile - .* resumed /);
    expect(thingsIn(tree())).toEqual({});
  });

  test("forgets what was gone when that attempt is made anew", async () => {
    push(shell, { in_accept: "" });
    const stage = join(tree(), ".igor/host/stage/s1");
    writeThings(join(stage, "f"), { "a.py": "1", more: "2" });
    const one = { in_changes: "1", in_staged: "fresh", in_files: "1" };
    const gone = await packPayload([], Buffer.alloc(0), ["a.py"]);
    expect(push(shell, one, gone).events[0]).toMatch(/^reconcile /);
    writeThings(join(stage, "f"), { "a.py": "1" });
    expect(push(shell, one, await payloadOf({})).events).toEqual(["pushed"]);
    expect(thingsIn(tree())).toEqual({ "a.py": "1" });
  });

  test("misses no file among those that went away", async () => {
    push(shell, { in_accept: "" });
    const stage = join(tree(), ".igor/host/stage/s1");
    writeThings(join(stage, "f"), { "a.py": "1", "gone.py": "2", secret: "3" });
    const gone = await packPayload([], Buffer.alloc(0), ["gone.py"]);
    const two = { in_changes: "1", in_staged: "fresh", in_files: "2" };
    expect(push(shell, two, gone).events[0]).toMatch(/^reconcile - (rsync|none) resumed /);
  });

  test("takes another look when something came into the empty tree meanwhile", async () => {
    push(shell, { in_accept: "" });
    writeThings(join(tree(), ".igor/host/stage/s1/f"), { "a.py": "1", "d/b.py": "2" });
    writeThings(tree(), { "d/mine": "mine" });
    const done = push(shell, { in_changes: "1", in_staged: "fresh" }, await payloadOf({}));
    expect(done.exitCode).toBe(0);
    expect(done.events[0]).toMatch(/^reconcile - (rsync|none) 0 /);
    expect([thingsIn(tree()), generation(), lockIsFree()]).toEqual([
      { "d/mine": "mine" },
      false,
      true,
    ]);
  });

  test("sweeps what pushes have staged whose host shell is gone, and no other", async () => {
    const gone = spawnSync("true").pid;
    for (const [stage, pid] of Object.entries({ dead: gone, alive: process.pid })) {
      const env = { D: mkdtempSync(join(place, "D-")) };
      writeFileSync(join(env.D, "pid"), `${String(process.pid)}\n`);
      push(shell, { in_accept: "", in_stage: stage }, undefined, env);
      const owner = join(tree(), ".igor/host/stage", stage, "owner");
      const line = readFileSync(owner, "utf8");
      writeFileSync(owner, line.replace(/^\d+/, String(pid)));
    }
    push(shell, { in_accept: "", in_stage: "unknown" });
    push(shell, { in_changes: "1" }, await payloadOf({ "a.py": "1" }));
    expect(readdirSync(join(tree(), ".igor/host/stage")).sort()).toEqual(["alive", "unknown"]);
  });

  test("leaves a copy of the tree by hard links as it was, with its generation", async () => {
    push(shell, { in_changes: "1" }, await payloadOf({ "a.py": "old" }));
    execFileSync("cp", ["-al", tree(), `${tree()}.copy`]);
    push(
      shell,
      { in_accept: "g1", in_generation: "g2", in_changes: "1", in_stage: "s2" },
      await payloadOf({ "a.py": "new" }),
    );
    expect(generation()).toBe("g2\n");
    rmSync(tree(), { recursive: true });
    renameSync(`${tree()}.copy`, tree());
    expect([thingsIn(tree())["a.py"], generation()]).toEqual(["old", "g1\n"]);
  });

  test("does nothing with half a payload", async () => {
    push(shell, { in_changes: "1" }, await payloadOf({ "a.py": "1" }));
    const payload = await payloadOf({ "a.py": "2", "b.py": "x".repeat(10_000) });
    const failed = push(
      shell,
      { in_accept: "g1", in_generation: "g2", in_changes: "1" },
      payload.subarray(0, payload.length - 20),
    );
    expect(failed.exitCode).not.toBe(0);
    expect([thingsIn(tree()), generation(), lockIsFree()]).toEqual([{ "a.py": "1" }, "g1\n", true]);
  });
});

test("a save starts as many processes as it must: each costs a millisecond or two", async () => {
  const [shell] = localShells;
  if (shell === undefined) throw new Error("no shell");
  push(shell, { in_changes: "1" }, await payloadOf({ "d/a.py": "1" }));
  const { mtimeNs } = statSync(join(tree(), "d/a.py"), { bigint: true });
  const log = join(place, "started");
  const tools = join(place, "tools");
  mkdirSync(tools);
  for (const directory of ["/bin", "/usr/bin"])
    for (const name of readdirSync(directory)) {
      if (/^(sh|dash)$/.test(name) || existsSync(join(tools, name))) continue;
      const text = `#!/bin/sh\necho ${name} >>${log}\nexec ${directory}/${name} "$@"\n`;
      writeFileSync(join(tools, name), text, { mode: 0o755 });
    }
  const mtime = `${String(mtimeNs / 1_000_000_000n)}.${String(mtimeNs).slice(-9)}`;
  const change: Change = {
    kind: "replace",
    path: "d/a.py",
    expected: [{ kind: "file", size: "1", mtime }],
  };
  const saved = push(
    shell,
    { in_accept: "g1", in_generation: "g2", in_changes: "1" },
    await payloadOf({ "d/a.py": "2" }, [change]),
    { PATH: tools },
  );
  expect(saved).toMatchObject({ exitCode: 0, events: ["pushed 1"], stdout: "", stderr: "" });
  expect(readFileSync(log, "utf8").trim().split("\n").sort().join(" ")).toBe(
    "gzip ln mkdir mv mv rm stat tar",
  );
});
