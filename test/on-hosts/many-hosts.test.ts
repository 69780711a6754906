import { mkdirSync, renameSync, symlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bedDown, bedUp, onHost } from "../hosts/bed.ts";
import { aDockerProject, containerOf, removeDockerProjects } from "../support/docker-project.ts";
import { digestsHere, digestsOnHost } from "../support/host-tree.ts";
import { holdLock } from "../support/hold-lock.ts";
import { aLaptop, aProject, ended } from "../support/laptop.ts";
import type { IgorResult } from "../support/laptop.ts";
import { until } from "../support/until.ts";

const laptop = aLaptop();

afterAll(async () => {
  await laptop.close();
  await removeDockerProjects();
});

const run = async (
  project: { readonly root: string },
  ...words: string[]
): Promise<IgorResult & { readonly all: string }> => {
  const result = await laptop.igor(project, words);
  return { ...result, all: `${result.stdout}${result.stderr}exit code ${String(result.exitCode)}` };
};

describe("a group of 16 hosts", () => {
  const fleet = Array.from({ length: 16 }, (_, index) => `fleet${String(index + 1)}`);
  beforeAll(() => bedUp(fleet, { docker: "none" }), 60_000);
  afterAll(() => bedDown(fleet));

  test("is pushed to side by side, and one that is gone does not stop the others", async () => {
    const dir = "/home/dino/igor tests";
    const hosts = fleet.map((host) => ({ host, dir }));
    const project = aProject({ "a.py": "1\n" }, { host_groups: { dev: { hosts } } });
    const first = await run(project, "push");
    expect(first.all).toMatch(/exit code 0$/);
    expect(first.all.match(/2 files pushed/g)).toHaveLength(16);
    expect(first.all).not.toContain("Warning");
    project.write({ "a.py": "2\n" });
    await onHost("fleet7", "pkill -x sshd");
    const second = await run(project, "push");
    expect(second.all).toMatch(/✗ fleet7: [^]*exit code 1$/);
    const there = await Promise.all(fleet.map((host) => digestsOnHost(host, project.hostDir)));
    const { "a.py": state } = digestsHere(project.root);
    expect(there.filter((digests) => digests["a.py"] === state)).toHaveLength(15);
  });
});

test("a host that has more to do is through before one that has to wait", async () => {
  await bedUp(["apollo", "enterprise"]);
  const project = aProject({ "a.py": "1\n" });
  expect((await run(project, "push")).exitCode).toBe(0);
  const letGo = await holdLock(project);
  // More than goes into a frame: the host is asked first, and then the push is planned again.
  const many = Array.from({ length: 1100 }, (_, index): readonly [string, string] => [
    `d/${String(index)}`,
    "text".repeat(1000),
  ]);
  project.write(Object.fromEntries(many));
  const child = laptop.start(project, ["push", "-g", "cluster", "--json"]);
  const end = ended(child);
  const done: unknown[] = [];
  createInterface({ input: child.stdout! }).on("line", (line) => {
    const event = JSON.parse(line) as Record<string, unknown>;
    if (event["type"] === "host-ended") done.push(event["host"]);
  });
  await until("the other host to be through", () => done.length > 0, 60_000);
  expect(done).toEqual(["enterprise"]);
  await letGo();
  expect((await end).exitCode).toBe(0);
  expect(done).toEqual(["enterprise", "apollo"]);
});

describe("one host", () => {
  beforeAll(async () => {
    await bedUp(["apollo"]);
    await onHost("apollo", "usermod -aG docker mallory");
  });
  afterAll(() => onHost("apollo", "gpasswd -d mallory docker"));

  test("serves two users with the same project, port and name of directory", async () => {
    const project = aDockerProject({}, { gpus: "none" });
    const config = (user: string): void => {
      const host_groups = { dev: { hosts: [{ host: "apollo", dir: "~/w" }] } };
      const words = { user, host_groups, debug_port: 5701, gpus: "none" };
      project.write({ ".igor/config.json": JSON.stringify(words) });
    };
    config("dino");
    expect((await run(project, "docker", "setup")).all).toMatch(/container started/);
    config("mallory");
    expect((await run(project, "docker", "setup")).all).toContain(
      `port 5701 is not published: the container ${containerOf(project)} has it`,
    );
    await run(project, "docker", "exec", "touch", "made");
    const owners = "stat -c '%U %n' /home/*/w/$0/requirements.txt /home/*/w/$0/made";
    const { stdout } = await onHost("apollo", ["sh", "-c", owners, project.name]);
    expect(stdout.replaceAll(project.name, "toy")).toBe(
      "dino /home/dino/w/toy/requirements.txt\nmallory /home/mallory/w/toy/requirements.txt\nmallory /home/mallory/w/toy/made\n",
    );
    expect((await run(project, "docker", "clean", "--images")).all).toContain(
      `removed container mallory-${project.name}-dev`,
    );
    const left = await onHost(
      "apollo",
      `docker ps --filter name=${project.name} --format '{{.Names}}'`,
    );
    expect(left.stdout).toBe(`${containerOf(project)}\n`);
  });

  test("serves two groups and two projects at once, each with a container of its own", async () => {
    const hosts = [{ host: "apollo", dir: "/home/dino/igor tests" }];
    const config = { host_groups: { dev: { hosts }, night: { hosts } }, gpus: "none" };
    const [one, other] = [aDockerProject({}, config), aDockerProject({}, config)] as const;
    const [first, second] = await Promise.all([
      run(one, "docker", "setup"),
      run(other, "docker", "setup"),
    ]);
    expect([first.exitCode, second.exitCode]).toEqual([0, 0]);
    expect((await run(one, "docker", "setup", "-g", "night")).all).toContain(
      "image up to date; container started",
    );
    await run(one, "docker", "exec", "-g", "night", "sh", "-c", "echo night >by");
    expect((await run(one, "docker", "exec", "cat", "by")).stdout).toBe("night\n");
    await run(one, "docker", "clean");
    const names = `docker ps --format '{{.Names}}' | grep '${one.name}\\|${other.name}' | sort`;
    expect((await onHost("apollo", names)).stdout).toBe(
      `${containerOf(one, "night")}\n${containerOf(other)}\n`,
    );
  });

  test("and a laptop whose directories have spaces, quotes and letters of the world", async () => {
    const dir = '/home/dino/mes données/日本 語, "x"';
    const hosts = [{ host: "apollo", dir }];
    const project = aDockerProject(
      { "sub dir/ü.py": "1\n" },
      { host_groups: { dev: { hosts } }, gpus: "none" },
    );
    const odd = join(dirname(project.root), 'mein Ordner, "für" 日本\'s');
    mkdirSync(odd);
    const root = join(odd, basename(project.root));
    renameSync(project.root, root);
    expect((await run({ root }, "docker", "setup")).all).toMatch(/container started[^]*code 0$/);
    expect(await digestsOnHost("apollo", `${dir}/${project.name}`)).toEqual(digestsHere(root));
    const inside = await run(
      { root: join(root, "sub dir") },
      "docker",
      "exec",
      "sh",
      "-c",
      "pwd; ls",
    );
    expect(inside.stdout).toBe("/workspace/sub dir\nü.py\n");
  });

  test("is reached the same through links: to the project here, to the directory there", async () => {
    await onHost("apollo", "install -d -o dino /srv/disk && ln -sfn /srv/disk /home/dino/data");
    const hosts = [{ host: "apollo", dir: "/home/dino/data" }];
    const project = aDockerProject({}, { host_groups: { dev: { hosts } }, gpus: "none" });
    const link = join(dirname(project.root), "a link");
    symlinkSync(project.root, link);
    expect((await run({ root: link }, "docker", "setup")).all).toMatch(/container started/);
    await run({ root: link }, "docker", "exec", "touch", "made");
    expect((await onHost("apollo", ["ls", `/srv/disk/${project.name}`])).stdout).toContain(
      "made\n",
    );
    const again = await run(project, "docker", "setup");
    expect(again.stderr).toMatch(/^docker setup \S+ done on apollo in \S+ m?s: nothing to push/);
    expect(again.stderr).toContain("container kept");
  });
});
