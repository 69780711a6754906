import { expect, test } from "vitest";
import { readFindings } from "../../src/remote/findings.ts";

const word = (text: string) => Buffer.from(text).toString("base64");
const line = (...fields: string[]) => `found\t${fields.join("\t")}\n`;
const now = String(Date.parse("2026-11-22T06:00:00Z") / 1000);

test("the answer of a host becomes findings", () => {
  const said = [
    line("tree", "known", "180", word("dino@falcon:/src/mnist (3f2a9c01)"), "", "2"),
    line("disk", "1000", "4000"),
    line("task", "20261122-055948-7", "setup", "dev", "12"),
    line(
      "image-state",
      "dino-mnist:igor",
      "changed a%20b c",
      "2026-11-22T05:00:00.123456789Z",
      now,
    ),
    line(
      "container-state",
      "dino-mnist-dev",
      "running",
      "",
      "2026-11-22 06:30:00.1 +0100 CET",
      now,
    ),
  ];
  expect(readFindings(said.join(""))).toEqual([
    {
      kind: "tree",
      state: "known",
      ageMs: 180_000,
      source: "dino@falcon:/src/mnist (3f2a9c01)",
      keptAside: 2,
    },
    { kind: "disk", freeBytes: 1_024_000, totalBytes: 4_096_000 },
    { kind: "task", id: "20261122-055948-7", verb: "setup", group: "dev", ageMs: 12_000 },
    {
      kind: "image-state",
      name: "dino-mnist:igor",
      because: { kind: "changed", inputs: ["a b", "c"] },
      ageMs: 3_600_000,
    },
    { kind: "container-state", name: "dino-mnist-dev", state: "running", sinceMs: 1_800_000 },
  ]);
});

test.each([
  ["exited", "stopped"],
  ["created", "stopped"],
  ["foreign", "foreign"],
])("a container that is %s is told as %s; a time that never was is no age", (status, state) => {
  const said = line("container-state", "c", status, "stopped", "0001-01-01T00:00:00Z", now);
  expect(readFindings(said)).toEqual([
    { kind: "container-state", name: "c", state, because: { kind: "stopped" } },
  ]);
});

test("an engine that fails in a way of its own does so all the same", () => {
  expect(readFindings(line("engine-state", "podman", "on-fire"))).toEqual([
    { kind: "engine-state", engine: "podman", cause: "other" },
  ]);
});

test("a tree in a state that nobody knows is not told", () => {
  expect(readFindings(line("tree", "burning", "", "", "", "0"))).toEqual([]);
});
