import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aDockerProject, igorInTerminal, removeDockerProjects } from "../support/docker-project.ts";
import { aLaptop } from "../support/laptop.ts";
import type { Laptop } from "../support/laptop.ts";
import { until } from "../support/until.ts";

const laptop = aLaptop();
const project = aDockerProject(
  {
    Dockerfile:
      "FROM igor-demo/busybox:1\nARG KEY\nCOPY requirements.txt /\nRUN echo key is $KEY of https://me:$KEY@example\n",
  },
  { build_args: { KEY: "opensesame" }, env: { API: "abracadabra" } },
);
beforeAll(async () => {
  const { exitCode, stderr } = await laptop.igor(project, ["docker", "setup"]);
  expect(exitCode, stderr).toBe(0);
});
afterAll(async () => {
  await laptop.close();
  await removeDockerProjects();
});

/** The text of the newest journal. */
function newest({ env }: Laptop): string {
  const projects = join(env["XDG_STATE_HOME"] ?? "", "igor", "projects");
  const directory = join(projects, readdirSync(projects)[0] ?? "", "journal");
  return readFileSync(join(directory, readdirSync(directory).sort().at(-1) ?? ""), "utf8");
}

/** The last line of the list of actions. */
async function lastListed(): Promise<string> {
  const { stdout } = await laptop.igor(project, ["log"]);
  return stdout.trimEnd().split("\n").at(-1) ?? "";
}

describe("igor log", () => {
  test("shows a build again, with its output when asked, and without its secrets", async () => {
    const built = await laptop.igor(project, ["docker", "build"]);
    const again = await laptop.igor(project, ["log", "--last"]);
    expect(again.stdout).toContain(built.stderr);
    const first = (await laptop.igor(project, ["log"])).stdout.split(" ")[0] ?? "";
    const { stdout } = await laptop.igor(project, ["log", first, "--verbose"]);
    expect(stdout).toContain("key is (build_args KEY) of https://…@example");
    expect(stdout).toMatch(/docker setup .* done on apollo in .* container started/);
    const { stdout: lines } = await laptop.igor(project, ["log", first, "--json"]);
    expect(lines).not.toMatch(/opensesame|abracadabra/);
  });

  test("tells how a command ended, and none of its words and bytes", async () => {
    const words = ["docker", "exec", "sh", "-c", "echo my result; cat; exit 3"];
    expect(await laptop.igor(project, words, { input: "my input" })).toMatchObject({ exitCode: 3 });
    expect(await lastListed()).toMatch(/ {2}exit 3 {2}docker exec sh … +\S+ on apollo$/);
    expect(newest(laptop)).not.toMatch(/my result|my input|cat/);
    await laptop.igor(project, ["docker", "exec", "-g", "cluster", "echo", "my result"]);
    expect(newest(laptop)).not.toContain("my result");
  });

  test("tells that an action was cancelled, and that igor was killed", async () => {
    for (const [signal, end] of [
      ["SIGTERM", "cancelled"],
      ["SIGKILL", "killed"],
    ] as const) {
      const child = laptop.start(project, ["docker", "exec", "sh", "-c", "echo go; sleep 60"]);
      const ended = new Promise((resolve) => child.once("close", resolve));
      await new Promise((resolve) => child.stdout?.once("data", resolve));
      expect(await lastListed()).toContain("  running  ");
      child.kill(signal);
      await ended;
      expect(await lastListed()).toContain(`  ${end}  `);
    }
  });

  test("on a terminal ends with the lines that the action ended with", async () => {
    using setup = igorInTerminal(laptop, project, ["docker", "setup"]);
    const said = (await setup.shows(/code \d/)).replace(/\ncode[^]*/, "");
    expect(said).toContain("✓ docker setup");
    using log = igorInTerminal(laptop, project, ["log", "--last"]);
    const again = await until("the log", () => /code 0/.test(log.screen()) && log.screen());
    expect(again).toContain(said.trim());
  });
});
