import { createHash } from "node:crypto";
import { readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { onHost } from "../hosts/bed.ts";
import {
  aDockerProject,
  containerOf,
  idOf,
  igorInTerminal,
  inContainer,
  inHostDir,
  reconfigure,
  removeDockerProjects,
  told,
  watchCommandLines,
} from "../support/docker-project.ts";
import { aLaptop } from "../support/laptop.ts";
import type { IgorResult, TestProject } from "../support/laptop.ts";
import { token } from "../support/run-session.ts";

const laptop = aLaptop();
afterAll(async () => {
  await laptop.close();
  await removeDockerProjects();
});

/** Where igor keeps what it knows of a project. */
function stateDirOf({ root }: TestProject): string {
  const digest = createHash("sha256").update(root).digest("hex").slice(0, 16);
  return join(laptop.env["XDG_STATE_HOME"] ?? "", "igor/projects", digest);
}

/** Everything that igor keeps on this machine. */
function keptHere(): string {
  return readdirSync(laptop.env["HOME"] ?? "", { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".sock"))
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), "utf8"))
    .join("\n");
}

describe("a value that comes from the environment", () => {
  const secret = `value${token()}`;
  const pem = `begin${token()}`;
  const env = {
    WANDB_API_KEY: secret,
    PEM: `${pem}\nmiddle\r\nend\r`,
    EMPTY: "",
    HALF: "a\r",
    ODD: " a'b \\ $c ",
  };
  const project = aDockerProject(
    { Dockerfile: "FROM igor-demo/busybox:1\nRUN sleep 1\n" },
    { env: { WANDB_API_KEY: null, PEM: null, EMPTY: null, HALF: null, ODD: null, MODE: "fast" } },
  );
  const igor = (words: readonly string[], more: Readonly<Record<string, string>> = env) =>
    laptop.igor(project, words, { env: more });
  const said: IgorResult[] = [];

  test("is in the container, and stands on no command line here or there", async () => {
    const watch = watchCommandLines([secret, pem]);
    said.push(await igor(["docker", "setup", "--trust", "--json"]));
    expect(await watch.stop()).toEqual([]);
    expect(said[0]).toMatchObject({ exitCode: 0, stderr: "" });
    const look = 'printf "%s|" "$WANDB_API_KEY" "$PEM" "${EMPTY-unset}" "$HALF" "$ODD" "$MODE"';
    const { stdout } = await laptop.igor(project, ["docker", "exec", "sh", "-c", look]);
    expect(stdout).toBe(
      `${[env.WANDB_API_KEY, env.PEM, env.EMPTY, env.HALF, env.ODD, "fast"].join("|")}|`,
    );
  });

  test("is told nowhere, and in no file but the engine's", async () => {
    said.push(await igor(["docker", "setup", "--verbose"]));
    said.push(await igor(["docker", "setup", "--plan", "--json"]));
    said.push(await igor(["status", "--json"]));
    const all = said.map(({ stdout, stderr }) => stdout + stderr).join("\n") + keptHere();
    expect(all).toContain("WANDB_API_KEY");
    for (const value of [secret, pem]) expect(all).not.toContain(value);
    const grep = `grep -rlE '${secret}|${pem}'`;
    expect(await inHostDir(project, `${grep} . || true`)).toBe("");
    const elsewhere = await onHost(
      "apollo",
      `${grep} /tmp /home /root /run/user 2>/dev/null || true
       docker inspect -f '{{json .Config.Labels}}' ${containerOf(project)} | ${grep} - || true`,
    );
    expect(elsewhere.stdout).toBe("");
  });

  test("keeps the container for as long as it is the same, and is not needed for anything else", async () => {
    const before = await idOf(project);
    expect(told(await igor(["docker", "setup"]), project)).toContain("container kept");
    expect((await igor(["docker", "build"], {})).exitCode).toBe(0);
    expect((await igor(["push"], {})).exitCode).toBe(0);
    for (const more of [env, {}]) {
      const { stdout, exitCode } = await igor(["status"], more);
      expect([exitCode, stdout]).toEqual([
        0,
        expect.not.stringContaining("changed in the configuration"),
      ]);
    }
    expect(await idOf(project)).toBe(before);
  });

  test("that is another one replaces the container, and status knows it where the hosts are trusted", async () => {
    const rotated = { ...env, WANDB_API_KEY: `value${token()}` };
    const changed = "changed in the configuration: env";
    expect((await igor(["status"], rotated)).stdout).toContain(changed);
    const trusted = join(stateDirOf(project), "trust.json");
    renameSync(trusted, `${trusted}.away`);
    const untold = await igor(["status"], rotated);
    renameSync(`${trusted}.away`, trusted);
    expect(untold).toMatchObject({ exitCode: 0, stdout: expect.not.stringContaining(changed) });
    expect(told(await igor(["docker", "setup"], rotated), project)).toContain(
      "container replaced: env changed",
    );
    expect(await inContainer(project, "echo $WANDB_API_KEY")).toBe(`${rotated.WANDB_API_KEY}\n`);
  });
});

describe("a configuration that asks for more", () => {
  const project = aDockerProject();
  const mark = token();
  const mounts = (target: string) => [{ source: "/srv", target }];
  const asks = async () => {
    const terminal = igorInTerminal(laptop, project, ["docker", "setup"]);
    await terminal.shows("Do you trust");
    return terminal;
  };

  beforeAll(async () => {
    expect((await laptop.igor(project, ["docker", "setup"])).exitCode).toBe(0);
    reconfigure(project, { mounts: mounts("/data") });
  });

  test("is a question at a terminal, and no leaves everything as it was", async () => {
    const before = await idOf(project);
    project.write({ "main.py": "print(2)\n" });
    for (const answer of [["n", "Enter"], ["Enter"], ["C-c"]]) {
      using terminal = await asks();
      expect(terminal.screen()).toContain("mounts: /srv of dino@apollo at /data, writable");
      terminal.keys(...answer);
      await terminal.shows(answer[0] === "C-c" ? "code 130" : "code 2");
      await terminal.shows("restored");
    }
    expect(await idOf(project)).toBe(before);
    expect(await inHostDir(project, "cat main.py")).toBe("print(1)\n");
  });

  test("that changes while the question stands is shown, too, before yes counts", async () => {
    using terminal = await asks();
    reconfigure(project, { mounts: mounts("/other") });
    terminal.keys("y", "Enter");
    expect(await terminal.shows(/at \/other, writable[^]*Do you trust[^]*\[y\/N\] *$/)).toContain(
      "at /data, writable",
    );
    terminal.keys("n", "Enter");
    await terminal.shows("code 2");
    reconfigure(project, { mounts: mounts("/data") });
  });

  test("goes on after yes, may ask about what runs then, and neither again", async () => {
    await onHost("apollo", ["docker", "exec", "-d", containerOf(project), "sleep", mark]);
    using first = await asks();
    first.keys("y", "Enter");
    await first.shows("End what runs in");
    first.keys("y", "Enter");
    await first.shows("code 0");
    expect(await inContainer(project, "ls -d /data")).toBe("/data\n");
    using second = igorInTerminal(laptop, project, ["docker", "setup"]);
    const screen = await second.shows("code 0");
    expect(screen).toContain("container kept");
    expect(screen).not.toContain("trust");
  });

  test("asks again when a mount has changed", async () => {
    reconfigure(project, { mounts: mounts("/elsewhere") });
    using terminal = await asks();
    terminal.keys("n", "Enter");
    await terminal.shows("code 2");
    expect((await laptop.igor(project, ["docker", "setup"])).exitCode).toBe(2);
    expect(await inContainer(project, "ls -d /data")).toBe("/data\n");
  });
});
