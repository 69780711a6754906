import { expect, test } from "vitest";
import type { Decision } from "../../src/model/event.ts";
import { decisionText } from "../../src/view/decision-text.ts";

/** One of each kind, or several where their words differ; a new kind is a compile error. */
const samples: { [K in Decision["kind"]]: Extract<Decision, { kind: K }>[] } = {
  pushed: [
    { kind: "pushed", files: 3, deleted: 1, bytes: 12_300 },
    { kind: "pushed", files: 0, deleted: 2, bytes: 0 },
    { kind: "pushed", files: 1, deleted: 0, bytes: 4_210_000 },
  ],
  watching: [{ kind: "watching", files: 2000 }],
  synced: [
    { kind: "synced", path: "a.py", files: 1, deleted: 0, bytes: 302, tookMs: 58, pushes: 1 },
    { kind: "synced", path: "a.py", files: 0, deleted: 1, bytes: 90, tookMs: 1240, pushes: 2 },
    { kind: "synced", files: 3, deleted: 1, bytes: 12_300, tookMs: 61, pushes: 3 },
  ],
  "not-pushed": [
    {
      kind: "not-pushed",
      failure: { reason: "disk-full", path: "/data", host: "apollo", lastWords: [] },
    },
  ],
  "not-watched": [{ kind: "not-watched", directories: 812 }],
  "connected-again": [{ kind: "connected-again" }],
  "repl-cut": [{ kind: "repl-cut" }],
  "repl-left": [{ kind: "repl-left" }],
  "repl-not-kept": [
    { kind: "repl-not-kept", because: "no-python" },
    { kind: "repl-not-kept", because: "no-place" },
  ],
  "nothing-to-push": [{ kind: "nothing-to-push", files: 2000 }],
  pulled: [
    { kind: "pulled", files: 12, bytes: 3_100_000_000 },
    { kind: "pulled", files: 1, bytes: 14 },
  ],
  "nothing-to-pull": [{ kind: "nothing-to-pull", files: 12 }],
  "nothing-there": [{ kind: "nothing-there", wanted: ["runs/", "checkpoints/*.pt"] }],
  "kept-aside-here": [
    {
      kind: "kept-aside-here",
      paths: ["runs/notes.md"],
      directory: ".igor/pull/conflicts/20261122-101500",
    },
  ],
  "not-brought": [
    { kind: "not-brought", because: "special", paths: ["runs/pipe"] },
    { kind: "not-brought", because: "link-leaves", paths: ["runs/a", "runs/b"] },
    { kind: "not-brought", because: "link-there", paths: ["runs"] },
    { kind: "not-brought", because: "name", paths: ["runs/caf\uFFFD"] },
  ],
  "changed-meanwhile": [
    { kind: "changed-meanwhile", paths: ["runs/log"] },
    { kind: "changed-meanwhile", paths: ["runs/log", "new\nline"] },
  ],
  "kept-aside": [
    { kind: "kept-aside", paths: ["a.py", "b.py"], directory: "~/x/.igor/host/conflicts/4f2a" },
    {
      kind: "kept-aside",
      paths: ["a", "b", "c", "d", "e", "f", "g"],
      directory: "~/x/.igor/host/conflicts/4f2a",
    },
  ],
  "left-alone": [{ kind: "left-alone", files: 1 }],
  adopted: [{ kind: "adopted", dir: "~/x/train" }],
  "new-source": [{ kind: "new-source", previous: "dino-laptop:/home/dino/train" }],
  reconciling: [
    { kind: "reconciling", because: "first-push" },
    { kind: "reconciling", because: "unknown-generation" },
  ],
  "image-up-to-date": [{ kind: "image-up-to-date" }],
  building: [
    { kind: "building", because: { kind: "no-image" } },
    { kind: "building", because: { kind: "changed", inputs: ["requirements.txt", "Dockerfile"] } },
  ],
  built: [{ kind: "built", image: "dino-train-dev" }],
  "copied-directory-ignored": [
    { kind: "copied-directory-ignored", directory: "models", dockerfile: "Dockerfile" },
  ],
  "joined-job": [{ kind: "joined-job", job: "7" }],
  "container-kept": [{ kind: "container-kept" }],
  "container-started": [
    { kind: "container-started", because: { kind: "no-container" } },
    { kind: "container-started", because: { kind: "stopped" } },
    { kind: "container-started", because: { kind: "leftover" } },
  ],
  "container-replaced": [
    { kind: "container-replaced", because: { kind: "new-image" } },
    { kind: "container-replaced", because: { kind: "changed", keys: ["ports", "env"] } },
  ],
  "port-taken": [{ kind: "port-taken", port: "5556", holder: "container mary-train-dev" }],
  gpus: (["none", "runtime", "cdi", "no-runtime"] as const).map((found) => ({
    kind: "gpus",
    found,
  })),
  "stops-at-logout": [{ kind: "stops-at-logout" }],
  "by-tar": (["no-rsync-here", "openrsync-here", "no-rsync-there", "openrsync-there"] as const).map(
    (because) => ({ kind: "by-tar", because }),
  ),
  "files-not-yours": [{ kind: "files-not-yours", owner: "root" }],
  removed: [{ kind: "removed", what: "container", name: "dino-train-dev" }],
  "image-kept": [
    { kind: "image-kept", name: "dino-train-dev", usedBy: ["mary-train-dev"] },
    { kind: "image-kept", name: "dino-train-dev", usedBy: ["a", "b", "c", "d"] },
  ],
  "job-stopped": [{ kind: "job-stopped", job: "7" }],
  stopped: [
    {
      kind: "stopped",
      what: "session",
      id: "3f9a21c0d2e4f601",
      pid: 812,
      ageMs: 7_380_000,
      command: "python train.py",
    },
    {
      kind: "stopped",
      what: "process",
      id: "830",
      pid: 830,
      ageMs: 12_000,
      command: `python\u001b[2J -c ${"x".repeat(80)}`,
    },
    { kind: "stopped", what: "session", id: "3f9a21c0d2e4f601" },
  ],
  "not-here": [{ kind: "not-here", id: "3f9a" }],
  "nothing-to-stop": [{ kind: "nothing-to-stop" }],
  "connection-closed": [{ kind: "connection-closed" }],
  "connection-kept": [{ kind: "connection-kept" }],
  "log-of": [
    { kind: "log-of", job: "20261122-100212-123", verb: "setup", state: "running", ageMs: 12_000 },
    {
      kind: "log-of",
      job: "20261122-100212-123",
      verb: "setup",
      state: "ended",
      exitCode: 0,
      ageMs: 400_000_000,
    },
    {
      kind: "log-of",
      job: "20261122-100212-123",
      verb: "build",
      state: "ended",
      exitCode: 1,
      ageMs: 180_000,
    },
    {
      kind: "log-of",
      job: "20261122-100212-123",
      verb: "build",
      state: "ended",
      exitCode: 143,
      ageMs: 180_000,
    },
    { kind: "log-of", job: "20261122-100212-123", verb: "build", state: "lost", ageMs: 180_000 },
    { kind: "log-of", job: "20261122-100212-123", verb: "build", state: "elsewhere" },
  ],
  "no-log": [{ kind: "no-log" }],
  "nothing-to-remove": [{ kind: "nothing-to-remove" }],
  retrying: [{ kind: "retrying", because: "the connection died" }],
  "out-of-memory": [{ kind: "out-of-memory" }],
  "other-host-key": [
    { kind: "other-host-key", keyAt: "/home/dino/.ssh/known_hosts:3" },
    { kind: "other-host-key" },
  ],
};

test.each(Object.entries<Decision[]>(samples))("%s is told with its reason", (_, decisions) => {
  const texts = decisions.map((decision) => decisionText(decision, "enterprise"));
  expect(texts.join("\n")).toMatchSnapshot();
});
