import { execFileSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { onHost } from "../hosts/bed.ts";
import { digestsHere, digestsOnHost } from "../support/host-tree.ts";
import { aLaptop, aProject } from "../support/laptop.ts";

const laptop = aLaptop();
afterAll(() => laptop.close());

const pathOf = (index: number): string =>
  `package_${String(index % 100)}/module_with_a_long_name_${String(index)}.py`;

test("a large project, most of which git vouches for, is the same on the host after each push", async () => {
  const many = Array.from({ length: 10_100 }, (_, index) => [pathOf(index), "1\n"] as const);
  const project = aProject({ ...Object.fromEntries(many), ".gitignore": "ignored*\n" });
  for (const words of [
    ["init", "-q"],
    ["add", "."],
  ])
    execFileSync("git", words, { cwd: project.root });
  // Git's index is trusted from its third second on.
  await pause(2100);
  const push = async (...words: readonly string[]): Promise<string> => {
    const { exitCode, stderr } = await laptop.igor(project, ["push", ...words]);
    expect(exitCode, stderr).toBe(0);
    return stderr;
  };
  const isSame = async (): Promise<void> => {
    const here = Object.entries(digestsHere(project.root)).filter(
      ([path]) => !path.startsWith(".git/") && !path.startsWith("ignored"),
    );
    expect(await digestsOnHost("apollo", project.hostDir)).toEqual(Object.fromEntries(here));
  };
  expect(await push()).toContain("10102 files pushed");
  expect(await push()).toContain("nothing to push (10102 files)");

  project.write({ [pathOf(1)]: "2\n", "new.py": "new\n", "ignored.py": "secret\n" });
  project.remove(pathOf(2));
  chmodSync(join(project.root, pathOf(3)), 0o755);
  expect(await push("--plan")).toBe("");
  expect(await push()).toMatch(/3 files pushed .*, 1 deleted/);
  await isSame();
  expect(await push()).toContain("nothing to push (10102 files)");

  // What the host has instead of our file is kept, and what it lost comes again.
  await onHost("apollo", [
    "sh",
    "-ec",
    'cd "$1"; echo theirs >"$2"',
    "sh",
    project.hostDir,
    pathOf(4),
  ]);
  project.write({ [pathOf(4)]: "ours\n" });
  expect(await push()).toContain(pathOf(4));
  await onHost("apollo", [
    "sh",
    "-ec",
    'cd "$1"; rm -rf package_5 .igor/host/generation',
    "sh",
    project.hostDir,
  ]);
  project.write({ [pathOf(6)]: "again\n" });
  expect(await push()).toContain("comparing all files");
  await isSame();
  expect(await push()).toContain("nothing to push (10102 files)");
});
