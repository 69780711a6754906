import { randomBytes } from "node:crypto";
import { afterAll, describe, expect, test } from "vitest";
import {
  aDockerProject,
  containerOf,
  eventsOf,
  idOf,
  inHostDir,
  reconfigure,
  removeDockerProjects,
  says,
  told,
} from "../support/docker-project.ts";
import { during } from "../support/during.ts";
import { aLaptop, ended } from "../support/laptop.ts";
import type { Files, TestProject } from "../support/laptop.ts";

const laptop = aLaptop();
afterAll(async () => {
  await laptop.close();
  await removeDockerProjects();
});

/** What the user sees of `igor docker setup`, in a pipe. */
async function setup(project: TestProject, ...words: readonly string[]): Promise<string> {
  return told(await laptop.igor(project, ["docker", "setup", ...words]), project);
}

const setupOf = (files: Files, config: Readonly<Record<string, unknown>> = {}): Promise<string> =>
  setup(aDockerProject(files, config), "--trust");

describe("the engine", () => {
  test("that is not installed is told", async () => {
    const said = await during(
      "mv /usr/bin/docker /usr/bin/docker.away",
      "mv /usr/bin/docker.away /usr/bin/docker",
      () => setupOf({}),
    );
    expect(said).toMatchInlineSnapshot(`
      "✗ apollo: docker is not installed there
        → install it on apollo, or make it visible in the PATH of a non-interactive login there (\`ssh apollo 'command -v docker'\` must print it)
      docker setup toy failed on apollo after 1 s: docker is not installed there
      exit code 1"
    `);
  });

  test("that the user may not use is told, with what to ask for", async () => {
    const said = await during("chgrp root /run/docker.sock", "chgrp docker /run/docker.sock", () =>
      setupOf({}),
    );
    expect(said).toMatchInlineSnapshot(`
      "✗ apollo: you may not use docker there (no rights on its socket)
        | permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.24/containers/dino-toy-dev/json": dial unix /var/run/docker.sock: connect: permission denied
        → ask for it, e.g. \`sudo usermod -aG docker $USER\` on apollo, then try again after 10 minutes: igor's shared connection is a login with the old groups until then
      docker setup toy failed on apollo after 1 s: you may not use docker there (no rights on its socket)
      exit code 1"
    `);
  });

  test("whose daemon dies while it builds is blamed, and not the dockerfile; the next setup builds", async () => {
    const project = aDockerProject();
    project.write({
      Dockerfile: `FROM igor-demo/busybox:1\nCOPY requirements.txt /\nRUN echo ${randomBytes(4).toString("hex")}-begun && sleep 4\n`,
    });
    const child = laptop.start(project, ["docker", "setup", "--verbose"]);
    const end = ended(child);
    await says(child, /-begun\n/);
    const said = await during("kill -KILL $(pgrep -x dockerd)", "start-dockerd", () => end);
    expect(said.stdout + said.stderr).toContain(
      "the image could not be built: docker ended while it built",
    );
    expect(said.stdout + said.stderr).not.toContain("a command in the dockerfile failed");
    expect(await setup(project)).toMatch(/exit code 0$/);
  });

  test("whose daemon dies under a command is told, which has no exit code of its own", async () => {
    const project = aDockerProject();
    await setup(project);
    const child = laptop.start(project, ["docker", "exec", "sh", "-c", "echo up; sleep 600"]);
    const end = ended(child);
    await says(child, "up");
    const said = await during("kill -KILL $(pgrep -x dockerd)", "start-dockerd", () => end);
    expect(told(said, project)).toMatch(
      /✗ apollo: the docker daemon does not run there\n[^]*start it[^]*exit code 125$/,
    );
  });

  test("whose daemon is stopped is told, by setup, exec, clean, ps and stop", async () => {
    const project = aDockerProject();
    const said = await during(
      "mv /run/docker.sock /run/docker.sock.away",
      "mv /run/docker.sock.away /run/docker.sock",
      async () => [
        await setup(project),
        told(await laptop.igor(project, ["docker", "exec", "ls"]), project),
        told(await laptop.igor(project, ["docker", "clean"]), project),
        told(await laptop.igor(project, ["docker", "ps"]), project),
        told(await laptop.igor(project, ["stop"]), project),
      ],
    );
    expect(said[0]).toMatchInlineSnapshot(`
      "✗ apollo: the docker daemon does not run there
        | Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?
        → start it, e.g. \`sudo systemctl start docker\` on apollo
      docker setup toy failed on apollo after 1 s: the docker daemon does not run there
      exit code 1"
    `);
    expect(said[1]).toMatchInlineSnapshot(`
      "✗ apollo: the docker daemon does not run there
        | Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?
        → start it, e.g. \`sudo systemctl start docker\` on apollo
      exit code 125"
    `);
    expect(said[2]).toMatchInlineSnapshot(`
      "✗ apollo: the docker daemon does not run there
        | Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?
        → start it, e.g. \`sudo systemctl start docker\` on apollo
      docker clean toy failed on apollo after 1 s: the docker daemon does not run there
      exit code 1"
    `);
    expect(said[3]).toBe(said[2]?.replace(/^docker clean .*\n/m, ""));
    expect(said[4]).toBe(said[2]?.replace("docker clean", "stop"));
  });

  test("whose daemon is frozen is told within 12 seconds", async () => {
    const startedAt = Date.now();
    const said = await during("kill -STOP $(pidof dockerd)", "kill -CONT $(pidof dockerd)", () =>
      setupOf({}),
    );
    expect(Date.now() - startedAt).toBeLessThan(13_000);
    expect(said).toMatchInlineSnapshot(`
      "✗ apollo: the docker daemon does not answer
        → it may be busy or stuck: try \`ssh apollo docker ps\`, and restart the daemon if that hangs too
      docker setup toy failed on apollo after 1 s: the docker daemon does not answer
      exit code 1"
    `);
  });

  test("whose daemon is frozen keeps no other verb waiting either, and what had not begun never does", async () => {
    const project = aDockerProject();
    await setup(project);
    const verbs = [
      "docker exec touch ran-after-all",
      "docker exec -g cluster --host apollo true",
      "docker ps",
      "docker build",
      "docker clean",
      "stop --all",
      "status",
    ];
    const said = await during("kill -STOP $(pidof dockerd)", "kill -CONT $(pidof dockerd)", () =>
      Promise.all(
        verbs.map(async (verb) => {
          const startedAt = Date.now();
          const ran = await laptop.igor(project, verb.split(" "));
          return { verb, ran, ms: Date.now() - startedAt };
        }),
      ),
    );
    for (const { verb, ms, ran } of said) {
      expect(ran.stdout + ran.stderr, verb).toMatch(/does not answer/);
      expect(ms, verb).toBeLessThan(13_000);
    }
    expect(said.map(({ ran }) => ran.exitCode)).toEqual([125, 125, 1, 1, 1, 1, 0]);
    const first = said[0]?.ran;
    expect(first && told(first, project)).toMatchInlineSnapshot(`
      "✗ apollo: the docker daemon does not answer
        → it may be busy or stuck: try \`ssh apollo docker ps\`, and restart the daemon if that hangs too
      exit code 125"
    `);
    // The engine goes on with what it was asked for; the command is not done.
    expect(await inHostDir(project, "sleep 3; ls")).not.toContain("ran-after-all");
  });
});

describe("a build", () => {
  test("without a dockerfile is told before anything is sent", async () => {
    const project = aDockerProject();
    project.remove("Dockerfile");
    expect(await setup(project)).toMatchInlineSnapshot(`
      "✗ no image can be built: Dockerfile is missing
        Dockerfile
        → write it in the project's directory, or name another one with \`dockerfile\` in .igor/config.json
      exit code 2"
    `);
  });

  test("without a file of docker_rebuild_files is told before anything is sent", async () => {
    expect(await setupOf({}, { docker_rebuild_files: ["requirments.txt"] })).toMatchInlineSnapshot(`
      "✗ no file of the project matches \`requirments.txt\` in docker_rebuild_files
        .igor/config.json, docker_rebuild_files
        → correct the entry, or make the file; one that git ignores counts too
      exit code 2"
    `);
  });

  test("whose step fails shows the step and its last words, and leaves the old container", async () => {
    const project = aDockerProject();
    expect(await setup(project)).toContain("exit code 0");
    const before = await idOf(project);
    // Not of the cache, whatever ran on this bed before.
    const once = randomBytes(8).toString("hex");
    project.write({
      Dockerfile:
        `FROM igor-demo/busybox:1\nRUN echo ${once}\n` +
        "RUN echo resolving >&2; echo 'ERROR: No matching distribution found for torhc' >&2; exit 3\n",
    });
    expect(await setup(project)).toMatchInlineSnapshot(`
      "apollo: rebuilding: Dockerfile changed
      apollo: step 1 of 7: FROM igor-demo/busybox:1
      apollo: step 2 of 7: RUN echo ID
      apollo: step 3 of 7: RUN echo resolving >&2; echo 'ERROR: No matching distribution found for torhc' >&2; exit 3
      ✗ apollo: the image could not be built: a command in the dockerfile failed
        Step 3/7 : RUN echo resolving >&2; echo 'ERROR: No matching distribution found for torhc' >&2; exit 3
        | Sending build context to Docker daemon  1kB
        | Step 1/7 : FROM igor-demo/busybox:1
        |  ---> ID
        | Step 2/7 : RUN echo ID
        |  ---> Running in ID
        | ID
        | Removing intermediate container ID
        |  ---> ID
        | Step 3/7 : RUN echo resolving >&2; echo 'ERROR: No matching distribution found for torhc' >&2; exit 3
        |  ---> Running in ID
        | resolving
        | ERROR: No matching distribution found for torhc
        | Removing intermediate container ID
        | The command '/bin/sh -c echo resolving >&2; echo 'ERROR: No matching distribution found for torhc' >&2; exit 3' returned a non-zero code: 3
        → correct that step and run the same command again; the whole log: \`ssh -t apollo "less '/home/dino/igor tests/toy/.igor/host/jobs/JOB/log'"\`
      docker setup toy failed on apollo after 1 s: the image could not be built: a command in the dockerfile failed
      exit code 1"
    `);
    expect(await idOf(project)).toBe(before);
  });

  test("of a dockerfile with a mistake names the line", async () => {
    expect(await setupOf({ Dockerfile: "FROM igor-demo/busybox:1\n\nRUNN echo hi\n" }))
      .toMatchInlineSnapshot(`
        "apollo: building: there was no image on apollo
        ✗ apollo: the image could not be built: the dockerfile has a mistake
          apollo:/home/dino/igor tests/toy/.igor/host/jobs/JOB/log
          | Sending build context to Docker daemon  1kB
          | Error response from daemon: dockerfile parse error line 3: unknown instruction: RUNN
          → correct the line that is named and run the same command again; the whole log: \`ssh -t apollo "less '/home/dino/igor tests/toy/.igor/host/jobs/JOB/log'"\`
        docker setup toy failed on apollo after 1 s: the image could not be built: the dockerfile has a mistake
        exit code 1"
      `);
  });

  test("whose base image is not to be had is told", async () => {
    expect(await setupOf({ Dockerfile: "FROM no-such-base:9\n" })).toMatchInlineSnapshot(`
      "apollo: building: there was no image on apollo
      apollo: step 1 of 5: FROM no-such-base:9
      ✗ apollo: the image could not be built: its base image could not be had
        Step 1/5 : FROM no-such-base:9
        | Sending build context to Docker daemon  1kB
        | Step 1/5 : FROM no-such-base:9
        | Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on [::1]:53: read udp [::1]:1->[::1]:53: read: connection refused
        → check the name after FROM, and that apollo may pull it (\`docker login\` there for a private registry); the whole log: \`ssh -t apollo "less '/home/dino/igor tests/toy/.igor/host/jobs/JOB/log'"\`
      docker setup toy failed on apollo after 1 s: the image could not be built: its base image could not be had
      exit code 1"
    `);
  });

  test("that copies a file that is not there is told", async () => {
    expect(await setupOf({ Dockerfile: "FROM igor-demo/busybox:1\nCOPY wieghts.bin /\n" }))
      .toMatchInlineSnapshot(`
        "apollo: building: there was no image on apollo
        apollo: step 1 of 6: FROM igor-demo/busybox:1
        apollo: step 2 of 6: COPY wieghts.bin /
        ✗ apollo: the image could not be built: a file that the dockerfile copies is not there
          Step 2/6 : COPY wieghts.bin /
          | Sending build context to Docker daemon  1kB
          | Step 1/6 : FROM igor-demo/busybox:1
          |  ---> ID
          | Step 2/6 : COPY wieghts.bin /
          | COPY failed: file not found in build context or excluded by .dockerignore: stat wieghts.bin: file does not exist
          → check the path in COPY or ADD, and that no ignore file leaves it out (.dockerignore, .gitignore, .igorignore), and run the same command again; the whole log: \`ssh -t apollo "less '/home/dino/igor tests/toy/.igor/host/jobs/JOB/log'"\`
        docker setup toy failed on apollo after 1 s: the image could not be built: a file that the dockerfile copies is not there
        exit code 1"
      `);
  });

  test("that fills the disk is told", async () => {
    expect(
      await setupOf({
        Dockerfile:
          "FROM igor-demo/busybox:1\nRUN dd if=/dev/zero of=/dev/shm/big bs=1M count=80 2>&1\n",
      }),
    ).toMatchInlineSnapshot(`
      "apollo: building: there was no image on apollo
      apollo: step 1 of 6: FROM igor-demo/busybox:1
      apollo: step 2 of 6: RUN dd if=/dev/zero of=/dev/shm/big bs=1M count=80 2>&1
      ✗ apollo: the image could not be built: no space left on the disk
        Step 2/6 : RUN dd if=/dev/zero of=/dev/shm/big bs=1M count=80 2>&1
        | Sending build context to Docker daemon  1kB
        | Step 1/6 : FROM igor-demo/busybox:1
        |  ---> ID
        | Step 2/6 : RUN dd if=/dev/zero of=/dev/shm/big bs=1M count=80 2>&1
        |  ---> Running in ID
        | dd: error writing '/dev/shm/big': No space left on device
        | 65+0 records in
        | 64+0 records out
        | Removing intermediate container ID
        | The command '/bin/sh -c dd if=/dev/zero of=/dev/shm/big bs=1M count=80 2>&1' returned a non-zero code: 1
        → make room, e.g. with \`ssh apollo docker system df\` and \`igor docker clean --images\`, and run the same command again; the whole log: \`ssh -t apollo "less '/home/dino/igor tests/toy/.igor/host/jobs/JOB/log'"\`
      docker setup toy failed on apollo after 1 s: the image could not be built: no space left on the disk
      exit code 1"
    `);
  });
});

describe("a container", () => {
  test("whose port another process has is made without it, naming who has it", async () => {
    const said = await during(
      "python3 -m http.server 7421 --bind 127.0.0.1 >/dev/null 2>&1 & echo $! >/tmp/holder; until curl -s 127.0.0.1:7421 >/dev/null; do :; done",
      "kill $(cat /tmp/holder)",
      () => setupOf({}, { ports: [7421] }),
    );
    expect(said).toMatchInlineSnapshot(`
      "apollo: building: there was no image on apollo
      apollo: step 1 of 6: FROM igor-demo/busybox:1
      apollo: step 2 of 6: COPY requirements.txt /
      apollo: warning: port 7421 is not published: a process of root has it
      docker setup toy done on apollo in 1 s: 4 files pushed (1 kB); built: there was no image on apollo; container started: there was none on apollo
      exit code 0"
    `);
  });

  test("that asks for GPUs on a host without is told, and the old one runs again", async () => {
    const project = aDockerProject();
    expect(await setup(project)).toContain("exit code 0");
    reconfigure(project, { gpus: "all" });
    expect(await setup(project)).toMatchInlineSnapshot(`
      "✗ apollo: the new container does not start: it cannot have the GPUs; the one before runs again
        apollo, container dino-toy-dev
        | docker: Error response from daemon: could not select device driver "" with capabilities: [[gpu]].
        → check the driver and the NVIDIA container toolkit there (\`nvidia-smi\`), or set \`gpus\` to \`auto\` or \`none\` in .igor/config.json
      docker setup toy failed on apollo after 1 s: the new container does not start: it cannot have the GPUs; the one before runs again
      exit code 1"
    `);
    expect(
      await inHostDir(project, `docker inspect -f '{{.State.Running}}' ${containerOf(project)}`),
    ).toBe("true\n");
  });

  test("with a mount whose source is missing is told which", async () => {
    expect(await setupOf({}, { mounts: [{ source: "~/data sets", target: "/data" }] }))
      .toMatchInlineSnapshot(`
        "apollo: building: there was no image on apollo
        apollo: step 1 of 6: FROM igor-demo/busybox:1
        apollo: step 2 of 6: COPY requirements.txt /
        ✗ apollo: the new container does not start: a directory to mount is not there (/home/dino/data sets)
          apollo, container dino-toy-dev
          → make it on apollo, or correct \`mounts\` in .igor/config.json
        docker setup toy failed on apollo after 1 s: the new container does not start: a directory to mount is not there (/home/dino/data sets)
        exit code 1"
      `);
  });

  test("of an image without sh is told", async () => {
    expect(await setupOf({ Dockerfile: "FROM scratch\nCOPY requirements.txt /\n" }))
      .toMatchInlineSnapshot(`
        "apollo: building: there was no image on apollo
        apollo: step 1 of 6: FROM scratch
        apollo: step 2 of 6: COPY requirements.txt /
        ✗ apollo: the new container does not start: its image has no \`sh\`
          apollo, container dino-toy-dev
          | [FATAL tini (1)] exec sh failed: No such file or directory
          → igor needs a shell in the image: choose a base that has one, e.g. \`-slim\` and not \`scratch\` or distroless
        docker setup toy failed on apollo after 1 s: the new container does not start: its image has no \`sh\`
        exit code 1"
      `);
  });

  test("with options that the engine does not know is told", async () => {
    expect(await setupOf({}, { docker_args: ["--memroy=1g"] })).toMatchInlineSnapshot(`
      "apollo: building: there was no image on apollo
      apollo: step 1 of 6: FROM igor-demo/busybox:1
      apollo: step 2 of 6: COPY requirements.txt /
      ✗ apollo: the new container does not start: the engine does not accept its options
        apollo, container dino-toy-dev
        | unknown flag: --memroy
        | See 'docker run --help'.
        → correct \`docker_args\`, \`network\` or \`shm_size\` in .igor/config.json; \`igor docker setup --plan\` shows all options
      docker setup toy failed on apollo after 1 s: the new container does not start: the engine does not accept its options
      exit code 1"
    `);
  });
});

test("a directory on the host that is not writable is told", async () => {
  const project = aDockerProject();
  const said = await during("mkdir -p /srv/closed", "rmdir /srv/closed", async () => {
    reconfigure(project, {
      host_groups: { dev: { hosts: [{ host: "apollo", dir: "/srv/closed" }] } },
    });
    return setup(project);
  });
  expect(said).toMatchInlineSnapshot(`
    "✗ apollo: /srv/closed cannot be written
      apollo:/srv/closed
      | mkdir: cannot create directory '/srv/closed/toy': Permission denied
      → somebody else may own it, as what a container of root made: \`igor doctor\` lists such files, and how they become yours; else choose another \`dir\` in .igor/config.json
    docker setup toy failed on apollo after 1 s: /srv/closed cannot be written
    exit code 1"
  `);
});

describe("--quiet", () => {
  test("says nothing when all is well", async () => {
    const project = aDockerProject();
    const first = await laptop.igor(project, ["docker", "setup", "--quiet"]);
    expect(first).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
    const clean = await laptop.igor(project, ["docker", "clean", "--quiet"]);
    expect(clean).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
  });

  test("tells failures whole", async () => {
    const project = aDockerProject({
      Dockerfile: "FROM igor-demo/busybox:1\nRUN echo because; false\n",
    });
    expect(await setup(project, "--quiet")).toMatchInlineSnapshot(`
      "✗ apollo: the image could not be built: a command in the dockerfile failed
        Step 2/6 : RUN echo because; false
        | Sending build context to Docker daemon  1kB
        | Step 1/6 : FROM igor-demo/busybox:1
        |  ---> ID
        | Step 2/6 : RUN echo because; false
        |  ---> Running in ID
        | because
        | Removing intermediate container ID
        | The command '/bin/sh -c echo because; false' returned a non-zero code: 1
        → correct that step and run the same command again; the whole log: \`ssh -t apollo "less '/home/dino/igor tests/toy/.igor/host/jobs/JOB/log'"\`
      exit code 1"
    `);
  });
});

describe("--json prints lines of JSON on stdout and nothing on stderr", () => {
  test("when all is well", async () => {
    const project = aDockerProject();
    const { stdout, stderr, exitCode } = await laptop.igor(project, ["docker", "setup", "--json"]);
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    const events = eventsOf(stdout);
    expect(events.every(({ version }) => version === 1)).toBe(true);
    expect(events.at(-1)?.["type"]).toBe("plan-ended");
    expect(events).toContainEqual(
      expect.objectContaining({
        type: "decided",
        decision: { kind: "building", because: { kind: "no-image" } },
      }),
    );
  });

  test.each([
    [
      "a failure on a host",
      1,
      { Dockerfile: "FROM no-such-base:9\n" },
      {},
      ["docker", "setup"],
      "build-failed",
    ],
    ["a mistake in the words", 2, {}, {}, ["docker", "stup"], "usage"],
    [
      "a mistake in the configuration",
      2,
      {},
      { dockerfle: "x" },
      ["docker", "setup"],
      "config-invalid",
    ],
    ["an unknown group", 2, {}, {}, ["docker", "setup", "-g", "nope"], "unknown-group"],
    [
      "a missing rebuild file",
      2,
      {},
      { docker_rebuild_files: ["x"] },
      ["docker", "build"],
      "rebuild-file-missing",
    ],
  ] as const)("for %s, with exit code %i", async (_, code, files, config, words, reason) => {
    const project = aDockerProject(files, config);
    const ran = await laptop.igor(project, [...words, "--json"]);
    expect({ code: ran.exitCode, stderr: ran.stderr }).toEqual({ code, stderr: "" });
    const failures = eventsOf(ran.stdout).map(
      ({ failure }) => (failure as { reason?: string } | undefined)?.reason,
    );
    expect(failures).toContain(reason);
  });
});
