import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";

const bed = "igor-demo-test";
const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Runs the demo without a terminal, as CI would. */
function demo(...words: readonly string[]): Promise<{ exitCode: number | null; said: string }> {
  const child = spawn(process.execPath, [fromRoot("demo/run.mjs"), ...words], {
    env: { ...process.env, IGOR_BED: bed, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode) => resolve({ exitCode, said }));
  });
}

describe("the demo", () => {
  afterAll(() => demo("--down"), 60_000);

  test(
    "does the main job on two hosts, and leaves nothing behind",
    { timeout: 300_000 },
    async () => {
      const { exitCode, said } = await demo("--brief");
      expect(`${String(exitCode)} ${said}`).toMatch(/^0 /);
      for (const part of [
        /\$ igor push\n.*12 files pushed/s,
        /\$ igor docker build -g cluster\n.*built/s,
        /\$ igor docker exec pytest -q\n.*4 passed/s,
        /accuracy 63\.2%.*\+HIDDEN = 32.*1 file pushed.*image up to date.*container kept.*accuracy 100\.0%/s,
        /\$ igor docker repl .*Out\[3\]: 2/s,
        /apollo\W+.*accuracy 100\.0%/,
        /enterprise\W+.*accuracy 100\.0%/,
        /removed container dino-spirals-cluster/,
      ]) {
        expect(said).toMatch(part);
      }
      expect(existsSync(`/var/lib/igor-bed/${bed}`)).toBe(false);
      expect(spawnSync("pgrep", ["-f", `/var/lib/igor-bed/${bed}/`]).status).toBe(1);
    },
  );

  test("refuses words it does not know", async () => {
    expect(await demo("--fast")).toMatchObject({
      exitCode: 2,
      said: expect.stringContaining("usage:"),
    });
  });
});

describe("the typist", () => {
  const directory = mkdtempSync(join(tmpdir(), "igor-typist-"));
  afterAll(() => rmSync(directory, { recursive: true }));

  /** Types a script into `sh -c PROGRAM` without a terminal of our own. */
  const type = (script: readonly (readonly [string, string])[], program: string) =>
    spawnSync(
      "/usr/bin/python3",
      [fromRoot("demo/type.py"), JSON.stringify(script), "sh", "-c", program],
      {
        encoding: "utf8",
        cwd: directory,
      },
    );

  test("waits for the prompt, types the line, and passes on screen and exit code", () => {
    const answered = type(
      [["name? ", "dino"]],
      'printf "your \\033[1mname\\033[0m? "; read -r n; echo "hello $n"; exit 7',
    );
    expect(answered.stdout).toContain("hello dino");
    expect(answered.status).toBe(7);
  });

  test("gives its command a terminal", () => {
    expect(type([["ready", "x"]], "test -t 0 && test -t 1 && echo ready; read -r _").status).toBe(
      0,
    );
  });

  test("fails when the command ends without having asked", () => {
    const { status, stderr } = type([["name? ", "dino"]], "echo bye");
    expect(status).toBe(1);
    expect(stderr).toContain("waited for 'name? ' in vain");
  });
});

test("the demo's project has what the demo changes and asks for", () => {
  expect(readFileSync(fromRoot("demo/project/spirals/train.py"), "utf8")).toContain("HIDDEN = 2\n");
  expect(
    JSON.parse(readFileSync(fromRoot("demo/project/.igor/config.json"), "utf8")),
  ).toMatchObject({
    repl_cmd: "ipython",
    docker_rebuild_files: ["requirements.txt"],
  });
});
