import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { transform } from "esbuild";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "igor-bin-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs an igor in a directory outside of every project. */
function run(igor: string, ...words: readonly string[]): Promise<Ended> {
  return runWith({}, igor, words);
}

function runWith(
  more: Readonly<Record<string, string>>,
  igor: string,
  words: readonly string[],
): Promise<Ended> {
  return new Promise((done) => {
    const env = { ...process.env, XDG_CACHE_HOME: join(directory, ".cache"), ...more };
    const child = execFile(igor, words, { cwd: directory, env }, (_, stdout, stderr) =>
      done({ exitCode: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

const igor = resolve("bin/igor");

describe("bin/igor", () => {
  test("prints its version", async () => {
    const stdout = `igor ${packageJson.version}\n`;
    expect(await run(igor, "--version")).toEqual({ exitCode: 0, stdout, stderr: "" });
  });

  test("explains a verb", async () => {
    const { exitCode, stdout, stderr } = await run(igor, "help", "docker", "setup");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^igor docker setup - /);
  });

  test("colours help as FORCE_COLOR and NO_COLOR say", async () => {
    const help = async (env: Readonly<Record<string, string>>): Promise<boolean> =>
      (await runWith(env, igor, ["help"])).stdout.includes("\u001B[");
    expect(await help({ FORCE_COLOR: "1", NO_COLOR: "1" })).toBe(true);
    expect(await help({ FORCE_COLOR: "0" })).toBe(false);
  });

  test("explains the keys of the configuration", async () => {
    const { exitCode, stdout } = await run(igor, "help", "config");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("docker_rebuild_files");
  });

  test.each([
    [["psuh"], /push/],
    [["push", "--hsot", "a"], /--host/],
    [["docker", "exec"], /COMMAND/],
    [["push"], /igor init/],
  ])("answers %j on stderr, with exit code 2", async (words, hint) => {
    const { exitCode, stdout, stderr } = await run(igor, ...words);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(hint);
  });

  test("refuses a word that is not UTF-8, but no U+FFFD that was typed", async () => {
    const exec = (word: string) =>
      run("/bin/sh", "-c", `"$0" docker exec echo "$(printf '${word}')"`, igor);
    const refused = await exec("caf\\351");
    expect({ ...refused, stderr: refused.stderr.split("\n")[0] }).toEqual({
      exitCode: 2,
      stdout: "",
      stderr:
        "✗ igor docker exec: the word `caf\uFFFD` is not UTF-8 and would arrive as another one",
    });
    expect((await exec("caf\\357\\277\\275")).stderr).toContain("igor init");
  });

  test.each(["throw bug", "Promise.reject(bug)"])(
    "tells of a bug of its own as such: %s",
    async (way) => {
      const fault = join(directory, "fault.cjs");
      const bug = 'new TypeError("steps is not iterable")';
      await writeFile(fault, `process.nextTick(() => { const bug = ${bug}; ${way}; });\n`);
      const env = { NODE_OPTIONS: `--require ${fault}` };
      const { exitCode, stdout, stderr } = await runWith(env, igor, ["push"]);
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
      expect(stderr).toMatch(/^✗ this is a bug of igor: TypeError: steps is not iterable\n/);
      expect(stderr).toContain(`igor ${packageJson.version}, Node `);
      expect(stderr).toMatch(/\| at .*fault\.cjs:1/);
      const json = await runWith(env, igor, ["push", "--json"]);
      expect(json.stderr).toBe("");
      expect(JSON.parse(json.stdout)).toMatchObject({ type: "failed", failure: { reason: "bug" } });
    },
  );

  test("does not end as if all were well when what it waits for never comes", async () => {
    const fault = join(directory, "fault.cjs");
    const never = "() => new Promise(() => undefined)";
    await writeFile(fault, `require("node:fs/promises").stat = ${never};\n`);
    const { exitCode, stderr } = await runWith({ NODE_OPTIONS: `--require ${fault}` }, igor, [
      "push",
    ]);
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^✗ this is a bug of igor: Error: it waits for what never/),
    });
  });

  test("that cannot write its answer says so, with exit code 1", async () => {
    const ran = await run("/bin/sh", "-c", '"$0" help >/dev/full', igor);
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toMatch(/standard output cannot be written.*\n.*no space left/);
  });

  test.each(["push", "init --host apollo", "log", "config show", "config check"])(
    "in a directory that is gone: %s",
    async (words) => {
      const inNowhere = `mkdir gone; cd gone; rmdir ../gone; "$0" ${words}`;
      const { exitCode, stderr } = await run("/bin/sh", "-c", inNowhere, igor);
      expect({ exitCode, stderr }).toMatchObject({
        exitCode: 2,
        stderr: expect.stringMatching(/^✗ the directory that you are in is not there any more\n/),
      });
    },
  );

  test("pushes with a Node 22.2, which has no process.getBuiltinModule", async () => {
    const fault = join(directory, "fault.cjs");
    await writeFile(fault, "delete process.getBuiltinModule;\n");
    await mkdir(join(directory, ".igor"));
    const config = {
      project: "p",
      host_groups: { dev: { hosts: [{ host: "apollo", dir: "~/x" }] } },
    };
    await writeFile(join(directory, ".igor", "config.json"), JSON.stringify(config));
    const env = { NODE_OPTIONS: `--require ${fault}` };
    const { exitCode, stderr } = await runWith(env, igor, ["push", "--plan"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  });

  test("sees a change of the configuration, also one of the same length in the same moment", async () => {
    await mkdir(join(directory, ".igor"));
    const file = join(directory, ".igor", "config.json");
    for (const host of ["apollo", "athena", "apollo"]) {
      const config = { project: "p", host_groups: { dev: { hosts: [{ host, dir: "~/x" }] } } };
      await writeFile(file, JSON.stringify(config));
      expect((await run(igor, "push", "--plan")).stdout).toMatch(`push p on ${host};`);
    }
    await writeFile(file, "{}");
    expect((await run(igor, "push", "--plan")).exitCode).toBe(2);
  });

  test("makes a project, and not twice", async () => {
    const words = ["init", "--host", "apollo", "--dir", "~/d", "--yes"];
    expect(await run(igor, ...words)).toMatchObject({ exitCode: 0 });
    const second = await run(igor, ...words);
    expect(second.exitCode).toBe(2);
    expect(second.stderr).toContain(join(directory, ".igor", "config.json"));
  });
});

describe("bin/igor without its bundle", () => {
  test("says how to build it", async () => {
    await cp("bin", join(directory, "bin"), { recursive: true });
    const { exitCode, stdout, stderr } = await run(join(directory, "bin", "igor"), "push");
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain(`cd '${directory}' && npm ci --omit=dev`);
  });
});

describe("a Node that is too old", () => {
  const entries = ["bin/igor", "dist/cli.cjs", "dist/nvim.cjs"];
  const { node } = packageJson.engines;
  const oldest = node.replace(">=", "");

  /** Runs an entry with a Node that takes itself for another version. */
  async function runAs(version: string, entry: string, word: string): Promise<Ended> {
    const fault = join(directory, "fault.cjs");
    const versions = `{ ...process.versions, node: ${JSON.stringify(version)} }`;
    await writeFile(fault, `Object.defineProperty(process, "versions", { value: ${versions} });\n`);
    return run(process.execPath, "--require", fault, resolve(entry), word);
  }

  test.each(entries)("is told so by %s, with what to do and exit code 2", async (entry) => {
    for (const version of ["10.24.1", "18.20.4", "20.18.3"]) {
      const { exitCode, stdout, stderr } = await runAs(version, entry, "push");
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
      expect(stderr).toContain(`igor needs Node ${oldest} or newer, and this is ${version} (/`);
      expect(stderr).toMatch(/set the option `node`, e\.g\. vim\.g\.igor = \{ node = ".+" \}\n$/);
      expect(stderr).not.toContain("    at ");
    }
  });

  test.each([`${oldest}.0`, "21.0.0", "100.0.0"])("is not %s", async (version) => {
    expect(await runAs(version, "bin/igor", "--version")).toMatchObject({ exitCode: 0 });
    expect(await runAs(version, "dist/nvim.cjs", "is-stale")).toMatchObject({ exitCode: 0 });
  });

  test.each(["dist/cli.cjs", "dist/nvim.cjs"])("can read %s as far as that", async (entry) => {
    const text = await readFile(entry, "utf8");
    const [old, any] = await Promise.all(
      ["node10", "esnext"].map(async (target) => (await transform(text, { target })).code),
    );
    expect(old).toBe(any);
  });

  test("can load the entry for the classic node host, which has nothing against it", async () => {
    const entries = ["bin/igor", "rplugin/node/igor/index.js"];
    for (const entry of entries) expect(await readFile(entry, "utf8")).not.toContain('"node:');
  });
});

describe("bin/igor with code that V8 does not know", () => {
  test.each(["missing", "broken"])("%s: runs as well", async (state) => {
    for (const part of ["bin", "dist"]) await cp(part, join(directory, part), { recursive: true });
    for (const file of await readdir("dist")) {
      if (!file.endsWith(".code")) continue;
      const copy = join(directory, "dist", file);
      await (state === "missing" ? rm(copy) : writeFile(copy, "no code"));
    }
    const { exitCode, stdout } = await run(join(directory, "bin", "igor"), "help", "config");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("docker_rebuild_files");
  });
});
