import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { scan } from "../../src/app/scan.ts";
import type { Scan } from "../../src/app/scan.ts";
import { WatchedFiles } from "../../src/app/watched-files.ts";
import type { Project } from "../../src/model/project.ts";
import { ok } from "../../src/model/result.ts";
import type { Result } from "../../src/model/result.ts";
import { loadProject } from "../../src/project/config-load.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/until.ts";

/** A project with these files, and how a look at everything sees it. */
async function projectWith(files: Readonly<Record<string, string>>): Promise<{
  readonly project: Project;
  readonly write: (path: string, content: string) => void;
  readonly look: () => Promise<Scan>;
}> {
  const root = temporaryDirectory("igor-watched-");
  const write = (path: string, content: string): void => writeFileSync(join(root, path), content);
  mkdirSync(join(root, ".igor"));
  const groups = { dev: { hosts: [{ host: "apollo", dir: "~/igor" }] } };
  write(".igor/config.json", JSON.stringify({ host_groups: groups }));
  for (const [path, content] of Object.entries(files)) write(path, content);
  const loaded = await loadProject(root);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure));
  const project = loaded.value;
  const ground = { named: [], ready: Promise.resolve(), now: Date.now } as const;
  const look = async (): Promise<Scan> => {
    const seen = await scan({ ...ground, project, inThread: "nothing", known: () => new Map() });
    if (!seen.ok) throw new Error(JSON.stringify(seen.failure));
    return seen.value;
  };
  return { project, write, look };
}

test("a save while everything is looked at is told at once, and what that look saw before is not taken over", async () => {
  const { project, write, look } = await projectWith({ "a.py": "old\n", "b.py": "old\n" });
  const before = await look();
  // What the system did not tell: it is found by the look at everything alone.
  write("b.py", "newer\n");
  const seen = await look();
  let end: (seen: Result<Scan>) => void = () => undefined;
  const told: string[][] = [];
  using files = new WatchedFiles({
    project,
    scan: before,
    rescan: () => new Promise((resolve) => (end = resolve)),
    onChanged: (paths) => told.push([...paths]),
    onFailure: (failure) => told.push([JSON.stringify(failure)]),
    onUnwatched: (directories) => told.push([String(directories)]),
  });
  const isLooking = end;
  await until("the look at everything", () => end !== isLooking);
  write("a.py", "newer\n");
  await until("the save to be told", () => told.length > 0);
  const saved = files.scan.tree.get("a.py");
  expect(saved).not.toBe(before.tree.get("a.py"));
  end(ok(seen));
  await until("the rest to be told", () => told.length > 1);
  expect(told).toEqual([["a.py"], ["b.py"]]);
  expect(files.scan.tree.get("a.py")).toBe(saved);
  expect(files.scan.tree.get("b.py")).toBe(seen.tree.get("b.py"));
});

test("a file that is emptied before it is filled is told once, when it is full", async () => {
  const { project, write, look } = await projectWith({ "a.py": "old\n" });
  const told: string[] = [];
  using files = new WatchedFiles({
    project,
    scan: await look(),
    rescan: async () => ok(await look()),
    onChanged: (paths) => told.push(...[...paths].map((path) => `${path} ${sizeOf(path)}`)),
    onFailure: (failure) => told.push(JSON.stringify(failure)),
    onUnwatched: (directories) => told.push(String(directories)),
  });
  const sizeOf = (path: string): string => files.scan.tree.get(path)?.split(" ")[1] ?? "gone";
  await pause(200);
  write("a.py", "");
  await pause(15);
  write("a.py", "newer\n");
  await until("it to be told", () => told.length > 0);
  expect(told).toEqual(["a.py 6"]);
  // One that stays empty is told as well.
  write("a.py", "");
  await until("that to be told", () => told.length > 1);
  expect(told).toEqual(["a.py 6", "a.py 0"]);
});
