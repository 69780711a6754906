import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startedPrograms } from "../../src/remote/exec-parts.ts";
import { readFindings } from "../../src/remote/findings.ts";
import { compact } from "../../src/remote/programs.ts";
import { onHost } from "../hosts/bed.ts";
import { shells } from "../support/run-program.ts";
import { aHostProject, removeHostProjects } from "../support/container-host.ts";
import {
  aDockerProject,
  containerOf,
  eventsOf,
  inHostDir,
  removeDockerProjects,
  says,
  steady,
  told,
} from "../support/docker-project.ts";
import { aLaptop, ended } from "../support/laptop.ts";

const here = aLaptop();
const there = aLaptop();
afterAll(async () => {
  await Promise.all([here.close(), there.close()]);
  await Promise.all([removeDockerProjects(["apollo", "enterprise"]), removeHostProjects()]);
});

const project = aDockerProject();
beforeAll(async () => {
  const ran = await here.igor(project, ["docker", "setup"]);
  if (ran.exitCode !== 0) throw new Error(ran.stderr);
});

/** A table without what differs from run to run. */
function table(text: string): string {
  return steady(text, project)
    .replace(/\b[0-9a-f]{8}\b/g, "SESSION ")
    .replace(/\S+@\S+/g, "ME")
    .replace(/ +\d+ {2}dino +\d+ s +[\d.]+ MB/g, "  1  dino  1 s  1 MB")
    .replace(/up .*?(?=,| {2})/gi, "up 1 second")
    .replace(/ {2,}/g, "  ")
    .trim();
}

/** What `docker ps --json` found. */
async function found(): Promise<readonly Record<string, unknown>[]> {
  const { stdout, stderr, exitCode } = await here.igor(project, ["docker", "ps", "--json"]);
  expect([exitCode, stderr]).toEqual([0, ""]);
  return eventsOf(stdout)
    .filter(({ type }) => type === "found")
    .map(({ finding }) => finding as Record<string, unknown>);
}

describe("igor docker ps", () => {
  test("where there is no container says so, and how to make one, on each of several hosts", async () => {
    const ran = await here.igor(project, ["docker", "ps", "-g", "cluster"]);
    const lines = steady(ran.stdout, project).replace(/ {2,}/g, "  ");
    expect(lines).toContain(
      "apollo  dino-toy-cluster  none: igor docker setup -g cluster makes it\n",
    );
    expect(lines).toContain(
      "enterprise  dino-toy-cluster  none: igor docker setup -g cluster makes it",
    );
    expect(ran.stderr).toBe("");
    expect(ran.exitCode).toBe(0);
  });

  // There is no GPU here: what stands in for the driver's tool tells of a real process, by its number on the host.
  test("lists GPUs, and what a process in the container uses of them", async () => {
    const tool = `#!/bin/sh
case $* in
  *query-gpu*) echo "0, NVIDIA A100-SXM4-40GB, 3145, 40960" ;;
  *) for pid in $(pgrep -u dino -f "^sleep 7799"); do echo "$pid, 512"; done; echo "1, 99" ;;
esac
`;
    await onHost("apollo", "cat >/usr/local/bin/nvidia-smi; chmod 755 /usr/local/bin/nvidia-smi", {
      input: tool,
    });
    const child = there.start(project, ["docker", "exec", "sh", "-c", "echo ready; sleep 7799"]);
    const end = ended(child);
    try {
      await says(child, "ready");
      const all = await found();
      expect(all.filter(({ kind }) => kind === "gpu")).toEqual([
        {
          kind: "gpu",
          index: 0,
          name: "NVIDIA A100-SXM4-40GB",
          usedBytes: 3145 * 1024 ** 2,
          totalBytes: 40_960 * 1024 ** 2,
        },
      ]);
      const using = all.filter(({ gpuBytes }) => gpuBytes !== undefined);
      expect(using).toMatchObject([{ command: "sleep 7799", gpuBytes: 512 * 1024 ** 2 }]);
      expect((await here.igor(project, ["docker", "ps"])).stdout).toContain("A100");
    } finally {
      await onHost("apollo", "rm /usr/local/bin/nvidia-smi");
      child.kill("SIGTERM");
      await end;
    }
  });

  test("lists a command that another laptop runs, with all that it started, and what igor did not start", async () => {
    await inHostDir(project, `docker exec -d ${containerOf(project)} sleep 7654`);
    const child = there.start(project, [
      "docker",
      "exec",
      "sh",
      "-c",
      "sleep 9876 & echo ready; wait",
    ]);
    await says(child, "ready");
    const ran = await here.igor(project, ["docker", "ps"]);
    expect(table(ran.stdout)).toMatchInlineSnapshot(`
      "CONTAINER  STATE  IMAGE
      dino-toy-dev  up 1 second  dino-toy:igor

      SESSION  STARTED BY  PID  USER  FOR  MEMORY  COMMAND
      SESSION  exec, ME  1  dino  1 s  1 MB  sh -c sleep 9876 & echo ready; wait
        1  dino  1 s  1 MB  sleep 9876
      -  not igor  1  dino  1 s  1 MB  sleep 7654

      IMAGE  ID  SIZE  MADE
      dino-toy:igor  ID  2.0 MB  1 s ago"
    `);
    expect(told({ ...ran, stdout: "" }, project)).toBe("exit code 0");

    const all = await found();
    const session = all.find(({ kind }) => kind === "session");
    expect(session).toMatchObject({ verb: "exec", state: "running" });
    expect(session?.["from"]).toMatch(/^\S+@\S+$/);
    const processes = all.filter(({ kind }) => kind === "process");
    expect(processes.filter((one) => one["session"] === session?.["id"])).toHaveLength(2);
    expect(processes).toContainEqual(expect.objectContaining({ command: "sleep 7654" }));

    const end = ended(child);
    child.kill("SIGTERM");
    await end;
    expect((await found()).some(({ kind }) => kind === "session")).toBe(false);
    await inHostDir(project, `docker exec ${containerOf(project)} sh -c 'kill -9 -1' || true`);
  });

  test("lists leftovers, and how they go", async () => {
    const labels = (group: string) =>
      `--label igor.owner=dino --label igor.project=${project.name} --label igor.group=${group}`;
    const own = `dino-${project.name}`;
    const short = `a${randomBytes(4).toString("hex").slice(1)}`;
    const gone = `${short}00000000`;
    await inHostDir(
      project,
      `docker create --name ${own}-dev.previous ${labels("dev")} igor-demo/busybox:1
       docker create --name ${own}-cluster ${labels("cluster")} igor-demo/busybox:1
       docker create --name ${own}-old ${labels("old")} igor-demo/busybox:1
       docker create --name my-${project.name} ${labels("dev")} igor-demo/busybox:1
       mkdir -p .igor/host/stage/1f2e && touch -d '2 hours ago' .igor/host/stage/1f2e
       mkdir -m 700 /tmp/igor-session.${gone}
       echo 4194303 >/tmp/igor-session.${gone}/pid
       echo "exec TERM kim%40falcon ${containerOf(project)}" >/tmp/igor-session.${gone}/note`,
    );
    const leftovers = (await found()).filter(({ kind }) => kind === "leftover");
    expect(
      leftovers
        .map(
          ({ what, because, group = "" }) => `${String(what)} ${String(because)} ${String(group)}`,
        )
        .toSorted(),
    ).toEqual([
      "container never-started cluster",
      "container other-group old",
      "container replaced dev",
      "session abandoned ",
      "stage abandoned ",
    ]);
    const cleared = await here.igor(project, ["stop", short]);
    expect(told(cleared, project)).toContain(`stopped the session ${short}, in which nothing ran`);
    expect((await found()).filter(({ what }) => what === "session")).toEqual([]);
  });

  test("prints what will be run with --plan, and leaves no journal", async () => {
    const plan = await here.igor(project, ["docker", "ps", "--plan"]);
    expect(plan.stdout).toContain("look: run the remote program ps there");
    const log = await here.igor(project, ["log"]);
    expect(log.stdout).not.toContain("docker ps");
  });
});

describe("igor docker logs", () => {
  test("prints the log of the last build and says on stderr what it is", async () => {
    const ran = await here.igor(project, ["docker", "logs"]);
    expect(ran.stdout).toMatch(/^Sending build context[^]*\nSuccessfully tagged .*\n$/);
    expect(steady(ran.stderr, project)).toBe(
      "apollo: log of the setup JOB, begun 1 s ago, which went well\n",
    );
    expect(ran.exitCode).toBe(0);
  });

  test("with -f goes on with a build that somebody else began, to its end; docker ps lists it", async () => {
    const run = "i=0; while [ $i -lt 20 ]; do i=$((i + 1)); echo line $i; sleep 0.3; done";
    const mark = randomBytes(4).toString("hex");
    const slow = aDockerProject({ Dockerfile: `FROM igor-demo/busybox:1\nRUN ${run} # ${mark}\n` });
    const build = here.start(slow, ["docker", "build", "--json"]);
    const built = ended(build);
    await says(build, '"line":"line 3"');
    const follow = ended(there.start(slow, ["docker", "logs", "-f"]));
    const soFar = await there.igor(slow, ["docker", "logs"]);
    const listed = await there.igor(slow, ["docker", "ps"]);
    expect(soFar.stdout).toMatch(/\nline 3\n/);
    expect(soFar.stdout).not.toContain("line 20");
    expect(listed.stdout).toMatch(/build of dev|JOB/);
    const { stdout, stderr, exitCode } = await follow;
    const lines = stdout.split("\n").filter((line) => /^line \d+$/.test(line));
    expect(lines).toEqual(Array.from({ length: 20 }, (_, index) => `line ${String(index + 1)}`));
    expect(steady(stderr, slow)).toMatch(/^apollo: log of the build JOB, which runs for 1 s\n/);
    expect([exitCode, (await built).exitCode]).toEqual([0, 0]);
  });

  test("says where there is no log, and marks lines with their hosts where there are several", async () => {
    const ran = await here.igor(project, ["docker", "logs", "-g", "cluster"]);
    expect(ran.stdout).toBe("");
    expect(ran.stderr).toContain("enterprise: there is no log of a build on enterprise");
    expect(ran.exitCode).toBe(0);
  });
});

test("stop tells of a process that may not be ended", async () => {
  const one = aHostProject();
  await one.run("setup");
  await one.sh(`docker exec -u 0 -d ${one.container} sleep 7655`);
  // As a plugin that lets nobody have more rights.
  await one.sh(
    `mkdir -p bin && printf '#!/bin/sh\ncase "$*" in *--privileged*) echo "authorization denied" >&2; exit 1 ;; esac\nexec /usr/bin/docker "$@"\n' >bin/docker && chmod +x bin/docker`,
  );
  const inputs = {
    in_only: "1",
    in_ids: (await one.inside('ps -o pid,args | awk "/[s]leep 7655/ {print \\$1}"')).trim(),
    ...Object.fromEntries(
      (["look", "kept", "kill", "end"] as const).map((name) => [
        `in_${name}`,
        startedPrograms[name].map(compact).join(""),
      ]),
    ),
  };
  const prepare = `PATH=${one.dir}/bin:$PATH`;
  const { events } = await one.frame("stop", { inputs }, { prepare });
  expect(events).toEqual([`failed still-running ${inputs.in_ids}`]);
  expect(await one.inside('ps -o pid,args | awk "/[s]leep 7655/ {print \\$1}"')).not.toBe("");
});

test("the remote programs ps and stop do the same in each sh", async () => {
  const one = aHostProject();
  await one.run("setup");
  const inputs = {
    in_containers: `dev=${one.container}`,
    in_must: "1",
    ...Object.fromEntries(
      (["look", "kept", "kill", "end"] as const).map((name) => [
        `in_${name}`,
        startedPrograms[name].map(compact).join(""),
      ]),
    ),
  };
  for (const shell of shells) {
    await one.sh(`docker exec -d ${one.container} env IGOR_SESSION=sleepless12345 sleep 7654`);
    const ran = await one.frame("ps", { inputs }, { shell });
    expect({ shell, ...ran, stdout: "" }).toMatchObject({ events: [], exitCode: 0, stderr: "" });
    const [container, session, process] = readFindings(ran.stdout);
    expect(container).toMatchObject({ name: one.container, state: "running" });
    expect(session).toMatchObject({ id: "sleepless12345" });
    expect(process).toMatchObject({ command: "sleep 7654", user: "dino" });
    const stop = (id: string) =>
      one.frame("stop", { inputs: { ...inputs, in_ids: id } }, { shell });
    expect((await stop("nosuch")).events).toEqual(["failed unknown-id nosuch"]);
    const pid = process?.kind === "process" ? String(process.pid) : "";
    expect((await stop(pid)).events).toEqual([
      expect.stringMatching(`^stopped process ${pid} ${pid} \\d+ `),
    ]);
    expect(await one.inside(`ps -o args | grep -c "^[s]leep 7654" || true`)).toBe("0\n");
  }
});
