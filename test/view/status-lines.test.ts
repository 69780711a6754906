import { expect, test } from "vitest";
import type { Finding } from "../../src/model/finding.ts";
import type { FoundContainerState, FoundTree } from "../../src/model/finding-status.ts";
import { lineText } from "../../src/view/line.ts";
import { statusLines } from "../../src/view/status-lines.ts";
import { Story } from "./story.ts";

/** What is shown of apollo, on a screen of 100 columns. */
function shown(story: Story, width = 100): string {
  const view = story.view();
  return view.hosts
    .map((host) => statusLines(view, host, width).map(lineText).join("\n"))
    .join("\n");
}

const of = (...findings: Finding[]): string =>
  shown(new Story("status mnist", ["apollo"], { asks: true }).found(1, "apollo", ...findings));

const link = { kind: "link", shared: "igor", roundTripMs: 51.2 } as const;
const pending = {
  kind: "pending",
  group: "dev",
  files: 412,
  send: 3,
  bytes: 12_300,
  delete: 1,
  isFirst: false,
} as const;
const minute = 60_000;

test("a host where all is as it was asked for", () => {
  expect(
    of(
      link,
      { kind: "tree", state: "known", ageMs: 3 * minute, source: "dino@falcon:/src", keptAside: 0 },
      { ...pending, send: 0, bytes: 0, delete: 0 },
      { kind: "image-state", name: "dino-mnist:igor", ageMs: 200 * minute },
      { kind: "container-state", name: "dino-mnist-dev", state: "running", sinceMs: 125 * minute },
      { kind: "disk", freeBytes: 120e9, totalBytes: 2e12 },
      {
        kind: "timings",
        last: [
          { verb: "push", tookMs: 230, agoMs: 3 * minute },
          { verb: "setup", tookMs: 64_000, agoMs: 200 * minute },
          { verb: "exec", tookMs: 3000, agoMs: 5000 },
        ],
      },
    ),
  ).toMatchInlineSnapshot(`
    "apollo  51 ms away, over igor's own connection
      files      pushed from here 3 min ago, 412 files; nothing to send
      image      dino-mnist:igor is up to date, built 3 h 20 min ago
      container  dino-mnist-dev has run for 2 h 5 min
      disk       120 GB free of 2.0 TB
      took       push 0.2 s (3 min ago), setup 1 min 4 s (3 h 20 min ago), exec 3.0 s (5 s ago)"
  `);
});

test("a host where much is to do", () => {
  expect(
    of(
      { ...link, shared: "user", roundTripMs: 0.42 },
      { kind: "tree", state: "known", ageMs: 3 * minute, source: "dino@falcon:/src", keptAside: 2 },
      pending,
      {
        kind: "image-state",
        name: "dino-mnist:igor",
        ageMs: 200 * minute,
        because: { kind: "changed", inputs: ["requirements.txt", "build argument CUDA"] },
      },
      {
        kind: "container-state",
        name: "dino-mnist-dev",
        state: "running",
        sinceMs: 1000,
        because: { kind: "changed", keys: ["ports", "shm_size"] },
      },
      { kind: "task", id: "20261122-055948-7", verb: "setup", group: "dev", ageMs: 12_000 },
      { kind: "repl", id: "3f9a21c0d2e4f601", ageMs: 90 * minute, attached: [], aloneMs: minute },
      { kind: "repl", id: "b7724e190c2e4f61", ageMs: minute, attached: ["kim@falcon"] },
      { kind: "disk", freeBytes: 1e9, totalBytes: 2e12 },
    ),
  ).toMatchInlineSnapshot(`
    "apollo  0.4 ms away, over the shared connection of your ssh configuration
      files      pushed from here 3 min ago; 3 files to send (12 kB), 1 to delete: igor push
      conflicts  2 files that igor did not put there are kept in .igor/host/conflicts/
      image      dino-mnist:igor, built 3 h 20 min ago; changed since: requirements.txt, build argument
                 CUDA; igor docker setup builds it anew
      container  dino-mnist-dev has run for 1 s; changed in the configuration: ports, shm_size; igor
                 docker setup replaces it
      running    setup of dev, for 12 s (20261122-055948-7)
      repl       kept for 1 h 30 min, nobody attached for 1 min (3f9a21c0)
      repl       kept for 1 min, kim@falcon (b7724e19)
      disk       1.0 GB free of 2.0 TB"
  `);
});

test("a host that is not reached says why, and what is known of it here", () => {
  const failure = {
    reason: "unreachable",
    cause: "timed-out",
    host: "apollo",
    lastWords: [],
  } as const;
  const story = new Story("status mnist", ["apollo"], { asks: true })
    .found(1, "apollo", pending)
    .ended(5000, "apollo", { failure });
  expect(shown(story)).toMatchInlineSnapshot(`
    "apollo  not reached: no answer in time (Connection timed out)
      files      since the last push from here: 3 files to send (12 kB), 1 to delete"
  `);
});

test("every state of the directory has its words", () => {
  const states: FoundTree["state"][] = [
    "other",
    "unsure",
    "empty",
    "missing",
    "unmarked",
    "other-project",
    "other-owner",
  ];
  const source = "kim@swift:/src";
  const lines = states.map((state) =>
    of({ kind: "tree", state, ageMs: minute, source, found: "toy", keptAside: 0 }, pending),
  );
  expect(lines.map((text) => text.replace(/^apollo.*\n/, "")).join("\n")).toMatchInlineSnapshot(`
    "  files      pushed 1 min ago from kim@swift:/src, and not what was last sent from here: the next
                 push compares all 412 files
      files      pushed 1 min ago from kim@swift:/src; the machine was started anew since: the next push
                 compares all 412 files
      files      nothing was pushed yet; 412 files to send (12 kB): igor push
      files      nothing was pushed yet; 412 files to send (12 kB): igor push
      files      the directory there holds files that igor did not put there: igor push --adopt takes it
                 over
      files      the directory there belongs to the project toy: a push is refused
      files      the directory there belongs to toy: a push is refused"
  `);
});

test("every state of the container has its words", () => {
  const name = "dino-mnist-dev";
  const states: Omit<FoundContainerState, "kind" | "name">[] = [
    { state: "paused", because: { kind: "stopped" } },
    { state: "stopped", sinceMs: 2 * minute, because: { kind: "stopped" } },
    { state: "stopped", because: { kind: "leftover" } },
    { state: "running", because: { kind: "new-image" } },
    { state: "missing", because: { kind: "no-container" } },
    { state: "foreign" },
  ];
  const lines = states.map((state) => of({ kind: "container-state", name, ...state }));
  expect(lines.map((text) => text.replace(/^apollo.*\n/, "")).join("\n")).toMatchInlineSnapshot(`
    "  container  dino-mnist-dev is paused; igor docker setup starts it
      container  dino-mnist-dev has been stopped for 2 min; igor docker setup starts it
      container  dino-mnist-dev is stopped; it never started: igor docker setup replaces it
      container  dino-mnist-dev runs; its image is out of date: igor docker setup replaces it
      container  none: igor docker setup makes it
      container  dino-mnist-dev was not made by igor for this project: igor docker setup refuses to
                 replace it"
  `);
});

test("an engine that does not answer, and an image of which nothing can be told", () => {
  expect(
    of(
      { ...link, shared: "none" },
      { kind: "engine-state", engine: "docker", cause: "no-rights" },
      { kind: "image-state", name: "dino-mnist:igor", because: { kind: "unknown" } },
    ),
  ).toMatchInlineSnapshot(`
    "apollo  51 ms away, over a connection that does not stay: every command logs in anew
      engine     docker may not be used by you there: igor doctor tells what to do
      image      dino-mnist:igor, built; whether it is up to date cannot be told: igor config check"
  `);
});

test("what is to be done names the group that was asked for", () => {
  expect(of(link, { ...pending, group: "cluster", isFirst: true })).toContain(
    "to send (12 kB): igor push -g cluster",
  );
});

test("on a narrow screen rows are broken, not cut", () => {
  const story = new Story("status mnist", ["apollo"], { asks: true }).found(
    1,
    "apollo",
    link,
    pending,
  );
  expect(shown(story, 50)).toMatchInlineSnapshot(`
    "apollo  51 ms away, over igor's own connection
      files      since the last push from here: 3
                 files to send (12 kB), 1 to delete"
  `);
});

test("a request that asked something else shows nothing of this", () => {
  expect(of({ kind: "gpu", index: 0, name: "A100", usedBytes: 1, totalBytes: 2 })).toBe("");
});
