import type { ChildProcess } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { cutLink, hostAddress, onHost, restoreLink } from "../hosts/bed.ts";
import { startRelay } from "../hosts/relay.mjs";
import {
  aDockerProject,
  eventsOf,
  idOf,
  inHostDir,
  outputLines,
  removeDockerProjects,
  says,
  told,
} from "../support/docker-project.ts";
import { aLaptop, ended } from "../support/laptop.ts";
import type { TestProject } from "../support/laptop.ts";
import { token, until } from "../support/run-session.ts";

const laptop = aLaptop();
afterAll(async () => {
  await laptop.close();
  await removeDockerProjects();
});

/** A project whose build says `line 1` to `line N`, some of them at once and some later. */
function slowProject({ lines, seconds }: { lines: number; seconds: number }): TestProject {
  const every = Math.ceil(lines / (seconds * 5));
  const run = `i=0; while [ $i -lt ${String(lines)} ]; do i=$((i + 1)); echo line $i; [ $((i % ${String(every)})) != 0 ] || sleep 0.2; done`;
  return aDockerProject({
    Dockerfile: `FROM igor-demo/busybox:1\nCOPY requirements.txt /\nRUN ${run} # ${token()}\n`,
  });
}

const allLines = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `line ${String(index + 1)}`);

/** The lines of the build that igor told as JSON. */
const buildLines = (stdout: string): readonly string[] =>
  outputLines(stdout).filter((line) => line.startsWith("line "));

const start = (project: TestProject, ...words: readonly string[]): ChildProcess => {
  const child = laptop.start(project, ["docker", "setup", ...words]);
  child.stdin?.end();
  return child;
};

/** Processes of the build on the host: none when nothing of a job runs. */
const jobProcesses = (project: TestProject): Promise<string> =>
  inHostDir(project, `pgrep -af "[j]obs/.*/program|[d]ocker build.*${project.name}" || true`);

const imageOf = (project: TestProject): Promise<string> =>
  inHostDir(project, `docker images -q dino-${project.name}:igor`);

/** How many steps were told before a cut, and how often, is a matter of the moment. */
function withoutSteps(text: string): string {
  return text.replace(/^apollo: step \d+ of \d+: .*\n/gm, "");
}

describe("a build whose link is cut", () => {
  test("goes on, and igor connects again by itself and tells each line exactly once", async () => {
    const relay = await startRelay({ target: { host: await hostAddress("apollo"), port: 22 } });
    const relayed = aLaptop({ through: { apollo: relay.port } });
    try {
      const project = slowProject({ lines: 400, seconds: 6 });
      const child = relayed.start(project, ["docker", "setup", "--json"]);
      const end = ended(child);
      await says(child, "line 40");
      relay.cut();
      await says(child, "line 200");
      relay.cut();
      const ran = await end;
      expect(ran.exitCode).toBe(0);
      expect(buildLines(ran.stdout)).toEqual(allLines(400));
      const decisions = eventsOf(ran.stdout).filter(({ type }) => type === "decided");
      expect(decisions.map(({ decision }) => (decision as { kind: string }).kind)).toEqual([
        "pushed",
        "building",
        "retrying",
        "retrying",
        "built",
        "gpus",
        "container-started",
      ]);
    } finally {
      await relayed.close();
      await relay.close();
    }
  });

  test("for 5 seconds is told to its end, each line once", async () => {
    const project = slowProject({ lines: 200, seconds: 8 });
    const child = start(project, "--json");
    const end = ended(child);
    await says(child, "line 20");
    await cutLink("apollo");
    try {
      await pause(5000);
    } finally {
      await restoreLink("apollo");
    }
    const ran = await end;
    expect(ran.exitCode).toBe(0);
    expect(buildLines(ran.stdout)).toEqual(allLines(200));
  });

  test("for long is left to itself, which igor says, and the next setup tells all of it", async () => {
    const relay = await startRelay({ target: { host: await hostAddress("apollo"), port: 22 } });
    const relayed = aLaptop({ through: { apollo: relay.port } });
    const project = slowProject({ lines: 200, seconds: 30 });
    try {
      const child = relayed.start(project, ["docker", "setup"]);
      const end = ended(child);
      await says(child, "building: there was no image");
      await relay.close();
      expect(withoutSteps(told(await end, project))).toMatchInlineSnapshot(`
        "apollo: building: there was no image on apollo
        apollo: warning: trying once more: the connection was lost
        ✗ apollo: the connection is lost, but what was begun goes on there
          apollo:/home/dino/igor tests/toy/.igor/host/jobs/JOB/log
          | ssh: connect to host 127.0.0.1 port 1: Connection refused
          → run the same command again when the host can be reached: it follows what runs, or finds it done
        docker setup toy failed on apollo after 1 s: the connection is lost, but what was begun goes on there
        exit code 1"
      `);
    } finally {
      await relayed.close();
    }
    const second = start(project, "--json");
    const secondEnd = ended(second);
    await says(second, "line 20");
    expect(await jobProcesses(project)).not.toBe("");
    const { exitCode, stdout } = await secondEnd;
    expect(exitCode).toBe(0);
    expect(stdout).toContain('"kind":"joined-job"');
    expect(buildLines(stdout)).toEqual(allLines(200));
  });
});

describe("igor that is killed while a build runs", () => {
  test("leaves the job to end by itself, and the next setup finds all done", async () => {
    const project = slowProject({ lines: 20, seconds: 3 });
    const child = start(project, "--json");
    const end = ended(child);
    await says(child, "line 5");
    child.kill("SIGKILL");
    expect((await end).signal).toBe("SIGKILL");
    await until(
      () => jobProcesses(project),
      (seen) => seen === "",
    );
    const ran = await laptop.igor(project, ["docker", "setup"]);
    expect(told(ran, project)).toMatchInlineSnapshot(`
      "docker setup toy done on apollo in 1 s: nothing to push (4 files); image up to date; container kept
      exit code 0"
    `);
  });
});

describe.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)("%s to igor while a build runs", (signal, code) => {
  test(`ends the build on the host, with ${String(code)}, and leaves the old container running`, async () => {
    const project = aDockerProject();
    await laptop.igor(project, ["docker", "setup"]);
    const before = await idOf(project);
    const image = await imageOf(project);
    const mark = token();
    project.write({ Dockerfile: `FROM igor-demo/busybox:1\nRUN echo begun; sleep ${mark}\n` });
    const child = start(project, "--json");
    const end = ended(child);
    await says(child, '"line":"begun"');
    child.kill(signal);
    const { exitCode, stdout } = await end;
    expect(exitCode).toBe(code);
    expect(eventsOf(stdout).at(-2)).toMatchObject({
      type: "host-ended",
      failure: { reason: "cancelled" },
    });
    expect(await jobProcesses(project)).toBe("");
    expect(await idOf(project)).toBe(before);
    expect(await imageOf(project)).toBe(image);
    // The step's own container goes with the build.
    await until(
      () =>
        inHostDir(project, `docker ps --no-trunc --format '{{.Command}}' | grep ${mark} || true`),
      (seen) => seen === "",
    );
  });
});

test("Ctrl-C in the moment in which a build begins ends it too", async () => {
  // Long enough to be ended while it builds.
  const project = slowProject({ lines: 20, seconds: 20 });
  // The job is held when it has begun, and nobody has heard of it yet.
  const hold = `#!/bin/sh
[ "$*" != "--foreground 1 true" ] || { touch /tmp/job-held; until [ -e /tmp/job-goes ]; do sleep 0.1; done; }
exec /usr/bin/timeout "$@"
`;
  const timeout = "/usr/local/bin/timeout";
  await onHost("apollo", `cat >${timeout}; chmod 755 ${timeout}`, { input: hold });
  try {
    const child = start(project, "--json");
    const end = ended(child);
    await until(
      async () => (await onHost("apollo", "ls /tmp")).stdout,
      (seen) => seen.includes("job-held"),
    );
    child.kill("SIGINT");
    await until(
      () => inHostDir(project, "cat /tmp/igor.*/*.signal 2>/dev/null || :"),
      (seen) => seen.includes("TERM"),
    );
    await onHost("apollo", "touch /tmp/job-goes", { user: "dino" });
    expect((await end).exitCode).toBe(130);
    await until(
      () => inHostDir(project, "cat .igor/host/jobs/*/rc || :"),
      (seen) => seen === "143\n",
    );
    expect(await jobProcesses(project)).toBe("");
  } finally {
    await onHost("apollo", `rm -f ${timeout} /tmp/job-held /tmp/job-goes`);
  }
});

describe("two setups at once", () => {
  test("build once: the second follows the job of the first", async () => {
    const project = slowProject({ lines: 20, seconds: 2 });
    const first = start(project, "--json");
    const firstEnd = ended(first);
    await says(first, "line 3");
    const second = await laptop.igor(project, ["docker", "setup", "--json"]);
    const one = await firstEnd;
    expect([one.exitCode, second.exitCode]).toEqual([0, 0]);
    expect(second.stdout).toContain('"kind":"joined-job"');
    expect(buildLines(one.stdout)).toEqual(allLines(20));
    expect(buildLines(second.stdout)).toEqual(allLines(20));
    expect((await inHostDir(project, "ls .igor/host/jobs")).trim().split("\n")).toHaveLength(1);
  });

  test("of which the second is cancelled leave the job to the first", async () => {
    const project = slowProject({ lines: 20, seconds: 4 });
    const first = start(project, "--json");
    const firstEnd = ended(first);
    await says(first, "line 3");
    const second = start(project, "--json");
    const secondEnd = ended(second);
    await says(second, "line 3");
    second.kill("SIGINT");
    const { exitCode, stdout } = await secondEnd;
    expect(exitCode).toBe(130);
    expect(eventsOf(stdout).at(-2)).toMatchObject({
      type: "host-ended",
      failure: { reason: "cancelled" },
    });
    const one = await firstEnd;
    expect(one.exitCode).toBe(0);
    expect(buildLines(one.stdout)).toEqual(allLines(20));
  });

  test("of which the second wants something else wait for each other, and both get it", async () => {
    const project = slowProject({ lines: 10, seconds: 2 });
    const first = start(project);
    const firstEnd = ended(first);
    await says(first, "building: there was no image");
    project.write({ "requirements.txt": "torch\n" });
    const second = await laptop.igor(project, ["docker", "setup"]);
    expect((await firstEnd).exitCode).toBe(0);
    expect(withoutSteps(told(second, project))).toMatchInlineSnapshot(`
      "apollo: following the job that runs already (JOB); a cancel here leaves it running
      apollo: building: there was no image on apollo
      apollo: rebuilding: requirements.txt changed
      docker setup toy done on apollo in 1 s: 1 file pushed (1 kB); built: there was no image on apollo; container started: there was none on apollo; nothing to push (4 files); rebuilt: requirements.txt changed; container replaced: new image
      exit code 0"
    `);
  });
});
