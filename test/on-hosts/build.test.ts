import { afterAll, describe, expect, test } from "vitest";
import { parseContainerFailure } from "../../src/remote/container-events.ts";
import { advanceBuild, emptyBuildProgress } from "../../src/remote/read-build.ts";
import { readFileSystemWords } from "../../src/remote/read-failure.ts";
import { onHost } from "../hosts/bed.ts";
import { shells } from "../support/run-program.ts";
import { token } from "../support/run-session.ts";
import { aHostProject, plainFiles, removeHostProjects } from "../support/container-host.ts";

afterAll(removeHostProjects);

const where = { host: "apollo", lastWords: [] };
const base = "FROM igor-demo/busybox:1\n";

/** How a build of this dockerfile fails. */
async function failureOf(dockerfile: string) {
  const project = aHostProject();
  const done = await project.run("build", { files: { ...plainFiles, Dockerfile: dockerfile } });
  expect(done.end).toMatch(/^END 1 /);
  const failure = parseContainerFailure(done.job.at(-1)?.split(" ").slice(1) ?? [], where);
  return { ...failure, lines: done.lines };
}

describe("a build", () => {
  test("does nothing when the image is up to date", async () => {
    const project = aHostProject();
    expect((await project.run("build")).job).toEqual([
      "building no-image",
      `built dino-${project.name}:igor`,
    ]);
    expect((await project.run("build")).events).toEqual(["unchanged", "image-up-to-date"]);
    expect(await project.sh(`docker ps -aq --filter name=${project.name}`)).toBe("");
  });

  test("tells how far it is", async () => {
    const done = await aHostProject().run("build", { files: { Dockerfile: `${base}RUN true\n` } });
    const progress = done.lines.reduce(advanceBuild, emptyBuildProgress);
    expect(progress.total).toBeGreaterThanOrEqual(2);
    expect(progress.done).toBe(progress.total);
  });

  test("names every input that changed, and a build argument that is new", async () => {
    const project = aHostProject();
    await project.run("build");
    const files = {
      Dockerfile: `${plainFiles.Dockerfile}ARG CUDA\n`,
      "requirements.txt": "torch\n",
    };
    const done = await project.run("build", { files, buildArgs: { CUDA: "12 1" } });
    expect(done.job[0]).toBe(
      "building changed Dockerfile build%20argument%20CUDA requirements.txt",
    );
    const args = await project.run("build", { files, buildArgs: { CUDA: "13" } });
    expect(args.job[0]).toBe("building changed build%20argument%20CUDA");
  });

  test.each(shells)(
    "sees the files of the context whole, whatever their names and modes, on %s",
    async (shell) => {
      const project = aHostProject();
      const names = [
        "src/a b.py",
        "src/-dash",
        "src/tab\ttab",
        'src/quo"te',
        "src/new\nline",
        "src/back\\\\slash",
        "src/$(x)",
        "src/ü",
      ];
      const files = Object.fromEntries(names.map((name) => [name, name]));
      const Dockerfile = `${base}COPY src /src\nRUN cd /src && ls -la && test "$(ls | wc -l)" = 9 && cat ./* >/all && test -x x.sh\n`;
      await project.sh("mkdir -p src && printf 'x' >src/x.sh && chmod 755 src/x.sh");
      const context = { ...files, "src/x.sh": "x", Dockerfile };
      const done = await project.run("build", { files: context }, { shell });
      expect(done.lines.slice(-12).join("\n")).toContain("Successfully tagged");
      expect(done.job[1]).toMatch(/^copied-directory-ignored src /);
    },
  );

  test("that the context is needed for is asked for it", async () => {
    const project = aHostProject();
    const inputs = { in_context: "", in_context_missing: "1" };
    const { events } = await project.frame("build", { inputs });
    expect(events.slice(-2)).toEqual(["unchanged", "context-needed"]);
    await project.run("build");
    expect((await project.frame("build", { inputs })).events).toEqual([
      "unchanged",
      "image-up-to-date",
    ]);
  });

  test("with BuildKit leaves out what the ignore file of the dockerfile says, and not what .dockerignore does", async () => {
    const project = aHostProject();
    const files = {
      Dockerfile: "FROM igor-demo/busybox:1\nCOPY . /all\n",
      ".dockerignore": "data\n",
      "data/x": "1\n",
    };
    const inputs = { in_context: "Dockerfile\n.dockerignore\ndata/x" };
    const done = await project.run(
      "build",
      { files, inputs },
      { prepare: "export DOCKER_BUILDKIT=1" },
    );
    expect(done.end).toMatch(/^END 0/);
    expect(await project.sh(`docker run --rm dino-${project.name}:igor ls /all`)).toBe(
      "Dockerfile\ndata\n",
    );
  });

  test("fails with the step that failed and what it said, and leaves no container", async () => {
    const stopped = "docker ps -aq --filter status=exited";
    const { stdout: before } = await onHost("apollo", stopped);
    const failure = await failureOf(`${base}RUN echo unknown instruction: X; exit 7\n`);
    expect(failure).toMatchObject({
      reason: "build-failed",
      cause: "step",
      step: expect.stringContaining("RUN echo unknown"),
    });
    expect(failure.lines.join("\n")).toContain("unknown instruction: X");
    expect((await onHost("apollo", stopped)).stdout).toBe(before);
  });

  test.each([
    ["the base image is missing", "FROM igor-demo/nowhere:1\n", "base-image"],
    ["the dockerfile has a mistake", `${base}RUNN x\n`, "dockerfile-syntax"],
    ["a file of COPY is missing", `${base}COPY nowhere.txt /\n`, "missing-file"],
    ["the disk is full", `${base}RUN dd if=/dev/zero of=/dev/shm/x bs=1M\n`, "disk-full"],
  ])("says that %s", async (_, dockerfile, cause) => {
    expect(await failureOf(dockerfile)).toMatchObject({ reason: "build-failed", cause });
  });

  test("says that the dockerfile is missing", async () => {
    const { events } = await aHostProject().frame("build", { files: { "requirements.txt": "" } });
    expect(events.at(-1)).toBe(
      `failed dockerfile-missing ${Buffer.from("Dockerfile").toString("base64")}`,
    );
  });

  test("that fails leaves the old image and the running container as they are", async () => {
    const project = aHostProject();
    await project.run("setup");
    const state = `docker inspect -f '{{.Id}} {{.State.StartedAt}}' ${project.container} dino-${project.name}:igor 2>/dev/null || true; docker inspect -f '{{.Id}} {{.State.StartedAt}}' ${project.container}; docker image inspect -f '{{.Id}}' dino-${project.name}:igor`;
    const before = await project.sh(state);
    const done = await project.run("setup", {
      files: { ...plainFiles, Dockerfile: `${base}RUN false\n` },
    });
    expect(done.end).toMatch(/^END 1/);
    expect(await project.sh(state)).toBe(before);
  });

  test("that is cancelled really stops, and the old container runs on", async () => {
    const project = aHostProject();
    await project.run("setup");
    const before = await project.sh(`docker inspect -f '{{.Id}}' ${project.container}`);
    const files = { Dockerfile: `${base}RUN sleep 987\n` };
    const [, job = "", nonce = ""] =
      (await project.frame("setup", { files })).events.at(-1)?.split(" ") ?? [];
    const sleeping = () => onHost("apollo", "pgrep -f '[s]leep 987' | wc -l");
    await expect
      .poll(async () => (await sleeping()).stdout.trim(), { timeout: 10_000 })
      .not.toBe("0");
    const cancelled = await project.frame("job-cancel", { inputs: { in_job: job } });
    expect(cancelled.events).toEqual([`job-stopped ${job}`]);
    await expect.poll(async () => (await sleeping()).stdout.trim(), { timeout: 10_000 }).toBe("0");
    expect((await project.follow({ job, nonce })).end).toMatch(/^END 143 /);
    expect(await project.sh(`docker inspect -f '{{.Id}}' ${project.container}`)).toBe(before);
    expect(await project.inside("echo runs")).toBe("runs\n");
  });

  test("that is cancelled while the container is being replaced leaves the old one running", async () => {
    const project = aHostProject();
    await project.run("setup");
    const before = await project.sh(`docker inspect -f '{{.Id}}' ${project.container}`);
    await project.sh(
      `mkdir -p bin && printf '#!/bin/sh\\n[ "$1" != run ] || { touch ${project.dir}/began; sleep 3; }\\nexec /usr/bin/docker "$@"\\n' >bin/docker && chmod +x bin/docker`,
    );
    const asked = { container: { env: { A: "1" } } };
    const prepare = `PATH=${project.dir}/bin:$PATH`;
    const { events } = await project.frame("setup", asked, { prepare });
    const [, job = "", nonce = ""] = events.at(-1)?.split(" ") ?? [];
    await expect.poll(() => project.sh("ls"), { timeout: 10_000 }).toContain("began");
    await project.frame("job-cancel", { inputs: { in_job: job } });
    expect((await project.follow({ job, nonce })).end).toMatch(/^END 143 /);
    expect(await project.sh(`docker inspect -f '{{.Id}}' ${project.container}`)).toBe(before);
    expect(await project.inside("echo runs")).toBe("runs\n");
    const left = `docker ps -a --filter name=${project.container} --format '{{.Names}}'`;
    expect(await project.sh(left)).toBe(`${project.container}\n`);
  });

  test("that is cancelled while the replaced container is being removed leaves the new one", async () => {
    const project = aHostProject();
    await project.run("setup");
    // What ends the job comes when the old one is gone, and before the engine has told so.
    await project.sh(
      `mkdir -p bin && printf '#!/bin/sh\n/usr/bin/docker "$@" || exit\ncase "$*" in "rm -f "*.previous) kill -TERM 0 ;; esac\n' >bin/docker && chmod +x bin/docker`,
    );
    const asked = { container: { env: { A: "1" } } };
    const prepare = `PATH=${project.dir}/bin:$PATH`;
    expect((await project.run("setup", asked, { prepare })).end).toMatch(/^END 143 /);
    expect(await project.inside("echo $A")).toBe("1\n");
    const left = `docker ps -a --filter name=${project.container} --format '{{.Names}}'`;
    expect(await project.sh(left)).toBe(`${project.container}\n`);
  });

  test("whose context does not fit on the disk says so", async () => {
    const project = aHostProject();
    const jobs = `${project.dir}/.igor/host/jobs`;
    await project.sh("mkdir -p .igor/host/jobs && chmod 700 .igor .igor/host");
    await onHost("apollo", `mount -t tmpfs -o size=128k,uid=1000,mode=700 igor-small ${jobs}`);
    try {
      const files = { Dockerfile: `${base}COPY large /\n`, large: "x".repeat(90_000) };
      const { events, stderr, exitCode } = await project.frame("build", { files });
      expect(events.join("\n")).not.toContain("failed");
      expect(exitCode).not.toBe(0);
      expect(readFileSystemWords(stderr, "apollo")).toMatchObject({ reason: "disk-full" });
    } finally {
      await onHost("apollo", `umount ${jobs}`);
    }
  });

  test("that is cancelled while the first container is being made makes none later", async () => {
    const project = aHostProject();
    const mark = token();
    await project.sh(
      `mkdir -p bin && printf '#!/bin/sh\n[ "$1" != run ] || { touch ${project.dir}/began; sleep ${mark}; }\nexec /usr/bin/docker "$@"\n' >bin/docker && chmod +x bin/docker`,
    );
    const prepare = `PATH=${project.dir}/bin:$PATH`;
    const { events } = await project.frame("setup", {}, { prepare });
    const [, job = "", nonce = ""] = events.at(-1)?.split(" ") ?? [];
    await expect.poll(() => project.sh("ls"), { timeout: 10_000 }).toContain("began");
    await project.frame("job-cancel", { inputs: { in_job: job } });
    expect((await project.follow({ job, nonce })).end).toMatch(/^END 143 /);
    expect(
      await project.sh(`pgrep -af '[s]leep ${mark}|[d]ocker run .*${project.name}' || :`),
    ).toBe("");
    expect(await project.sh(`docker ps -aq --filter name=${project.container}`)).toBe("");
  });
});
