import { afterAll, expect, test } from "vitest";
import { containerPrograms } from "../../src/remote/container-programs.ts";
import { readFindings } from "../../src/remote/findings.ts";
import { onHost } from "../hosts/bed.ts";
import {
  aDockerProject,
  containerOf,
  inHostDir,
  removeDockerProjects,
} from "../support/docker-project.ts";
import { aLaptop } from "../support/laptop.ts";
import type { Laptop, TestProject } from "../support/laptop.ts";
import { runProgram, shells } from "../support/run-program.ts";

const laptop = aLaptop();
const other = aLaptop({ sshConfig: "Host enterprise\n  HostName 10.255.255.1\nHost *\n" });
afterAll(async () => {
  await Promise.all([laptop.close(), other.close()]);
  await removeDockerProjects(["apollo", "enterprise"]);
});

/** What the user sees, without what differs from run to run. */
async function status(
  project: TestProject,
  words: readonly string[] = [],
  on: Laptop = laptop,
): Promise<string> {
  const { exitCode, stdout, stderr } = await on.igor(project, ["status", ...words]);
  return `${stdout}${stderr}exit code ${String(exitCode)}`
    .replaceAll(project.name, "toy")
    .replaceAll(/[\d.]+ ms away/g, "N ms away")
    .replaceAll(/\b\d+(\.\d)? (s|min)\b/g, "N s")
    .replaceAll(/[\d.]+ .?B free of [\d.]+ .?B/g, "N free of N")
    .replaceAll(/from \S+@\S+ \(\w+\)/g, "from HERE");
}

test("status follows a project from nothing to a container that runs, and changes nothing", async () => {
  const project = aDockerProject();
  expect(await status(project)).toMatchInlineSnapshot(`
    "apollo  N ms away, over igor's own connection
      files      nothing was pushed yet; 4 files to send (327 B): igor push
      image      not built yet: igor docker setup builds it
      container  none: igor docker setup makes it
      disk       N free of N
    exit code 0"
  `);
  const { exitCode } = await onHost("apollo", ["test", "-e", project.hostDir]);
  expect(exitCode).toBe(1);

  await laptop.igor(project, ["docker", "setup"]);
  expect(await status(project)).toMatchInlineSnapshot(`
    "apollo  N ms away, over igor's own connection
      files      pushed from here N s ago, 4 files; nothing to send
      image      dino-toy:igor is up to date, built N s ago
      container  dino-toy-dev has run for N s
      disk       N free of N
      took       setup N s (N s ago)
    exit code 0"
  `);

  project.write({ "requirements.txt": "torch\n", "new.py": "1\n" });
  project.remove("main.py");
  await onHost("apollo", ["docker", "stop", "-t", "0", containerOf(project)]);
  await inHostDir(project, "mkdir -p .igor/host/conflicts/g && echo 1 >.igor/host/conflicts/g/a");
  const before = await inHostDir(project, "find . -type f -printf '%p %T@\\n' | sort");
  expect(await status(project)).toMatchInlineSnapshot(`
    "apollo  N ms away, over igor's own connection
      files      pushed from here N s ago; 2 files to send (8 B), 1 to delete: igor push
      conflicts  1 file that igor did not put there are kept in .igor/host/conflicts/
      image      dino-toy:igor, built N s ago; changed since: requirements.txt; igor docker setup builds it anew
      container  dino-toy-dev has been stopped for N s; its image is out of date: igor docker setup replaces it
      disk       N free of N
      took       setup N s (N s ago)
    exit code 0"
  `);
  expect(await inHostDir(project, "find . -type f -printf '%p %T@\\n' | sort")).toBe(before);
}, 30_000);

test("a host that is not there delays nothing that the others tell", async () => {
  const project = aDockerProject();
  const began = performance.now();
  let apolloAfterMs = Infinity;
  const child = other.start(project, ["status", "-g", "cluster"]);
  let said = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    said += chunk.toString();
    if (said.includes("apollo  "))
      apolloAfterMs = Math.min(apolloAfterMs, performance.now() - began);
  });
  const exitCode = await new Promise((resolve) => child.once("close", resolve));
  expect(apolloAfterMs).toBeLessThan(3000);
  expect(said).toMatch(/^enterprise {2}not reached: no /m);
  expect(exitCode).toBe(1);
});

test("another laptop is told who pushed, and that it does not know what is there", async () => {
  const project = aDockerProject();
  await laptop.igor(project, ["push"]);
  const stranger = aLaptop();
  expect(await status(project, [], stranger)).toContain(
    "not what was last sent from here: the next push compares all",
  );
  await stranger.close();
});

test("a project without a dockerfile has a status all the same, and so has a host without an engine", async () => {
  const project = aDockerProject({}, { dockerfile: "none" });
  await onHost("apollo", "mv /usr/bin/docker /usr/bin/docker.away");
  try {
    const said = await status(project);
    expect(said).toContain("docker is not installed there: igor doctor tells what to do");
    expect(said).toContain("exit code 0");
  } finally {
    await onHost("apollo", "mv /usr/bin/docker.away /usr/bin/docker");
  }
});

test.each(shells)("%s looks in the same way", async (shell) => {
  const inputs = {
    in_engine: "docker",
    in_base: "/home/dino",
    in_dir: "/home/dino/nothing-here",
    in_project: "toy",
    in_source: "eA==",
    in_group: "dev",
    in_owner: "dino",
    in_image: "dino-toy:igor",
    in_image_hash: "h",
    in_dockerfile: "Dockerfile",
    in_container: "dino-toy-dev",
    in_config_hash: "c",
    in_workspace: "/workspace",
    in_container_user: "host",
    in_gpus: "auto",
    in_accept: "-",
  };
  const { stdout, stderr, exitCode } = await runProgram(containerPrograms.status, inputs, {
    shell,
  });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(readFindings(stdout).map(({ kind }) => kind)).toEqual([
    "tree",
    "disk",
    "image-state",
    "container-state",
  ]);
});
