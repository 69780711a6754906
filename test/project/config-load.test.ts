import { execFileSync } from "node:child_process";
import { chown, mkdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { initProject } from "../../src/project/config-init.ts";
import { loadProject } from "../../src/project/config-load.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const minimal = '{ "host_groups": { "dev": { "hosts": [{ "host": "apollo", "dir": "~/d" }] } } }';

/** Somebody else on this machine. */
const mallory = 1001;

let root: string;
beforeEach(async () => {
  root = join(temporaryDirectory("igor-config-"), "rocket");
  await mkdir(root);
});

async function writeProject(text: string): Promise<string> {
  const file = join(root, ".igor", "config.json");
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}

describe("loadProject", () => {
  test("finds the configuration from any directory below", async () => {
    const configFile = await writeProject(minimal);
    const below = join(root, "src", "deep");
    await mkdir(below, { recursive: true });
    expect(await loadProject(below)).toMatchObject({
      ok: true,
      value: { name: "rocket", root, configFile, image: { dockerfile: "Dockerfile" } },
    });
  });

  test.each([
    [["Dockerfile"], "Dockerfile"],
    [["dockerfile"], "dockerfile"],
    [["dockerfile", "Dockerfile"], "Dockerfile"],
    [[], "Dockerfile"],
  ])("with the files %j builds from %s by default", async (files, dockerfile) => {
    await writeProject(minimal);
    for (const file of files) await writeFile(join(root, file), "FROM scratch\n");
    expect(await loadProject(root)).toMatchObject({ value: { image: { dockerfile } } });
  });

  test("outside a project says where it looked", async () => {
    expect(await loadProject(root)).toEqual({
      ok: false,
      failure: { reason: "config-missing", from: root },
    });
  });

  test("takes no configuration that another user put above, but that of the tree one is in", async () => {
    const file = await writeProject(minimal);
    const below = join(root, "mine");
    await mkdir(below);
    await chown(dirname(file), mallory, mallory);
    expect(await loadProject(below)).toEqual({
      ok: false,
      failure: { reason: "config-of-another", file, from: below },
    });
    expect(await loadProject(root)).toMatchObject({ ok: true });
    expect(await initProject(below, { host: "apollo", dir: "~/d" })).toMatchObject({ ok: true });
    const hers = join(root, "hers");
    await mkdir(hers);
    await chown(hers, mallory, mallory);
    expect(await loadProject(hers)).toMatchObject({ ok: true, value: { root } });
  });

  test("names the file whose content is wrong, and every problem", async () => {
    const file = await writeProject('{ "host_groups": {}, "usr": 1 }');
    const loaded = await loadProject(root);
    expect(loaded).toMatchObject({ failure: { reason: "config-invalid", file } });
    expect(loaded).toHaveProperty("failure.problems.length", 2);
  });

  test("says why a file cannot be read", async () => {
    const file = join(root, ".igor", "config.json");
    await mkdir(file, { recursive: true });
    expect(await loadProject(root)).toMatchObject({
      failure: {
        reason: "config-unreadable",
        file,
        detail: expect.stringContaining("neither a file"),
      },
    });
  });

  test.each([".igor/config.json", ".igorignore"])(
    "does not wait for a pipe in the place of %s",
    async (path) => {
      await writeProject(minimal);
      const file = join(root, path);
      await rm(file, { force: true });
      execFileSync("mkfifo", [file]);
      expect(await loadProject(root)).toMatchObject({
        failure: { reason: "config-unreadable", file },
      });
    },
  );

  test("asks for a name where that of the directory cannot be one", async () => {
    root = join(root, "my project");
    const file = await writeProject(minimal);
    expect(await loadProject(root)).toEqual({
      ok: false,
      failure: { reason: "project-unnamed", file, directory: root },
    });
    await writeProject(minimal.replace("{", '{ "project": "moon", '));
    expect(await loadProject(root)).toMatchObject({ ok: true, value: { name: "moon" } });
  });
});

describe("initProject", () => {
  const first = { host: "apollo", dir: "/data/dino" };

  test("writes a configuration that loads", async () => {
    const file = join(root, ".igor", "config.json");
    expect(await initProject(root, first)).toMatchObject({ ok: true, value: { file } });
    expect(await loadProject(root)).toMatchObject({
      ok: true,
      value: { name: basename(root), hostGroups: [{ name: "dev", hosts: [first] }] },
    });
  });

  test.each([
    ["my project", "my-project"],
    ["--", "project"],
    ["_été 2026", "t-2026"],
  ])("names the project in the directory %j %s", async (directory, name) => {
    root = join(root, directory);
    await mkdir(root);
    await initProject(root, first);
    expect(await loadProject(root)).toMatchObject({ ok: true, value: { name } });
  });

  test("never overwrites or hides a configuration, not even a broken one", async () => {
    const file = await writeProject("{");
    const below = join(root, "src");
    await mkdir(below);
    for (const directory of [root, below]) {
      expect(await initProject(directory, first)).toEqual({
        ok: false,
        failure: { reason: "config-exists", file },
      });
    }
  });

  test.each([
    [{ ...first, host: "-x" }, "host", "-x"],
    [{ ...first, dir: "data" }, "dir", "data"],
  ])("refuses %j", async (answers, key, value) => {
    expect(await initProject(root, answers)).toMatchObject({
      failure: { reason: "init-refused", key, value, message: expect.stringMatching(/^must be /) },
    });
  });

  test("says why the file cannot be written", async () => {
    await writeFile(join(root, ".igor"), "");
    expect(await initProject(root, first)).toMatchObject({
      failure: { reason: "config-unwritable" },
    });
  });
});
