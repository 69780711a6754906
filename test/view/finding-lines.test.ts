import { expect, test } from "vitest";
import type { Finding } from "../../src/model/finding.ts";
import { findingLines } from "../../src/view/finding-lines.ts";
import { lineText } from "../../src/view/line.ts";
import { Story } from "./story.ts";

const container = {
  kind: "container",
  name: "dino-toy-dev",
  group: "dev",
  state: "running",
  since: "3 hours",
  image: "dino-toy:igor",
  ports: ["127.0.0.1:5556->5556/tcp"],
} as const;

const process = (pid: number, more: object = {}): Finding => ({
  kind: "process",
  pid,
  user: "dino",
  ageMs: 7_380_000,
  memoryBytes: 1_240_000_000,
  command: "python train.py",
  ...more,
});

const session = (id: string, more: object = {}): Finding => ({
  kind: "session",
  id,
  verb: "exec",
  from: "kim@falcon",
  state: "running",
  ageMs: 7_380_000,
  ...more,
});

const job: Finding = {
  kind: "job",
  id: "20261122-100212-123",
  verb: "setup",
  group: "dev",
  state: "running",
  ageMs: 12_000,
  log: "/d/toy/.igor/host/jobs/20261122-100212-123/log",
};

const image: Finding = {
  kind: "image",
  name: "dino-toy:igor",
  id: "49e875da5e12",
  bytes: 1_990_000,
  ageMs: 400_000_000,
};

const gpu = (index: number): Finding => ({
  kind: "gpu",
  index,
  name: "NVIDIA A100-SXM4-40GB",
  usedBytes: 3.2e9,
  totalBytes: 42.9e9,
});

const leftover = { kind: "leftover", what: "container", name: "dino-toy-dev.previous" } as const;

function shown(found: Readonly<Record<string, readonly Finding[]>>, width = Infinity): string {
  const story = new Story("docker ps toy", Object.keys(found), { asks: true });
  for (const [host, findings] of Object.entries(found)) story.found(1, host, ...findings);
  return findingLines(story.view(), width)
    .map((line) => lineText(line).trimEnd())
    .join("\n");
}

test("one host with everything", () => {
  expect(
    shown({
      apollo: [
        container,
        session("3f9a21c0d2e4f601"),
        process(812, { session: "3f9a21c0d2e4f601", gpuBytes: 3_200_000_000 }),
        process(830, { session: "3f9a21c0d2e4f601", ageMs: 61_000, memoryBytes: 300_000_000 }),
        session("77aa21c0d2e4f601", { verb: "repl", state: "abandoned" }),
        process(900, { session: "77aa21c0d2e4f601", command: "sh -c '\u001b[2Jx'" }),
        session("88aa21c0d2e4f601", { verb: "exec", state: "waiting" }),
        session("55aa21c0d2e4f601", {
          verb: "repl",
          from: undefined,
          kept: { attached: ["kim@falcon"] },
        }),
        process(950, { session: "55aa21c0d2e4f601", command: "ipython" }),
        session("56aa21c0d2e4f601", {
          verb: "repl",
          from: undefined,
          kept: { attached: [], aloneMs: 7_200_000 },
        }),
        process(960, { session: "56aa21c0d2e4f601", command: "bash" }),
        session("99aa21c0d2e4f601", { verb: "unknown", from: undefined, state: "ending" }),
        process(45, { user: "root", command: "cron -f", ageMs: 400_000_000 }),
        job,
        image,
        gpu(0),
        gpu(1),
        { ...leftover, because: "replaced" },
        { ...leftover, name: "dino-toy-old", because: "other-group", group: "old" },
        { kind: "leftover", what: "image", name: "49e875da5e12", because: "nameless" },
        { kind: "leftover", what: "session", name: "66aa21c0d2e4f601", because: "abandoned" },
        { kind: "leftover", what: "stage", name: "1f2e3d4c", because: "abandoned" },
      ],
    }),
  ).toMatchSnapshot();
});

test("several hosts, each named in every row", () => {
  const missing = { kind: "container", state: "missing", ports: [] } as const;
  expect(
    shown({
      apollo: [
        container,
        session("3f9a21c0d2e4f601"),
        process(812, { session: "3f9a21c0d2e4f601" }),
      ],
      enterprise: [{ ...missing, name: "dino-toy-cluster", group: "cluster" }, image],
      gpu3: [{ ...container, state: "stopped", since: "5 days" }, process(812)],
      gpu4: [{ ...container, state: "paused" }],
    }),
  ).toMatchSnapshot();
});

test("a container in which nothing runs is said to be idle", () => {
  expect(shown({ apollo: [container, { ...container, name: "dino-toy-x", group: "x" }] })).toBe(
    [
      "CONTAINER     STATE                           IMAGE          PORTS",
      "dino-toy-dev  up 3 hours, nothing runs in it  dino-toy:igor  127.0.0.1:5556->5556/tcp",
      "dino-toy-x    up 3 hours                      dino-toy:igor  127.0.0.1:5556->5556/tcp",
    ].join("\n"),
  );
});

test("nothing is wider than the terminal", () => {
  const lines = shown({ apollo: [container, process(812), job, image] }, 40).split("\n");
  expect(lines.filter((line) => line.length > 40)).toEqual([]);
});
