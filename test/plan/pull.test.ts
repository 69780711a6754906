import { describe, expect, test } from "vitest";
import type { Host } from "../../src/model/project.ts";
import type { ThereEntry } from "../../src/model/pull.ts";
import { planPull, sumKey, sumsWanted } from "../../src/plan/pull.ts";
import type { HostListing, PullFacts } from "../../src/plan/pull.ts";
import { wantedOf } from "../../src/plan/pull-wanted.ts";
import type { Wanted } from "../../src/plan/pull-wanted.ts";

const hostNamed = (host: string): Host => ({
  host,
  dir: "/srv",
  tag: undefined,
  user: undefined,
  port: undefined,
  ip: undefined,
});
const wanted = (...words: string[]): readonly Wanted[] =>
  words.map((word) => {
    const understood = wantedOf(word, { root: "/p", directory: "" });
    if (understood === undefined) throw new Error(word);
    return understood;
  });
const file = (path: string, size = 10, mtime = "5.000000001"): ThereEntry => ({
  kind: "file",
  path,
  size,
  mtime,
  mode: "644",
});
const link = (path: string, target: string): ThereEntry => ({ kind: "link", path, target });
const listing = (entries: readonly ThereEntry[], host = "apollo"): HostListing => ({
  host: hostNamed(host),
  tree: { root: "/data/p", rsync: "rsync" },
  entries,
  unreadable: [],
});
const facts = (more: Partial<PullFacts>): PullFacts => ({
  title: "pull p",
  wanted: wanted("runs"),
  overwrite: false,
  listings: [],
  here: new Map(),
  brought: new Map(),
  laptopRsync: "rsync",
  sums: new Map(),
  ...more,
});

/** What is done with each path, a line a host. */
const shown = (more: Partial<PullFacts>): readonly string[] =>
  planPull(facts(more)).lanes.map(({ files, left, same }) =>
    [
      ...files.map(({ path, replaces }) => `${path} replaces ${replaces}`),
      ...(same === 0 ? [] : [`${String(same)} is here`]),
      ...left.map(({ path, because }) => `${path} left: ${because}`),
    ].join(", "),
  );

describe("of one host", () => {
  const listings = [listing([file("runs/a")])];
  const at = (here: string, more: Partial<PullFacts> = {}) =>
    shown({ listings, here: new Map([["runs/a", here]]), ...more });

  test("what is not here is brought", () => {
    expect(at("-")).toEqual(["runs/a replaces nothing"]);
  });

  test.each(["f 10 5.000000001", "f 10 5.000000900", "f 10 5.000000000"])(
    "what is here with that size and time is left alone: %s",
    (here) => expect(at(here)).toEqual(["1 is here"]),
  );

  test("what igor brought is replaced, and what is not as it brought it stays", () => {
    const brought = new Map([["runs/a", { here: "f 9 4.000000000" }]]);
    expect(at("f 9 4.000000000", { brought })).toEqual(["runs/a replaces brought"]);
    expect(at("f 9 4.500000000", { brought })).toEqual(["runs/a left: changed-here"]);
    expect(at("f 9 4.000000000")).toEqual(["runs/a left: changed-here"]);
    expect(at("f 9 4.000000000", { overwrite: true })).toEqual(["runs/a replaces foreign"]);
    expect(at("d")).toEqual(["runs/a left: changed-here"]);
  });

  test("what igor had brought and was about to replace is still its own", () => {
    const brought = new Map([["runs/a", { here: "f 11 6.000000000", before: "f 9 4.000000000" }]]);
    expect(at("f 9 4.000000000", { brought })).toEqual(["runs/a replaces brought"]);
    expect(at("f 11 6.000000000", { brought })).toEqual(["runs/a replaces brought"]);
    expect(at("f 9 4.500000000", { brought })).toEqual(["runs/a left: changed-here"]);
  });

  test("nothing comes through a link that is here, even when told to overwrite", () => {
    expect(at("x l runs", { overwrite: true })).toEqual(["runs/a left: link-here"]);
    expect(at("x f runs")).toEqual(["runs/a left: changed-here"]);
    expect(at("x f runs", { overwrite: true })).toEqual(["runs/a replaces foreign"]);
  });

  test("a file of the same size and another time is compared by content", () => {
    const here = new Map([["runs/a", "f 10 9.000000000"]]);
    const asked = sumsWanted(facts({ listings, here }));
    expect(asked).toEqual([
      { host: "apollo", path: "runs/a" },
      { host: "", path: "runs/a" },
    ]);
    const sums = (mine: string) =>
      new Map([
        [sumKey("apollo", "runs/a"), "s1"],
        [sumKey("", "runs/a"), mine],
      ]);
    expect(shown({ listings, here, sums: sums("s1") })).toEqual(["1 is here"]);
    const [lane] = planPull(facts({ listings, here, sums: sums("s1") })).lanes;
    expect(lane?.known).toEqual([
      { path: "runs/a", here: "f 10 9.000000000", there: "f 10 5.000000001" },
    ]);
    // What was found to be the same once is not compared again.
    const brought = new Map((lane?.known ?? []).map(({ path, ...each }) => [path, each]));
    expect(sumsWanted(facts({ listings, here, brought }))).toEqual([]);
    expect(shown({ listings, here, brought })).toEqual(["1 is here"]);
    expect(shown({ listings, here, sums: sums("s2") })).toEqual(["runs/a left: changed-here"]);
    expect(sumsWanted(facts({ listings, here: new Map([["runs/a", "f 11 9.0"]]) }))).toEqual([]);
  });
});

test.each([
  ["../x", "name"],
  ["runs/../../x", "name"],
  ["runs//x", "name"],
  ["runs/./x", "name"],
  ["runs/caf\uFFFD", "name"],
])("the name %j of a host is refused", (path, because) => {
  expect(shown({ wanted: wanted("."), listings: [listing([file(path)])] })).toEqual([
    `${path} left: ${because}`,
  ]);
});

test("what is not asked for, git's and igor's own never come", () => {
  const entries = ["src/a", ".git/config", "runs/.git/hooks/x", ".igor/config.json", ".IGOR/x"];
  const listings = [listing(entries.map((path) => file(path)))];
  expect(shown({ listings })).toEqual([""]);
  expect(shown({ listings, wanted: wanted(".") })).toEqual(["src/a replaces nothing"]);
});

test.each([
  ["runs/latest", "1", true],
  ["runs/a/b", "../../data/x", true],
  ["runs/a", "..", true],
  ["runs/a", "../..", false],
  ["runs/a", "../../p/x", false],
  ["runs/a", "/etc/passwd", false],
  ["runs/a", "b/../../../x", false],
  ["runs/a", "b/../c", false],
  ["runs/a", "../.git/config", false],
  ["runs/a", "../.igor/config.json", false],
])("the link %s -> %s comes: %s", (path, target, comes) => {
  expect(shown({ listings: [listing([link(path, target)])] })).toEqual([
    comes ? `${path} replaces nothing` : `${path} left: link-leaves`,
  ]);
});

test("a pipe and a link on the way are told", () => {
  const entries: ThereEntry[] = [{ kind: "special", path: "runs/pipe" }, link("data", "/big")];
  expect(shown({ listings: [listing(entries)], wanted: wanted("runs", "data/x") })).toEqual([
    "data left: link-there, runs/pipe left: special",
  ]);
});

describe("of two hosts", () => {
  test("a file that both have comes from the first, one that differs from none", () => {
    const listings = [
      listing([file("runs/same"), file("runs/log"), file("runs/a")]),
      listing([file("runs/same"), file("runs/log", 11), file("runs/e")], "enterprise"),
    ];
    expect(shown({ listings })).toEqual([
      "runs/a replaces nothing, runs/same replaces nothing, runs/log left: differs",
      "runs/e replaces nothing, runs/log left: differs",
    ]);
  });

  test("a file of one size and two times is compared by content", () => {
    const listings = [
      listing([file("runs/a")]),
      listing([file("runs/a", 10, "6.000000000")], "enterprise"),
    ];
    expect(sumsWanted(facts({ listings })).map(({ host }) => host)).toEqual([
      "apollo",
      "enterprise",
    ]);
    const sums = new Map(["apollo", "enterprise"].map((host) => [sumKey(host, "runs/a"), "s"]));
    expect(shown({ listings, sums })).toEqual(["runs/a replaces nothing", ""]);
    expect(shown({ listings })).toEqual(["runs/a left: differs", "runs/a left: differs"]);
  });
});

test("little comes in the frame, much by rsync, or by tar where a side has none", () => {
  const tool = (size: number, more: Partial<PullFacts> = {}) =>
    planPull(facts({ listings: [listing([file("runs/a", size)])], ...more })).lanes[0]?.tool;
  expect(tool(262_144)).toBe("frame");
  expect(tool(262_145)).toBe("rsync");
  expect(tool(262_145, { laptopRsync: "openrsync" })).toBe("tar");
});

test("what matches nothing there is named", () => {
  const plan = planPull(
    facts({ wanted: wanted("runs/", "ckpt/*.pt"), listings: [listing([file("runs/a")])] }),
  );
  expect(plan.lanes[0]?.unmatched).toEqual(["ckpt/*.pt"]);
  expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
});
