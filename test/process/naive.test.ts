import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

const script = fileURLToPath(new URL("../../bench/naive/igor", import.meta.url));
const base = mkdtempSync(join(tmpdir(), "igor-naive-"));
const project = join(base, "Spirals");
const said = join(base, "said");

/** A program that notes its words, one line of JSON each, and answers with what ANSWER holds. */
const noting = `#!/usr/bin/python3
import json, os, sys
open(${JSON.stringify(said)}, "a").write(json.dumps([os.path.basename(sys.argv[0]), *sys.argv[1:]]) + "\\n")
print(os.environ.get("ANSWER", ""))
`;

beforeAll(() => {
  for (const name of ["ssh", "rsync"]) {
    const file = join(base, "bin", name);
    mkdirSync(join(base, "bin"), { recursive: true });
    writeFileSync(file, noting);
    chmodSync(file, 0o755);
  }
  mkdirSync(join(project, ".igor"), { recursive: true });
  mkdirSync(join(project, "deep/er"), { recursive: true });
  const config = {
    user: "dino",
    repl_cmd: "ipython --pylab",
    debug_port: 5556,
    host_groups: {
      dev: { hosts: [{ host: "apollo", dir: "/data" }] },
      cluster: { hosts: ["apollo", "enterprise"].map((host) => ({ host, dir: "/data" })) },
    },
  };
  writeFileSync(join(project, ".igor/config.json"), JSON.stringify(config));
});
beforeEach(() => rmSync(said, { force: true }));
afterAll(() => rmSync(base, { recursive: true }));

/** Runs the script in the project; every ssh and rsync it ran. */
function naive(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const path = `${join(base, "bin")}:/usr/bin:/bin`;
  const { status, stderr } = spawnSync(script, words, {
    cwd: join(project, "deep/er"),
    env: { PATH: path, HOME: base, ...env },
    encoding: "utf8",
  });
  expect(`${String(status)} ${stderr}`).toMatch(/^0 /);
  const lines = readFileSync(said, "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line) as readonly string[]);
}

describe("the naive script", () => {
  test("setup is one rsync and one ssh each for inspect, build, rm and run", () => {
    const commands = naive(["docker", "setup"], { ANSWER: "running" });
    expect(commands.map(([program, ...words]) => `${program ?? ""} ${words.at(-1) ?? ""}`)).toEqual(
      [
        "rsync dino@apollo:/data/Spirals/",
        expect.stringMatching(/^ssh docker inspect .* 'dino-spirals-dev'/),
        expect.stringMatching(/^ssh cd '\/data\/Spirals' && docker build .*'dino-spirals'/),
        "ssh docker rm -f 'dino-spirals-dev'",
        expect.stringMatching(
          /^ssh docker run -d --name 'dino-spirals-dev' .*-p 127.0.0.1:5556:5556/,
        ),
      ],
    );
  });

  test("exec hands over its words as they are", () => {
    const words = ["python", "-c", "print('a  b', \"$HOME\")", "", "*"];
    const [command = []] = naive(["docker", "exec", ...words]);
    const remote = command.at(-1) ?? "";
    const { stdout } = spawnSync("bash", ["-c", `docker() { printf '%s|' "$@"; }; ${remote}`], {
      encoding: "utf8",
    });
    expect(stdout).toBe(["exec", "-i", "dino-spirals-dev", ...words, ""].join("|"));
  });

  test("a group is done host after host, one host alone when it is named", () => {
    const hostsOf = (words: readonly string[]) => naive(words).map((command) => command.at(-2));
    expect(hostsOf(["docker", "clean", "-g", "cluster"])).toEqual([
      "dino@apollo",
      "dino@enterprise",
    ]);
    rmSync(said);
    expect(hostsOf(["docker", "clean", "-g", "cluster", "--host", "enterprise"])).toEqual([
      "dino@enterprise",
    ]);
  });

  test("the REPL is repl_cmd on a terminal", () => {
    const [command = []] = naive(["docker", "repl"]);
    expect(command).toContain("-tt");
    expect(command.at(-1)).toMatch(/^docker exec -it .* 'dino-spirals-dev' ipython --pylab $/);
  });

  test("connections are shared only when that is switched on", () => {
    expect(naive(["push"])[0]?.join(" ")).not.toContain("ControlMaster");
    rmSync(said);
    expect(naive(["push"], { NAIVE_MASTER: "1" })[0]?.join(" ")).toContain("ControlMaster=auto");
  });
});
