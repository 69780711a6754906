import { execFileSync } from "node:child_process";
import { chmodSync, linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
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

test("a save in a directory that was replaced together with an ignore file is told at once", async () => {
  const { project, write, look } = await projectWith({ "a.py": "1\n", ".igorignore": "" });
  mkdirSync(join(project.root, "d"));
  write("d/b.py", "1\n");
  const told: string[] = [];
  let looks = 0;
  using _ = new WatchedFiles({
    project,
    scan: await look(),
    rescan: async () => {
      const seen = await look();
      looks += 1;
      return ok(seen);
    },
    onChanged: (paths) => told.push(...paths),
    onFailure: (failure) => told.push(JSON.stringify(failure)),
    onUnwatched: (directories) => told.push(String(directories)),
  });
  await until("the first look", () => looks === 1);
  renameSync(join(project.root, "d"), join(project.root, "old"));
  mkdirSync(join(project.root, "d"));
  write("d/b.py", "22\n");
  write(".igorignore", "*.log\n");
  await until("the new directory to be told", () => told.includes("d/b.py"));
  told.length = 0;
  write("d/b.py", "333\n");
  // Sooner than by the look at everything that follows a save.
  await until("the save to be told", () => told.includes("d/b.py"), 1000);
});

/** Watched files, and how often everything was looked at. */
async function watchedBy(
  project: Project,
  look: () => Promise<Scan>,
): Promise<Disposable & { readonly files: WatchedFiles; readonly looks: () => number }> {
  let looks = 0;
  const files = new WatchedFiles({
    project,
    scan: await look(),
    rescan: async () => {
      looks += 1;
      return ok(await look());
    },
    onChanged: () => undefined,
    onFailure: () => undefined,
    onUnwatched: () => undefined,
  });
  return { files, looks: () => looks, [Symbol.dispose]: () => files[Symbol.dispose]() };
}

test("what another program did just before is known, at once", async () => {
  const { project, write, look } = await projectWith({ "a.py": "1\n", "b.py": "1\n" });
  using watched = await watchedBy(project, look);
  const { files } = watched;
  expect(await files.caughtUp()).toEqual(ok(undefined));
  expect(watched.looks()).toBe(1);
  const changes = [
    () => write("a.py", "22\n"),
    () => write("a.py", ""),
    () => renameSync(join(project.root, "b.py"), join(project.root, "c.py")),
    () => rmSync(join(project.root, "a.py")),
    () => write("a.py", "x".repeat(2_000_000)),
  ];
  for (const change of changes) {
    change();
    expect(await files.caughtUp()).toEqual(ok(undefined));
    expect(new Map([...files.scan.tree].sort())).toEqual(new Map([...(await look()).tree].sort()));
  }
  expect(watched.looks()).toBe(1);
});

test("a file that is written to under another name, of which the system tells nothing, is known", async () => {
  const { project, write, look } = await projectWith({ "a.py": "1\n", "b.py": "1\n" });
  const elsewhere = temporaryDirectory("igor-elsewhere-");
  const linkOf = (path: string): string => join(elsewhere, path);
  linkSync(join(project.root, "a.py"), linkOf("a.py"));
  using watched = await watchedBy(project, look);
  const { files } = watched;
  const sizeOf = (path: string): string | undefined => files.scan.tree.get(path)?.split(" ")[1];
  expect(await files.caughtUp()).toEqual(ok(undefined));
  writeFileSync(linkOf("a.py"), "22\n");
  expect(await files.caughtUp()).toEqual(ok(undefined));
  expect(sizeOf("a.py")).toBe("3");
  // One that is seen for the first time because it was written to.
  write("c.py", "1\n");
  linkSync(join(project.root, "c.py"), linkOf("c.py"));
  expect(await files.caughtUp()).toEqual(ok(undefined));
  writeFileSync(linkOf("c.py"), "22\n");
  expect(await files.caughtUp()).toEqual(ok(undefined));
  expect(sizeOf("c.py")).toBe("3");
  // Another name of a file that had none.
  linkSync(join(project.root, "b.py"), join(project.root, "d.py"));
  write("d.py", "22\n");
  expect(await files.caughtUp()).toEqual(ok(undefined));
  expect(sizeOf("b.py")).toBe("3");
});

test("a tree with many files that have other names is looked at as a whole", async () => {
  const paths = Array.from({ length: 201 }, (_, index) => `${index}.py`);
  const contents = Object.fromEntries(paths.map((path) => [path, "1\n"]));
  const { project, look } = await projectWith(contents);
  const elsewhere = temporaryDirectory("igor-elsewhere-");
  for (const path of paths) linkSync(join(project.root, path), join(elsewhere, path));
  using watched = await watchedBy(project, look);
  expect(await watched.files.caughtUp()).toBe(undefined);
});

test("what the system may have left out is looked at", async () => {
  const { project, write, look } = await projectWith({ "a.py": "1\n", "b.py": "1\n" });
  using watched = await watchedBy(project, look);
  const { files } = watched;
  await files.caughtUp();
  const before = watched.looks();
  // More than the system keeps, while nobody takes it.
  for (let time = 0; time < 9000; time += 1)
    for (const path of ["a.py", "b.py"]) chmodSync(join(project.root, path), 0o600 + (time % 2));
  write("c.py", "1\n");
  await files.caughtUp();
  expect(watched.looks()).toBeGreaterThan(before);
  expect([...files.scan.tree.keys()]).toContain("c.py");
});

test("another git index counts when it lists other files, and not when it was only refreshed", async () => {
  const { project, write, look } = await projectWith({ "a.py": "1\n", "x.log": "1\n" });
  const git = (...words: readonly string[]): void =>
    void execFileSync("git", words, { cwd: project.root });
  write(".gitignore", "*.log\n");
  git("init", "-q");
  git("add", ".");
  using watched = await watchedBy(project, look);
  const { files } = watched;
  await files.caughtUp();
  git("rm", "-q", "--cached", "a.py");
  git("add", "a.py");
  expect(await files.caughtUp()).toEqual(ok(undefined));
  expect(watched.looks()).toBe(1);
  expect(files.scan.tree.has("x.log")).toBe(false);
  git("add", "-f", "x.log");
  expect(await files.caughtUp()).toEqual(ok(undefined));
  expect(watched.looks()).toBe(2);
  expect(files.scan.tree.has("x.log")).toBe(true);
});
