import { afterAll, expect, test } from "vitest";
import type { StatusFinding } from "../../src/model/finding-status.ts";
import { containerPrograms } from "../../src/remote/container-programs.ts";
import { startedPrograms } from "../../src/remote/exec-parts.ts";
import { readFindings } from "../../src/remote/findings.ts";
import { hostAddress, onHost } from "../hosts/bed.ts";
import { startRelay } from "../hosts/relay.mjs";
import type { Relay } from "../hosts/relay.mjs";
import {
  aDockerProject,
  containerOf,
  eventsOf,
  inHostDir,
  removeDockerProjects,
} from "../support/docker-project.ts";
import { aLaptop } from "../support/laptop.ts";
import type { Laptop, TestProject } from "../support/laptop.ts";
import { runProgram, shells } from "../support/run-program.ts";
import { until } from "../support/until.ts";

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
    .replaceAll(/from \S+@\S+ \(\w+\)/g, "from HERE")
    .replaceAll(/port \d+/g, "port N");
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

test("hosts are told with their distance, what a push would bring, and how long the last actions took", async () => {
  const [apollo, enterprise] = await Promise.all([aRelayTo("apollo"), aRelayTo("enterprise")]);
  const far = aLaptop({ through: { apollo: apollo.port, enterprise: enterprise.port } });
  const project = aDockerProject();
  const timed = async (...words: readonly string[]): Promise<number> => {
    const begin = performance.now();
    await far.igor(project, words);
    return performance.now() - begin;
  };
  const setupMs = await timed("docker", "setup", "-g", "cluster");
  const execMs = await timed("docker", "exec", "-g", "cluster", "sleep", "0.3");
  project.write({ "main.py": "print(2)\n", "old.py": "" });
  const pushMs = await timed("push", "-g", "cluster");
  project.write({ "main.py": "print(3)\n", "new.py": "1\n", "more/new.py": "2\n" });
  project.remove("old.py");
  apollo.setDelay(20);
  await enterprise.close();

  // Where this machine is busy, a look may take longer than the way there and back.
  const one = await until("a round trip of less than 70 ms", async () => {
    const { stdout } = await far.igor(project, ["status", "-g", "cluster", "--json"]);
    const found = eventsOf(stdout).flatMap(({ host, finding }) =>
      host === "apollo" && finding !== undefined ? [finding as StatusFinding] : [],
    );
    const link = found.find(({ kind }) => kind === "link") as Found<"link">;
    expect(link.roundTripMs).toBeGreaterThanOrEqual(40);
    return (
      link.roundTripMs < 70 &&
      (<K extends StatusFinding["kind"]>(kind: K) =>
        found.find((finding) => finding.kind === kind) as Found<K>)
    );
  });
  expect(one("pending")).toMatchObject({ files: 6, send: 3, bytes: 13, delete: 1, isFirst: false });
  expect(one("tree")).toMatchObject({ state: "known", keptAside: 0 });
  expect(one("image-state")).not.toHaveProperty("because");
  expect(one("container-state")).toMatchObject({ state: "running" });
  const { last } = one("timings");
  expect(last.map(({ verb }) => verb)).toEqual(["push", "setup", "exec"]);
  // The start and the end of igor itself are no part of it, and the command slept.
  for (const [index, ms] of [pushMs, setupMs, execMs].entries())
    expect(last[index]?.tookMs).toBeLessThan(ms);
  expect(last[2]?.tookMs).toBeGreaterThanOrEqual(300);

  expect(await status(project, ["-g", "cluster"], far)).toMatchInlineSnapshot(`
    "enterprise  not reached: nothing accepts ssh connections there (Connection refused)
      files      since the last push from here: 3 files to send (13 B), 1 to delete
      took       push N s (N s ago), setup N s (N s ago), exec N s (N s ago)
    apollo  N ms away, over igor's own connection
      files      pushed from here N s ago; 3 files to send (13 B), 1 to delete: igor push -g cluster
      image      dino-toy:igor is up to date, built N s ago
      container  dino-toy-cluster has run for N s
      disk       N free of N
      took       push N s (N s ago), setup N s (N s ago), exec N s (N s ago)
    ✗ enterprise: nothing accepts ssh connections there (Connection refused)
      | ssh: connect to host 127.0.0.1 port N: Connection refused
      → check that sshd runs, and Port/HostName of \`enterprise\` in your ssh config
    exit code 1"
  `);
  await Promise.all([far.close(), apollo.close()]);
});

type Found<K extends StatusFinding["kind"]> = Extract<StatusFinding, { kind: K }>;

const aRelayTo = async (host: string): Promise<Relay> =>
  startRelay({ target: { host: await hostAddress(host), port: 22 } });

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
    in_kept: startedPrograms.kept.join(""),
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
