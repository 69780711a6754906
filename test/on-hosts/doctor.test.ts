import { afterAll, describe, expect, test } from "vitest";
import { containerPrograms } from "../../src/remote/container-programs.ts";
import { readChecks } from "../../src/remote/read-checks.ts";
import { onHost } from "../hosts/bed.ts";
import {
  aDockerProject,
  containerOf,
  inHostDir,
  removeDockerProjects,
  steady,
} from "../support/docker-project.ts";
import { linesAbout } from "../support/doctor-lines.ts";
import { during } from "../support/during.ts";
import { aLaptop } from "../support/laptop.ts";
import type { Laptop, TestProject } from "../support/laptop.ts";
import { aDesk } from "../support/run-igor.ts";
import { runProgram, shells } from "../support/run-program.ts";

const laptop = aLaptop();
const laptops: Laptop[] = [laptop];
afterAll(async () => {
  await Promise.all(laptops.map((one) => one.close()));
  await removeDockerProjects();
});

interface Told {
  readonly host?: string;
  readonly name: string;
  readonly verdict: string;
  readonly found: string;
  readonly fix?: string;
}

/** What doctor finds, by name, and its exit code. */
async function examined(
  project: { readonly root: string },
  words: readonly string[] = [],
  on: Laptop = laptop,
): Promise<{ readonly exitCode: number | null; readonly checks: readonly Told[] }> {
  const { exitCode, stdout } = await on.igor(project, ["doctor", "--json", ...words]);
  const lines = stdout.split("\n").filter((line) => line !== "");
  return { exitCode, checks: lines.map((line) => JSON.parse(line) as Told) };
}

/** What is not well, as `name verdict`, without what the bed itself lacks. */
const unwell = (checks: readonly Told[]): readonly string[] =>
  checks
    .filter(({ verdict, name }) => verdict !== "ok" && name !== "builder" && name !== "terminal")
    .map(({ name, verdict }) => `${name} ${verdict}`);

const of = (name: string, checks: readonly Told[], host = "apollo"): Told | undefined =>
  checks.find((check) => check.name === name && check.host === host);

const inside = ["container", "python", "debugpy", "memory", "files", "home"];
const notChecked = (...names: readonly string[]) => names.map((name) => `${name} not-checked`);

describe("a project that is set up", () => {
  // As good as installed, and made in no time: Python imports from the wheel itself.
  const dockerfile =
    "FROM igor-demo/python:3.11\nRUN ln -s /wheels/debugpy*.whl /debugpy.whl\nENV PYTHONPATH=/debugpy.whl\n";
  const project = aDockerProject({ Dockerfile: dockerfile });

  test("is well, and nothing of the look stays behind", async () => {
    await laptop.igor(project, ["docker", "setup"]);
    const before = await inHostDir(project, "find . | sort");
    const { exitCode, checks } = await examined(project);
    expect(unwell(checks)).toEqual([]);
    expect(exitCode).toBe(0);
    expect(of("python", checks)?.found).toMatch(/^3\.11\.\d+ \(python3\)$/);
    expect(of("debugpy", checks)?.found).toMatch(/^1\.\d+\.\d+$/);
    expect(of("files", checks)?.found).toBe("a file that is made in the container belongs to dino");
    expect(await inHostDir(project, "find . | sort")).toBe(before);
  });

  test("is told of files of root, of a wrong clock and of an rsync that is missing, with what to do", async () => {
    const { exitCode, stdout } = await during(
      `touch '${project.hostDir}/made by root'; mv /usr/bin/rsync /usr/bin/rsync.away
printf '#!/bin/sh\\n[ "$1" = +%%s ] && exec /bin/date -d "-1 hour" +%%s\\nexec /bin/date "$@"\\n' >/usr/local/bin/date
chmod 755 /usr/local/bin/date`,
      `rm -f '${project.hostDir}/made by root' /usr/local/bin/date; mv /usr/bin/rsync.away /usr/bin/rsync`,
      () => laptop.igor(project, ["doctor"]),
    );
    expect(
      steady(linesAbout(stdout, "clock", "transfer", "owners"), project).replace(
        /(is) .* (behind)/,
        "$1 AN HOUR $2",
      ),
    ).toMatchInlineSnapshot(`
      "  warn  clock      its clock is AN HOUR behind this machine's: make, logs and certificates go by it
                         → on the one that is wrong: \`sudo timedatectl set-ntp true\`; compare with \`ssh apollo date; date\`
        warn  transfer   rsync is not installed: large pushes go by tar, whole
                         → install rsync 3 on apollo, e.g. \`sudo apt-get install rsync\`
        warn  owners     1 file there is not yours, e.g. made by root (root); in a directory that is not yours a push cannot write
                         → \`ssh -t apollo "sudo chown -R dino: '/home/dino/igor tests/toy'"\`; igor's own container makes files that are yours"
    `);
    expect(exitCode).toBe(0);
  });

  test("is told of a container that is paused, and looks no further", async () => {
    const name = containerOf(project);
    const { checks } = await during(`docker pause ${name}`, `docker unpause ${name}`, () =>
      examined(project),
    );
    expect(unwell(checks)).toEqual(["container warn", ...notChecked(...inside.slice(1))]);
  });

  test("is told that its container makes files of root, where it was asked to", async () => {
    const asRoot = aDockerProject({ Dockerfile: dockerfile }, { container_user: "image" });
    await laptop.igor(asRoot, ["docker", "setup"]);
    const { checks } = await examined(asRoot);
    expect(of("files", checks)).toMatchObject({
      verdict: "warn",
      found: "a file that is made in the container belongs to root, not to you",
    });
    await onHost("apollo", `chown -R dino: '${asRoot.hostDir}'`);
  });
});

describe("an engine that", () => {
  const project = aDockerProject();
  const engineAfter = ["users", "builder", "storage", "gpus"];
  const unchecked = notChecked(...engineAfter.filter((name) => name !== "builder"), ...inside);

  test.each([
    [
      "is not installed",
      "mv /usr/bin/docker /usr/bin/docker.away",
      "mv /usr/bin/docker.away /usr/bin/docker",
      "docker is not installed there",
      "install it on apollo, or make it visible in the PATH of a non-interactive login there (`ssh apollo 'command -v docker'` must print it)",
    ],
    [
      "may not be used",
      "chgrp root /run/docker.sock",
      "chgrp docker /run/docker.sock",
      "you may not use docker there (no rights on its socket)",
      "ask for it, e.g. `sudo usermod -aG docker $USER` on apollo, then try again after 10 minutes: igor's shared connection is a login with the old groups until then",
    ],
    [
      "does not run",
      "mv /run/docker.sock /run/docker.sock.away",
      "mv /run/docker.sock.away /run/docker.sock",
      "the docker daemon does not run there",
      "start it, e.g. `sudo systemctl start docker` on apollo",
    ],
  ])("%s fails, and what needs it is not checked", async (_, script, back, found, fix) => {
    const { exitCode, checks } = await during(script, back, () => examined(project));
    expect(of("engine", checks)).toMatchObject({ verdict: "fail", found, fix });
    expect(unwell(checks)).toEqual(["engine fail", ...unchecked]);
    expect(exitCode).toBe(1);
  });
});

describe("a directory on the host that", () => {
  const refused = async (script: string, project: TestProject): Promise<Told | undefined> => {
    await onHost("apollo", script);
    const { checks } = await examined(project);
    await onHost("apollo", `rm -rf '${project.hostDir}' /srv/igor-doctor`);
    return of("directory", checks);
  };

  test("holds files of others is a warning that names --adopt", async () => {
    const project = aDockerProject();
    const script = `runuser -u dino -- sh -c "mkdir -p '${project.hostDir}' && touch '${project.hostDir}/a'"`;
    expect(await refused(script, project)).toMatchObject({
      verdict: "warn",
      fix: expect.stringContaining("igor push --adopt") as string,
    });
  });

  test("cannot be made is a failure that names whose it is", async () => {
    const hosts = [{ host: "apollo", dir: "/srv/igor-doctor" }];
    const project = aDockerProject({}, { host_groups: { dev: { hosts } } });
    expect(await refused("mkdir -p /srv/igor-doctor", project)).toMatchObject({
      verdict: "fail",
      found: "/srv/igor-doctor belongs to root, and dino may not write there",
    });
  });
});

test("a host that is not reached fails with what to do, and the others are looked at", async () => {
  const stranger = aLaptop({
    sshConfig: "Host apollo\n  IdentityFile /nowhere\n  IdentityAgent none\n  Port 9\nHost *\n",
  });
  laptops.push(stranger);
  const { exitCode, checks } = await examined(aDockerProject(), ["-g", "cluster"], stranger);
  expect(of("login", checks)).toMatchObject({
    verdict: "fail",
    found: "nothing accepts ssh connections there (Connection refused)",
  });
  expect(
    checks.filter(({ host, verdict }) => host === "apollo" && verdict === "not-checked").length,
  ).toBeGreaterThan(15);
  expect(of("login", checks, "enterprise")).toMatchObject({ verdict: "ok" });
  expect(of("engine", checks, "enterprise")).toMatchObject({ verdict: "ok" });
  expect(exitCode).toBe(1);
});

test("outside of a project only this machine is looked at, which is said", async () => {
  using desk = aDesk();
  const { exitCode, stdout } = await desk.igor(["doctor"]);
  expect(stdout).toContain("there is no project here, so no host is looked at");
  expect(stdout).not.toContain(", link");
  expect(exitCode).toBe(0);
});

test("a configuration with mistakes fails", async () => {
  using desk = aDesk({ ".igor/config.json": '{ "host_gruops": {} }' });
  const { exitCode, stdout } = await desk.igor(["doctor"]);
  expect(stdout).toMatch(/^ {2}fail {2}config /m);
  expect(exitCode).toBe(1);
});

test.each(shells)("%s looks in the same way", async (shell) => {
  const inputs = {
    in_engine: "docker",
    in_base: "/home/dino",
    in_dir: "/home/dino/nothing-here",
    in_project: "toy",
    in_source: "-",
    in_group: "dev",
    in_owner: "dino",
    in_image: "dino-toy:igor",
    in_image_hash: "-",
    in_dockerfile: "Dockerfile",
    in_container: "dino-nothing-dev",
    in_config_hash: "c",
    in_workspace: "/workspace",
    in_container_user: "host",
    in_gpus: "auto",
    in_python: "python3",
  };
  const { stdout, exitCode } = await runProgram(containerPrograms.doctor, inputs, { shell });
  expect(exitCode).toBe(0);
  const named = readChecks(stdout).map(({ name }) => name);
  expect(named).toEqual([
    "system",
    "tools",
    "transfer",
    "directory",
    "owners",
    "disk",
    "inodes",
    "shm",
    "engine",
    "users",
    "builder",
    "storage",
    "gpus",
    "container",
  ]);
});
