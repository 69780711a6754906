import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scan } from "../../src/app/scan.ts";
import type { Scan } from "../../src/app/scan.ts";
import { WatchedFiles } from "../../src/app/watched-files.ts";
import { ok } from "../../src/model/result.ts";
import type { Result } from "../../src/model/result.ts";
import { loadProject } from "../../src/project/config-load.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/until.ts";

test("a save while everything is looked at is told at once, and what that look saw before is not taken over", async () => {
  const root = temporaryDirectory("igor-watched-");
  mkdirSync(join(root, ".igor"));
  const groups = { dev: { hosts: [{ host: "apollo", dir: "~/igor" }] } };
  writeFileSync(join(root, ".igor/config.json"), JSON.stringify({ host_groups: groups }));
  writeFileSync(join(root, "a.py"), "old\n");
  writeFileSync(join(root, "b.py"), "old\n");
  const project = await loadProject(root);
  if (!project.ok) throw new Error(JSON.stringify(project.failure));
  const look = async (): Promise<Scan> => {
    const ground = { named: [], ready: Promise.resolve(), now: Date.now } as const;
    const seen = await scan({
      ...ground,
      project: project.value,
      inThread: "nothing",
      known: () => new Map(),
    });
    if (!seen.ok) throw new Error(JSON.stringify(seen.failure));
    return seen.value;
  };
  const before = await look();
  // What the system did not tell: it is found by the look at everything alone.
  writeFileSync(join(root, "b.py"), "newer\n");
  const seen = await look();
  let end: (seen: Result<Scan>) => void = () => undefined;
  const told: string[][] = [];
  using files = new WatchedFiles({
    project: project.value,
    scan: before,
    rescan: () => new Promise((resolve) => (end = resolve)),
    onChanged: (paths) => told.push([...paths]),
    onFailure: (failure) => told.push([JSON.stringify(failure)]),
    onUnwatched: (directories) => told.push([String(directories)]),
  });
  const isLooking = end;
  await until("the look at everything", () => end !== isLooking);
  writeFileSync(join(root, "a.py"), "newer\n");
  await until("the save to be told", () => told.length > 0);
  const saved = files.scan.tree.get("a.py");
  expect(saved).not.toBe(before.tree.get("a.py"));
  end(ok(seen));
  await until("the rest to be told", () => told.length > 1);
  expect(told).toEqual([["a.py"], ["b.py"]]);
  expect(files.scan.tree.get("a.py")).toBe(saved);
  expect(files.scan.tree.get("b.py")).toBe(seen.tree.get("b.py"));
});
