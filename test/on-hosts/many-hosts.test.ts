import { mkdirSync, readFileSync, readdirSync, renameSync, symlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bedDown, bedUp, onHost } from "../hosts/bed.ts";
import {
  aDockerProject,
  containerOf,
  removeDockerProjects,
  told,
} from "../support/docker-project.ts";
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
  const hosts = fleet.map((host) => ({ host, dir: "/home/dino/igor tests" }));
  const config = { host_groups: { dev: { hosts } }, outputs: ["runs"] };
  const project = aProject({ "a.py": "1\n" }, config);
  const reached = fleet.filter((host) => host !== "fleet7");
  const onEach = async (script: string): Promise<void> => {
    const words = ["sh", "-ec", `cd "$0"; ${script}`, project.hostDir];
    const ran = await Promise.all(fleet.map((host) => onHost(host, words, { user: "dino" })));
    expect(ran.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
  };
  beforeAll(() => bedUp(fleet), 60_000);
  afterAll(() => bedDown(fleet));

  test("is pushed to side by side, and one that is gone does not stop the others", async () => {
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

  test("runs a command, and tells of each what it said and how it ended", async () => {
    // As setup makes them, but for the image, which would be built 16 times.
    await onEach(
      `mkdir -p .igor/host/home; [ $(uname -n) = fleet12 ] || docker run -d --init --name ${containerOf(project)} -u 1000:1000 -v "$PWD:/workspace" -v "$PWD/.igor/host/home:/home/dino" igor-demo/busybox:1 sleep 1000`,
    );
    await onHost("fleet3", ["touch", `${project.hostDir}/broken`]);
    const script = "echo one; [ ! -e broken ] || { echo 'it broke' >&2; exit 3; }; echo two";
    const ran = await run(project, "docker", "exec", "sh", "-c", script);
    expect(ran.exitCode).toBe(1);
    const linesOf = (host: string): readonly string[] =>
      ran.stdout.split("\n").filter((line) => line.startsWith(`${host}: `));
    for (const host of reached.filter((name) => name !== "fleet12"))
      expect(linesOf(host)).toEqual(
        host === "fleet3" ? ["fleet3: one"] : [`${host}: one`, `${host}: two`],
      );
    expect(ran.stdout.match(/\n/g)).toHaveLength(13 * 2 + 1);
    expect(ran.stderr).toContain("fleet3: it broke\n");
    const table = told({ ...ran, stdout: "" }, project)
      .replaceAll(/ {2,}/g, "  ")
      .split("\n");
    expect(table.slice(-18).join("\n")).toMatchInlineSnapshot(`
      "✓ fleet1  1 s  exit 0
      ✓ fleet2  1 s  exit 0
      ✓ fleet4  1 s  exit 0
      ✓ fleet5  1 s  exit 0
      ✓ fleet6  1 s  exit 0
      ✓ fleet8  1 s  exit 0
      ✓ fleet9  1 s  exit 0
      ✓ fleet10  1 s  exit 0
      ✓ fleet11  1 s  exit 0
      ✓ fleet13  1 s  exit 0
      ✓ fleet14  1 s  exit 0
      ✓ fleet15  1 s  exit 0
      ✓ fleet16  1 s  exit 0
      ✗ fleet3  1 s  exit 3
      ✗ fleet7  1 s  nothing accepts ssh connections there (Connection refused)
      ✗ fleet12  1 s  there is no container dino-toy-dev there yet
      docker exec toy failed on 3 of 16 hosts (fleet3, fleet7, fleet12) after 1 s
      exit code 1"
    `);
  });

  test("is pulled from, and what differs is left until a host is chosen", async () => {
    await onEach("mkdir -p runs; uname -n >runs/$(uname -n); echo 1 >runs/same; echo 2 >runs/log");
    await onHost("fleet9", `echo other >'${project.hostDir}/runs/log'`);
    const brought = () => readdirSync(join(project.root, "runs")).sort();
    const ran = await run(project, "pull");
    expect(ran.exitCode).toBe(1);
    expect(brought()).toEqual([...reached, "same"].sort());
    expect(told(ran, project)).toContain(
      `✗ fleet9: 1 file pulled (1 kB), 1 file left as it is
  | not the same on all hosts of the group: runs/log
  → \`igor pull --host fleet9\` takes those of fleet9
`,
    );
    expect((await run(project, "pull", "--host", "fleet9")).exitCode).toBe(0);
    expect(readFileSync(join(project.root, "runs/log"), "utf8")).toBe("other\n");
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
