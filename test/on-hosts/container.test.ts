import { afterAll, describe, expect, test } from "vitest";
import { parseContainerFailure } from "../../src/remote/container-events.ts";
import { onHost } from "../hosts/bed.ts";
import { aHostProject, plainFiles, removeHostProjects } from "../support/container-host.ts";
import type { Asked, HostProject } from "../support/container-host.ts";

afterAll(removeHostProjects);

const where = { host: "apollo", lastWords: [] };
const failureOf = (events: readonly string[]) =>
  parseContainerFailure(events.at(-1)?.split(" ").slice(1) ?? [], where);

async function ready(asked: Asked = {}): Promise<HostProject> {
  const project = aHostProject();
  const { end } = await project.run("setup", asked);
  expect(end).toMatch(/^END 0/);
  return project;
}

const idOf = async (project: HostProject): Promise<string> =>
  (await project.sh(`docker inspect -f '{{.Id}} {{.State.Running}}' ${project.container}`)).trim();

/** Puts a `docker` into the project's bin that does something else before a command of that name. */
const inPath = (project: HostProject, command: string, first: string): Promise<string> =>
  project.sh(
    `mkdir -p bin && printf '#!/bin/sh\\n[ "$1" != ${command} ] || /usr/bin/docker ${first} >/dev/null\\nexec /usr/bin/docker "$@"\\n' >bin/docker && chmod +x bin/docker`,
  );

describe("the container", () => {
  test("has the code, a home that stays, and makes files that belong to the user of the host", async () => {
    const project = await ready();
    expect(
      await project.inside(
        "pwd; cat requirements.txt; touch made; mkdir -p ~/.cache; touch ~/.cache/kept",
      ),
    ).toBe("/workspace\nnumpy\n");
    expect(await project.inside('echo "$HOME $USER $LOGNAME $(id -u):$(id -g)"')).toBe(
      "/home/dino dino dino 1000:1000\n",
    );
    expect(await project.sh("stat -c '%U %G' made .igor/host/home/.cache/kept")).toBe(
      "dino dino\ndino dino\n",
    );
    await project.run("setup", { container: { env: { A: "1" } } });
    expect(await project.inside('ls ~/.cache; echo "$A"')).toBe("kept\n1\n");
    expect(await project.sh("ls .igor")).toBe("host\n");
  });

  test("does not see what igor keeps on the host", async () => {
    const project = await ready();
    expect(await project.inside("ls -A /workspace/.igor/host")).toBe("");
    expect(await project.sh("ls .igor/host")).toContain("jobs");
  });

  test("is as the image says with container_user image", async () => {
    const project = await ready({ container: { user: "image" } });
    expect(await project.inside("id -u")).toBe("0\n");
  });

  test("gets mounts, network and further arguments as they are", async () => {
    const project = aHostProject();
    await project.sh("mkdir -p '../data, \"x\"' && echo 7 >'../data, \"x\"/n'");
    const container = {
      mounts: [{ source: '~/w/data, "x"', target: "/data, d", readonly: true }],
      network: "host",
      ports: [{ host: 5555, container: 5555 }],
      dockerArgs: ["--label", "said=a b $c"],
    };
    expect((await project.run("setup", { container })).end).toMatch(/^END 0/);
    expect(
      await project.inside('cat "/data, d/n"; touch "/data, d/m" 2>/dev/null || echo readonly'),
    ).toBe("7\nreadonly\n");
    expect(
      await project.sh(
        `docker inspect -f '{{.HostConfig.NetworkMode}} {{index .Config.Labels "said"}}' ${project.container}`,
      ),
    ).toBe("host a b $c\n");
  });

  test("is replaced when the configuration changed, with the keys that did", async () => {
    const project = await ready();
    const done = await project.run("setup", { container: { shmSize: "1g", env: { A: "1" } } });
    expect(done.job).toEqual([
      "image-up-to-date",
      "gpus none",
      "container-replaced changed shm_size env",
    ]);
    expect(await project.inside("df -k /dev/shm | tail -n 1")).toContain("1048576");
    expect(await project.sh("docker ps -a --format '{{.Names}}' | grep -c previous || true")).toBe(
      "0\n",
    );
  });

  test("is never replaced while something runs in it, unless that was asked for", async () => {
    const project = await ready();
    const before = await idOf(project);
    await project.sh(`docker exec -d ${project.container} sh -c 'sleep 1000'`);
    const asked = { container: { env: { A: "1" } } };
    const { events, exitCode } = await project.frame("setup", asked);
    expect(exitCode).toBe(1);
    expect(failureOf(events)).toMatchObject({
      reason: "container-in-use",
      container: project.container,
      processes: [expect.stringMatching(/^\d+ (sh -c )?sleep 1000/)],
    });
    expect(await idOf(project)).toBe(before);
    const done = await project.run("setup", { ...asked, replace: true });
    expect(done.job.at(-1)).toBe("container-replaced changed env");
  });

  test("is replaced while what ended a session still looks around in it", async () => {
    const project = await ready();
    // It waits in the shell itself: what it would start has another name.
    const sweep = "mkfifo /tmp/f; read x </tmp/f";
    await project.sh(`docker exec -d ${project.container} sh -c '${sweep}' igor-end`);
    await expect.poll(() => project.inside("ls /tmp")).toContain("f");
    const { job } = await project.run("setup", { container: { env: { A: "1" } } });
    expect(job.at(-1)).toBe("container-replaced changed env");
  });

  test("is not replaced either when it is paused, or when something begins in it at the last moment", async () => {
    const project = await ready();
    const before = await idOf(project);
    const asked = { container: { env: { A: "1" } } };
    await project.sh(`docker pause ${project.container}`);
    const paused = await project.frame("setup", asked);
    expect(failureOf(paused.events)).toMatchObject({ reason: "container-in-use" });
    await project.sh(`docker unpause ${project.container}`);
    // The idle process sleeps almost as long.
    await inPath(project, "info", `exec -d ${project.container} sleep 2147483647`);
    const late = await project.run("setup", asked, { prepare: `PATH=${project.dir}/bin:$PATH` });
    expect(failureOf(late.job)).toMatchObject({ reason: "container-in-use" });
    expect(await idOf(project)).toBe(before);
    expect(await project.inside("ls /proc/*/cmdline >/dev/null; echo runs")).toBe("runs\n");
  });

  test("is started again when it was stopped, with what is in it", async () => {
    const project = await ready();
    await project.inside("touch /tmp/kept");
    await project.sh(`docker stop -t 1 ${project.container}`);
    const done = await project.run("setup");
    expect(done.job).toEqual(["image-up-to-date", "container-started stopped"]);
    expect(await project.inside("ls /tmp")).toBe("kept\n");
  });

  test("of another owner is refused and stays", async () => {
    const project = aHostProject();
    await project.sh(
      `docker create --name ${project.container} --label igor.owner=kim igor-demo/busybox:1 sh`,
    );
    const { events } = await project.frame("setup");
    expect(failureOf(events)).toMatchObject({ reason: "container-foreign", owner: "kim" });
    expect(await project.sh(`docker inspect -f '{{.State.Status}}' ${project.container}`)).toBe(
      "created\n",
    );
  });

  test("of another owner that takes the name at the last moment stays, too", async () => {
    const project = aHostProject();
    await inPath(project, "run", `create --name ${project.container} igor-demo/busybox:1 sh`);
    const done = await project.run("setup", {}, { prepare: `PATH=${project.dir}/bin:$PATH` });
    expect(failureOf(done.job)).toMatchObject({ reason: "container-not-started" });
    expect(await project.sh(`docker inspect -f '{{.State.Status}}' ${project.container}`)).toBe(
      "created\n",
    );
  });

  test("that could not be started before is made anew", async () => {
    const project = await ready();
    await project.sh(`docker rm -f ${project.container}`);
    const labels = Object.entries({
      "igor.owner": "in_owner",
      "igor.project": "in_project",
      "igor.group": "in_group",
      "igor.image": "in_image_hash",
      "igor.config": "in_config_hash",
    });
    const words = labels.map(
      ([label, input]) => `--label ${label}=${project.inputs()[input] ?? ""}`,
    );
    await project.sh(
      `docker create --name ${project.container} ${words.join(" ")} igor-demo/busybox:1 sh`,
    );
    expect((await project.run("setup")).job.at(-1)).toBe("container-replaced leftover");
    expect(await project.inside("pwd")).toBe("/workspace\n");
  });

  test("runs again when the new one does not start", async () => {
    const project = await ready();
    const before = await idOf(project);
    const done = await project.run("setup", { container: { dockerArgs: ["--runtime", "nope"] } });
    expect(done.end).toMatch(/^END 1/);
    expect(failureOf(done.job)).toMatchObject({
      reason: "container-not-started",
      cause: "other",
      previous: "running-again",
    });
    expect(done.lines.join("\n")).toContain("nope");
    expect(await idOf(project)).toBe(before);
  });

  test("is not made with arguments that the engine does not know", async () => {
    const done = await aHostProject().run("setup", {
      container: { dockerArgs: ["--no-such-flag"] },
    });
    expect(failureOf(done.job)).toMatchObject({ cause: "arguments", previous: "none" });
  });

  test("runs again when igor was killed between the old one and the new one", async () => {
    const project = await ready();
    const before = await idOf(project);
    await project.sh(
      `docker rename ${project.container} ${project.container}.previous && docker stop -t 1 ${project.container}.previous && docker create --name ${project.container} --label igor.owner=dino --label igor.project=${project.name} --label igor.group=dev igor-demo/busybox:1`,
    );
    expect((await project.run("setup")).job.at(-1)).toBe("container-kept");
    expect(await idOf(project)).toBe(before);
  });

  test("that took the place of another, and was stopped since, keeps what is in it", async () => {
    const project = await ready();
    await project.inside("touch /tmp/kept");
    await project.sh(
      `docker create --name ${project.container}.previous --label igor.owner=dino --label igor.project=${project.name} --label igor.group=dev igor-demo/busybox:1 && docker stop -t 1 ${project.container}`,
    );
    expect((await project.run("setup")).job.at(-1)).toBe("container-kept");
    expect(await project.inside("ls /tmp")).toBe("kept\n");
    expect(await project.sh(`docker ps -aq --filter name=${project.container}.previous`)).toBe("");
  });

  test("is not made when the source of a mount is missing, which is named", async () => {
    const project = await ready();
    const before = await idOf(project);
    const mounts = [{ source: "~/no such place", target: "/data", readonly: false }];
    const done = await project.run("setup", { container: { mounts } });
    expect(failureOf(done.job)).toMatchObject({
      cause: "mount",
      detail: "/home/dino/no such place",
      previous: "running-again",
    });
    expect(await idOf(project)).toBe(before);
  });

  test("needs a shell in the image, and says so", async () => {
    const project = aHostProject();
    const files = {
      Dockerfile: "FROM scratch\nCOPY requirements.txt /\n",
      "requirements.txt": "x",
    };
    const done = await project.run("setup", { files });
    expect(failureOf(done.job)).toMatchObject({
      reason: "container-not-started",
      cause: "no-shell",
      previous: "none",
    });
    expect(await project.sh(`docker ps -aq --filter name=${project.container}`)).toBe("");
  });

  test("gets no GPU where the host has none, and asking for all is a failure", async () => {
    const project = await ready();
    const done = await project.run("setup", { container: { gpus: "all" } });
    expect(failureOf(done.job)).toMatchObject({ cause: "gpu", previous: "running-again" });
    const driverOnly = aHostProject();
    const prepare =
      "mkdir -p ~/nv; printf '#!/bin/sh\\nexit 0\\n' >~/nv/nvidia-smi; chmod 755 ~/nv/nvidia-smi; PATH=~/nv:$PATH";
    expect((await driverOnly.run("setup", {}, { prepare })).job).toContain("gpus no-runtime");
  });
});

describe("a port", () => {
  const ports = (...numbers: number[]) => ({
    container: { ports: numbers.map((host) => ({ host, container: 80 })) },
  });

  test("is published on the host's loopback alone", async () => {
    const project = await ready(ports(7301));
    expect(await project.sh(`docker port ${project.container}`)).toBe("80/tcp -> 127.0.0.1:7301\n");
  });

  test("that a container holds is left out, and the holder is named", async () => {
    const holder = await ready(ports(7302));
    const project = aHostProject();
    const done = await project.run("setup", ports(7302, 7303));
    expect(done.end).toMatch(/^END 0/);
    const taken = done.job.find((event) => event.startsWith("port-taken 7302 ")) ?? "";
    expect(Buffer.from(taken.split(" ")[2] ?? "", "base64").toString()).toBe(
      `the container ${holder.container}`,
    );
    expect(await project.sh(`docker port ${project.container}`)).toBe("80/tcp -> 127.0.0.1:7303\n");
  });

  test("that a process holds is given when it is free again", async () => {
    await onHost(
      "apollo",
      "(python3 -m http.server 7304 --bind 127.0.0.1 >/dev/null 2>&1 & echo $! >/tmp/holder); sleep 1",
    );
    const project = aHostProject();
    const said = (events: readonly string[]) =>
      Buffer.from(
        events.find((event) => event.startsWith("port-taken 7304 "))?.split(" ")[2] ?? "",
        "base64",
      ).toString();
    expect(said((await project.run("setup", ports(7304))).job)).toMatch(/of root$/);
    expect(said((await project.run("setup", ports(7304))).events)).toMatch(/of root$/);
    await onHost("apollo", "kill $(cat /tmp/holder); sleep 0.3");
    expect((await project.run("setup", ports(7304))).job.at(-1)).toBe(
      "container-replaced changed ports",
    );
    expect(await project.sh(`docker port ${project.container}`)).toBe("80/tcp -> 127.0.0.1:7304\n");
  });

  test("of the old container goes to the new one", async () => {
    const project = await ready(ports(7305));
    const done = await project.run("setup", {
      files: { ...plainFiles, "requirements.txt": "b" },
      ...ports(7305),
    });
    expect(done.job.some((event) => event.startsWith("port-taken"))).toBe(false);
    expect(await project.sh(`docker port ${project.container}`)).toBe("80/tcp -> 127.0.0.1:7305\n");
  });
});
