import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { aDesk } from "../support/run-igor.ts";
import type { Desk } from "../support/run-igor.ts";

const project = {
  ".igor/config.json":
    '{ "host_groups": { "dev": { "hosts": [{ "host": "apollo", "dir": "~/d" }] } } }',
  "src/a.py": "",
};

const verbs = [
  ["vimspector", ".vimspector.json", "{}"],
  ["vscode", ".vscode/launch.json", "[]"],
] as const;

function textOf(desk: Desk, path: string): string {
  return readFileSync(join(desk.root, path), "utf8");
}

describe.each(verbs)("igor config %s", (verb, path, none) => {
  test("writes the file of the project, and says so", async () => {
    using desk = aDesk(project);
    const words = ["config", verb];
    expect(await desk.igor(words, { below: "src" })).toMatchObject({
      stdout: `wrote ${path}: 4 entries\n`,
      stderr: "",
      exitCode: 0,
    });
    const text = textOf(desk, path);
    expect(Object.keys(JSON.parse(text) as object)).toContain("configurations");
    expect(text).toContain('"igor: current file"');
    expect(text).not.toMatch(/apollo|"port"|"connect"/);
    expect(text).not.toContain(desk.root);
    const before = statSync(join(desk.root, path), { bigint: true });
    expect(await desk.igor(words)).toMatchObject({ stdout: `${path}: up to date\n`, exitCode: 0 });
    const after = statSync(join(desk.root, path), { bigint: true });
    expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs]);
  });

  test("--check tells by its exit code whether the file is up to date, and writes nothing", async () => {
    using desk = aDesk(project);
    const check = ["config", verb, "--check"];
    const missing = await desk.igor(check);
    expect(missing).toMatchObject({ exitCode: 1, stdout: "" });
    expect(missing.stderr).toContain(`is missing\n  ${join(desk.root, path)}\n`);
    expect(existsSync(join(desk.root, path))).toBe(false);
    desk.write({ [path]: `{ "configurations": ${none} }` });
    const before = textOf(desk, path);
    const stale = await desk.igor(check);
    expect(stale).toMatchObject({ exitCode: 1, stdout: "" });
    expect(stale.stderr).toContain("is not up to date");
    expect(stale.stderr).toContain(`\`igor config ${verb}\` writes it`);
    expect(textOf(desk, path)).toBe(before);
    await desk.igor(["config", verb]);
    expect(await desk.igor(check)).toMatchObject({ exitCode: 0, stdout: `${path}: up to date\n` });
  });

  test("refuses a broken file with line and column, and leaves it as it is", async () => {
    using desk = aDesk({ ...project, [path]: '{\n  "configurations": \n  "x": 1\n}\n' });
    const { stdout, stderr, exitCode } = await desk.igor(["config", verb]);
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
    expect(stderr).toMatch(new RegExp(`${path.replaceAll(".", "\\.")}:3:\\d+`));
    expect(textOf(desk, path)).toBe('{\n  "configurations": \n  "x": 1\n}\n');
  });

  test.each([
    ["configurations of another kind", '{\n  "configurations": 1\n}', ":2:21"],
    ["no object", "[]", ":1:1"],
    ["nested too deeply", `{ "a": ${"[".repeat(100_000)}`, ":1:"],
  ])("refuses a file with %s", async (_, text, place) => {
    using desk = aDesk({ ...project, [path]: text });
    const { stderr, exitCode } = await desk.igor(["config", verb]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`${path}${place}`);
    expect(textOf(desk, path)).toBe(text);
  });

  test("refuses a file that is not UTF-8, whose bytes it could not keep", async () => {
    using desk = aDesk({ ...project, [path]: "" });
    const bytes = Buffer.from('{\n  "a": "\u00e9t\u00e9"\n}\n', "latin1");
    writeFileSync(join(desk.root, path), bytes);
    const { stderr, exitCode } = await desk.igor(["config", verb]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`${path}:2:9\n  | is not UTF-8`);
    expect(readFileSync(join(desk.root, path))).toEqual(bytes);
  });

  test("writes through a link to the file itself, which keeps its mode", async () => {
    using desk = aDesk({ ...project, "../shared/debug.json": "{}\n", [path]: "" });
    const shared = join(desk.root, "..", "shared");
    execFileSync("rm", [join(desk.root, path)]);
    symlinkSync(join(shared, "debug.json"), join(desk.root, path));
    chmodSync(join(shared, "debug.json"), 0o640);
    expect(await desk.igor(["config", verb])).toMatchObject({ exitCode: 0 });
    expect(lstatSync(join(desk.root, path)).isSymbolicLink()).toBe(true);
    expect(statSync(join(shared, "debug.json")).mode & 0o777).toBe(0o640);
    expect(readFileSync(join(shared, "debug.json"), "utf8")).toContain("igor: attach");
    expect(readdirSync(shared)).toEqual(["debug.json"]);
  });

  test("says that it cannot read what is no file", async () => {
    using desk = aDesk({ ...project, [`${path}/x`]: "" });
    const { stderr, exitCode } = await desk.igor(["config", verb]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("cannot be read");
  });
});

test("igor config vscode says that it cannot write", async () => {
  using desk = aDesk(project);
  symlinkSync("/proc/self", join(desk.root, ".vscode"));
  const { stderr, exitCode } = await desk.igor(["config", "vscode"]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain("cannot be written");
});

test("a trailing comma is refused for vimspector, which cannot read it, and kept for VS Code", async () => {
  const text = '{\n  "configurations": KIND,\n  "x": [1, 2, /* two */],\n}\n';
  using desk = aDesk({
    ...project,
    ".vimspector.json": text.replace("KIND", "{}"),
    ".vscode/launch.json": text.replace("KIND", "[]"),
  });
  const refused = await desk.igor(["config", "vimspector"]);
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toMatch(/has 2 mistakes\n.*json:3:13: .*\n(?:.*\n)*.*json:3:25: /);
  expect(await desk.igor(["config", "vscode"])).toMatchObject({ exitCode: 0, stderr: "" });
  expect(textOf(desk, ".vscode/launch.json")).toContain('  "x": [1, 2, /* two */],\n}\n');
});

test("a byte order mark is refused for vimspector, which cannot read it, and kept for VS Code", async () => {
  using desk = aDesk({
    ...project,
    ".vimspector.json": "\uFEFF{}",
    ".vscode/launch.json": "\uFEFF{}",
  });
  const refused = await desk.igor(["config", "vimspector"]);
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain(".vimspector.json:1:1\n  | no byte order mark may stand here");
  expect(await desk.igor(["config", "vscode"])).toMatchObject({ exitCode: 0, stderr: "" });
  expect(textOf(desk, ".vscode/launch.json")).toMatch(/^\uFEFF\{\n/);
});

test("igor config dap prints Lua, in a project and elsewhere", async () => {
  using desk = aDesk();
  const { stdout, stderr, exitCode } = await desk.igor(["config", "dap"]);
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  expect(stdout).toContain('local dap = require("dap")\n');
});

test("outside of a project there is no file to write", async () => {
  using desk = aDesk();
  const { stderr, exitCode } = await desk.igor(["config", "vimspector"]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("igor init");
});
