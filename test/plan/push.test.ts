import { describe, expect, test } from "vitest";
import type { Manifest } from "../../src/model/manifest.ts";
import type { Host, Project } from "../../src/model/project.ts";
import { planPush, projectDir } from "../../src/plan/push.ts";
import type { PushFacts, PushPlan } from "../../src/plan/push.ts";
import type { ReconcileAnswer } from "../../src/remote/push-events.ts";

const host: Host = {
  host: "apollo",
  dir: "/srv",
  tag: undefined,
  user: undefined,
  port: undefined,
  ip: undefined,
};
// Only the name is asked for.
const project = { name: "mnist" } as Project;
const state = "f 10 1.000000000 644";
const trees = (count: number, of = state) =>
  new Map(Array.from({ length: count }, (_, index) => [`d/f${String(index)}`, of]));
const known = (generation: string, count: number, of = state): Manifest => ({
  generation,
  tree: trees(count, of),
  pending: [],
});
const answer = (more: Partial<ReconcileAnswer> = {}): ReconcileAnswer => ({
  generation: "g9",
  rsync: "rsync",
  fresh: false,
  resumed: false,
  root: "/data/srv/mnist",
  ...more,
});

const emptyManifest: Manifest = { generation: undefined, tree: new Map(), pending: [] };

const facts = (more: Partial<PushFacts>): PushFacts => ({
  local: { tree: trees(2), released: new Set() },
  manifest: emptyManifest,
  files: 2,
  generation: "g2",
  stage: "s1",
  commit: "c0ffee",
  source: "bGFwdG9w",
  laptopRsync: "rsync",
  answer: undefined,
  ...more,
});
const plan = (more: Partial<PushFacts>, adopt = false): PushPlan =>
  planPush({ project, host, adopt }, facts(more), { program: "push", title: "push", inputs: {} });

/** What matters of a plan, a line a step. */
const shown = ({ steps, pending }: PushPlan): readonly string[] => [
  ...steps.map((step) => {
    if (step.kind === "transfer")
      return `${step.tool} ${String(step.files.length)} files into ${step.into}${step.compareWith === undefined ? "" : ` against ${step.compareWith.by} in ${step.compareWith.tree}`}`;
    if (step.kind !== "frame") return step.kind;
    const { in_accept, in_changes, in_staged } = step.inputs;
    const { payload } = step;
    const carries =
      payload === undefined
        ? ""
        : ` with ${String(payload.changes.length)} changes, ${String(payload.send.length)} files`;
    return `${step.program} accepts [${in_accept ?? ""}]${in_changes === undefined ? "" : " changes"}${in_staged === undefined ? "" : ` staged ${in_staged}`}${carries}${step.confirms === undefined ? "" : ` confirms ${step.confirms}`}`;
  }),
  pending === undefined
    ? "nothing pending"
    : `pending ${pending.generation}: ${String(pending.changes.size)} paths`,
];

/** More than goes into a frame. */
const many = 1001;
const muchBytes = 4_000_000;

describe("a push", () => {
  test.each<[string, Partial<PushFacts>, readonly string[]]>([
    [
      "of a small tree for the first time is one frame",
      {},
      [
        "push accepts [-] changes staged packed with 0 changes, 2 files confirms g2",
        "pending g2: 2 paths",
      ],
    ],
    [
      "of more files for the first time is one frame, too: that needs no comparison",
      {
        local: {
          tree: new Map([...trees(4999), [".igor/config.json", state]]),
          released: new Set(),
        },
      },
      [
        "push accepts [-] changes staged packed with 1 changes, 5000 files confirms g2",
        "pending g2: 5000 paths",
      ],
    ],
    [
      "of nothing is one frame that asks",
      { manifest: known("g1", 2) },
      ["push accepts [g1]", "nothing pending"],
    ],
    [
      "of one file carries it",
      { manifest: known("g1", 1) },
      ["push accepts [g1] changes with 1 changes, 1 files confirms g2", "pending g2: 1 paths"],
    ],
    [
      "after an attempt that was cut fits both outcomes",
      {
        manifest: {
          ...known("g1", 2),
          pending: [{ generation: "g1a", changes: new Map([["d/f0", "f 11 2.0 644"]]) }],
        },
      },
      ["push accepts [g1 g1a] changes with 1 changes, 1 files confirms g2", "pending g2: 1 paths"],
    ],
    [
      "of many files for the first time asks first",
      { local: { tree: trees(5001), released: new Set() } },
      ["push accepts []", "nothing pending"],
    ],
    [
      "of many changed files asks first",
      { local: { tree: trees(many), released: new Set() }, manifest: known("g1", 0) },
      ["push accepts []", "nothing pending"],
    ],
    [
      "of much asks first",
      { local: { tree: trees(2, `f ${String(muchBytes)} 1.0 644`), released: new Set() } },
      ["push accepts []", "nothing pending"],
    ],
    [
      "of many files into an empty tree fills the stage, to be moved as a whole",
      {
        local: {
          tree: new Map([...trees(many), [".igor/config.json", state]]),
          released: new Set(),
        },
        answer: answer({ generation: "-", fresh: true }),
      },
      [
        "rsync 1002 files into /data/srv/mnist/.igor/host/stage/s1/f",
        "push accepts [-] changes staged fresh with 1 changes, 0 files confirms g2",
        "pending g2: 1002 paths",
      ],
    ],
    [
      "of many files into a tree that it knows nothing of compares contents",
      { local: { tree: trees(many), released: new Set() }, answer: answer() },
      [
        "rsync 1001 files into /data/srv/mnist/.igor/host/stage/s1/f against contents in /data/srv/mnist",
        "push accepts [g9] changes staged 1 with 1001 changes, 0 files confirms g2",
        "pending g2: 1001 paths",
      ],
    ],
    [
      "of many files into a tree that it has pushed to before compares sizes and times",
      {
        local: { tree: trees(many), released: new Set() },
        manifest: known("g1", 2),
        answer: answer(),
      },
      [
        "rsync 1001 files into /data/srv/mnist/.igor/host/stage/s1/f against size-and-time in /data/srv/mnist",
        "push accepts [g9] changes staged 1 with 1001 changes, 0 files confirms g2",
        "pending g2: 1001 paths",
      ],
    ],
    [
      "to a host that holds another generation compares everything",
      { manifest: known("g1", 2), answer: answer() },
      ["push accepts [g9] changes with 2 changes, 2 files confirms g2", "pending g2: 2 paths"],
    ],
    [
      "to a host that turns out to hold the known generation needs the difference only",
      {
        local: { tree: trees(many), released: new Set() },
        manifest: known("g9", 1),
        answer: answer(),
      },
      [
        "push accepts [g9] changes with 1000 changes, 1000 files confirms g2",
        "pending g2: 1000 paths",
      ],
    ],
    [
      "without rsync there goes by tar",
      { local: { tree: trees(many), released: new Set() }, answer: answer({ rsync: "none" }) },
      [
        "tar 1001 files into /data/srv/mnist/.igor/host/stage/s1/f",
        "push accepts [g9] changes staged 1 with 1001 changes, 0 files confirms g2",
        "pending g2: 1001 paths",
      ],
    ],
    [
      "with openrsync here goes by tar",
      {
        local: { tree: trees(many), released: new Set() },
        laptopRsync: "openrsync",
        answer: answer(),
      },
      [
        "tar 1001 files into /data/srv/mnist/.igor/host/stage/s1/f",
        "push accepts [g9] changes staged 1 with 1001 changes, 0 files confirms g2",
        "pending g2: 1001 paths",
      ],
    ],
  ])("%s", (_, more, expected) => {
    const planned = plan(more);
    expect(shown(planned)).toEqual(expected);
    expect(JSON.parse(JSON.stringify(planned.steps))).toEqual(planned.steps);
  });

  test("tells the host everything that decides there", () => {
    expect(plan({}, true).steps[0]).toMatchObject({
      inputs: {
        in_base: "/srv",
        in_dir: "/srv/mnist",
        in_project: "mnist",
        in_commit: "c0ffee",
        in_source: "bGFwdG9w",
        in_adopt: "1",
        in_stage: "s1",
        in_generation: "g2",
      },
    });
  });
});

test.each([
  ["/srv", "/srv/mnist"],
  ["/", "/mnist"],
  ["~/x", "~/x/mnist"],
  ["~", "~/mnist"],
])("below %s a project is in %s", (dir, expected) =>
  expect(projectDir({ ...host, dir }, project)).toBe(expected),
);
