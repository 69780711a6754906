import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Incoming } from "../../src/model/pull.ts";
import { lookHere } from "../../src/project/pull-look.ts";
import { loadBrought, noteBrought } from "../../src/project/pull-notes.ts";
import { place } from "../../src/project/pull-place.ts";
import { asideDirectory, claimStage, leaveStage, makeWay } from "../../src/project/pull-stage.ts";
import type { Stage } from "../../src/project/pull-stage.ts";
import { thingsIn, writeThings } from "../support/tree.ts";
import type { Thing } from "../support/tree.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "igor-pull-"));
  vi.stubEnv("XDG_STATE_HOME", join(root, "state"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

const claimed = (destination = "apollo"): Stage => {
  const stage = claimStage(root, destination, asideDirectory("s"));
  if ("inTheWay" in stage) throw new Error(stage.inTheWay);
  return stage;
};
const incoming = (path: string, more: Partial<Incoming> = {}): Incoming =>
  ({
    kind: "file",
    path,
    size: 3,
    mtime: "1600000000.000000000",
    mode: "640",
    here: "-",
    replaces: "nothing",
    ...more,
  }) as Incoming;

/** Brings `new` to `a/b` where these things are; what there was when it was planned may be another thing. */
function bring(
  there: Readonly<Record<string, Thing>>,
  {
    overwrite = false,
    planned,
    replaces = "nothing",
  }: {
    readonly overwrite?: boolean;
    readonly planned?: string;
    readonly replaces?: Incoming["replaces"];
  } = {},
) {
  writeThings(root, there);
  const stage = claimed();
  writeThings(stage.files, { "a/b": { text: "new", at: 1_600_000_000 } });
  const here = planned ?? lookHere(root, "a/b");
  const placing = { root, stage, overwrite, aside: asideDirectory("s") };
  const outcome = place(incoming("a/b", { here, replaces }), placing);
  leaveStage(stage);
  const { ".igor/pull/.gitignore": ignored, ".igor/pull/stage": _, ...things } = thingsIn(root);
  expect(ignored).toBe("*\n");
  return { outcome, things };
}

const aside = ".igor/pull/conflicts/s";
const old = "f 3 1500000000.000000000";
const ours: Thing = { text: "old", at: 1_500_000_000 };

describe("a path", () => {
  test("comes where nothing is, with its time and mode", () => {
    expect(bring({})).toEqual({ outcome: { kind: "placed" }, things: { "a/b": "new" } });
    const { mode, mtimeMs } = lstatSync(join(root, "a/b"));
    expect([mode & 0o777, mtimeMs]).toEqual([0o640, 1_600_000_000_000]);
  });

  test("takes the place of what igor brought", () => {
    expect(bring({ "a/b": ours }, { replaces: "brought" })).toEqual({
      outcome: { kind: "placed" },
      things: { "a/b": "new" },
    });
  });

  test.each<[string, Record<string, Thing>, string]>([
    ["it was saved since", { "a/b": "saved" }, old],
    ["it was made since", { "a/b": "made" }, "-"],
    ["a directory was made since", { "a/b/c": "made" }, "-"],
    ["a file was made in the place of its directory", { a: "made" }, "-"],
  ])("stays when %s", (_, there, planned) => {
    const before = { ...there };
    const { outcome, things } = bring(there, { planned, replaces: "brought" });
    expect(outcome).toEqual({ kind: "left", because: "changed-here" });
    expect(things).toMatchObject(before);
  });

  test.each<[string, Record<string, Thing>, string, Record<string, string>]>([
    ["a file", { "a/b": "mine" }, "a/b", { [`${aside}/a/b`]: "mine" }],
    ["a link", { "a/b": { link: "x" } }, "a/b", { [`${aside}/a/b`]: "-> x" }],
    ["a directory", { "a/b/c": "mine" }, "a/b", { [`${aside}/a/b/c`]: "mine" }],
    ["what stands for its directory", { a: "mine" }, "a", { [`${aside}/a`]: "mine" }],
  ])("to overwrite moves %s aside", (_, there, kept, moved) => {
    const { outcome, things } = bring(there, { overwrite: true, replaces: "foreign" });
    expect(outcome).toEqual({ kind: "placed", kept });
    expect(things).toEqual({ "a/b": "new", ...moved });
  });

  test("to overwrite moves nothing aside that is the same", () => {
    const { outcome, things } = bring({ "a/b": "new" }, { overwrite: true, replaces: "foreign" });
    expect(outcome).toEqual({ kind: "placed" });
    expect(things).toEqual({ "a/b": "new" });
  });

  test("that another igor has brought meanwhile is there", () => {
    const there = { "a/b": { text: "new", at: 1_600_000_000 } };
    const here = "f 3 1600000000.000000000";
    expect(bring(there, { planned: "-" }).outcome).toEqual({ kind: "placed", here });
    expect(existsSync(join(root, ".igor/pull/stage"))).toBe(true);
    expect(readdirSync(join(root, ".igor/pull/stage"))).toEqual([]);
  });

  test("that another igor has brought on another way is there, and told of as it is", () => {
    const stage = claimed();
    const placing = { root, stage, overwrite: false, aside };
    writeThings(root, { "a/b": { text: "new", at: 1_600_000_000.25 } });
    writeThings(stage.files, { "a/b": "new" });
    execFileSync("touch", ["-d", "@1600000000.250001234", join(stage.files, "a/b")]);
    const here = lookHere(root, "a/b");
    expect(here).not.toBe(lookHere(stage.files, "a/b"));
    const file = incoming("a/b", { mtime: "1600000000.250001234" });
    expect(place(file, placing)).toEqual({ kind: "placed", here });
  });

  test("never comes through a link", () => {
    mkdirSync(join(root, "elsewhere"));
    symlinkSync("elsewhere", join(root, "a"));
    const { outcome } = bring({}, { overwrite: true });
    expect(outcome).toEqual({ kind: "left", because: "link-here" });
    expect(readdirSync(join(root, "elsewhere"))).toEqual([]);
  });

  test("that is a link comes as one, and takes the place of another", () => {
    const stage = claimed();
    const placing = { root, stage, overwrite: false, aside };
    const link = { kind: "link", target: "1" } as const;
    expect(place(incoming("l", link), placing)).toEqual({ kind: "placed" });
    const next = { ...link, target: "2", here: "l 1", replaces: "brought" } as const;
    expect(place(incoming("l", next), placing)).toEqual({ kind: "placed" });
    expect(readlinkSync(join(root, "l"))).toBe("2");
  });
});

describe("a stage", () => {
  const stages = (): readonly string[] => readdirSync(join(root, ".igor/pull/stage")).sort();

  test("of an igor that is gone is gone on with, one that is at work is left alone", () => {
    const stage = claimed();
    writeThings(stage.files, { "a/.b.pt.x1Y2z3": "begun", "a/.igor-part/b.pt": "be", c: "whole" });
    const mine = stages()[0] ?? "";
    // No process has this number.
    const gone = mine.replace(/-\d+-\d+$/, "-4194305-1");
    renameSync(join(root, ".igor/pull/stage", mine), join(root, ".igor/pull/stage", gone));
    const atWork = gone.replace(/-4194305-1$/, `-1-${bornAt(1)}`);
    mkdirSync(join(root, ".igor/pull/stage", atWork));
    expect(claimed()).toEqual(stage);
    expect(stages()).toEqual([atWork, mine].sort());
    expect(readFileSync(join(stage.files, "a/.igor-part/b.pt"), "utf8")).toBe("begun");
    expect(readFileSync(join(stage.files, "c"), "utf8")).toBe("whole");
    expect(claimed("enterprise")).not.toEqual(stage);
  });

  test("is gone when nothing is in it, and after a week", () => {
    const stage = claimed();
    const [mine = ""] = stages();
    const gone = mine.replace(/-\d+-\d+$/, "-4194305-1");
    leaveStage(stage);
    expect(stages()).toEqual([]);
    // Of another host, and of another machine, of which nobody here knows whether it is at work.
    const abandoned = gone.replace(/^\w+\./, "0123456789ab.");
    const elsewhere = "0123456789ab.000000-000000-1-1";
    for (const name of [abandoned, elsewhere]) {
      mkdirSync(join(root, ".igor/pull/stage", name));
      utimesSync(join(root, ".igor/pull/stage", name), 1, 1);
    }
    leaveStage(claimed());
    expect(stages()).toEqual([elsewhere]);
  });

  test("makes way for what has another type now", () => {
    const stage = claimed();
    writeThings(stage.files, { a: "file", "d/e": "file", "f/g": "stays" });
    makeWay(stage, [incoming("a/b"), incoming("d"), incoming("f/g")]);
    expect(thingsIn(stage.files)).toEqual({ f: undefined, "f/g": "stays" });
  });

  test.each([".igor", ".igor/pull", ".igor/pull/stage", aside, ".igor/pull/conflicts"])(
    "is not made while something would go through a link: %s",
    (link) => {
      mkdirSync(join(root, "elsewhere"));
      mkdirSync(dirname(join(root, link)), { recursive: true });
      symlinkSync(join(root, "elsewhere"), join(root, link));
      expect(claimStage(root, "apollo", aside)).toEqual({ inTheWay: link });
      expect(readdirSync(join(root, "elsewhere"))).toEqual([]);
    },
  );
});

function bornAt(pid: number): string {
  const status = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
  return status.slice(status.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

test("what was brought is noted line by line, and what a crash cut short is left out", () => {
  noteBrought(root, [{ path: "a\nb", here: "f 1 2.000000000" }]);
  noteBrought(root, [{ path: "c", here: "l x", there: "f 3 4" }]);
  const [name = ""] = readdirSync(join(root, "state/igor/projects"));
  const file = join(root, "state/igor/projects", name, "pulled");
  writeFileSync(file, `${readFileSync(file, "utf8")}["d","f 1`);
  noteBrought(root, [{ path: "c", here: "l y", before: "l x" }]);
  expect(loadBrought(root)).toEqual(
    new Map([
      ["a\nb", { here: "f 1 2.000000000" }],
      ["c", { here: "l y", before: "l x" }],
    ]),
  );
  const many = Array.from({ length: 3000 }, (_, index) => ({
    path: "c",
    here: `l ${String(index)}`,
  }));
  noteBrought(root, many);
  expect(loadBrought(root).get("c")).toEqual({ here: "l 2999" });
  expect(readFileSync(file, "utf8").split("\n")).toHaveLength(3);
  chmodSync(file, 0o600);
});

test("nothing that is noted is lost while another igor writes the notes anew", async () => {
  const notes = join(root, "notes.cjs");
  const entryPoint = fileURLToPath(new URL("../../src/project/pull-notes.ts", import.meta.url));
  const options = { bundle: true, platform: "node", format: "cjs" } as const;
  await build({ ...options, entryPoints: [entryPoint], outfile: notes });
  const script = `const { noteBrought } = require(${JSON.stringify(notes)});
    for (let index = 0; index < 3000; index += 1)
      noteBrought(${JSON.stringify(root)}, [{ path: String(index), here: "-" }]);`;
  const noting = spawn(process.execPath, ["-e", script], { stdio: "inherit" });
  const ended = new Promise((resolve) => void noting.once("exit", resolve));
  const stale = Array.from({ length: 9000 }, () => ({ path: "stale", here: "-" }));
  while (noting.exitCode === null) {
    noteBrought(root, stale);
    loadBrought(root);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await ended).toBe(0);
  expect(loadBrought(root).size).toBe(3001);
});
