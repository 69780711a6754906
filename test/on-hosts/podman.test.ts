import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { onHost } from "../hosts/bed.ts";
import { linesAbout } from "../support/doctor-lines.ts";
import { eventsOf, igorInTerminal, says, told } from "../support/docker-project.ts";
import { aLaptop, aProject, ended } from "../support/laptop.ts";
import type { Files, IgorResult, TestProject } from "../support/laptop.ts";
import { podmanUp, removePodmanProject } from "../support/podman-host.ts";
import { endedByNow, sessionsIn, token, until } from "../support/run-session.ts";

const laptop = aLaptop();
const made: TestProject[] = [];

/** systemd is not on the bed: what it says of a user whose containers it ends with the last login. */
const loginctl = '#!/bin/sh\n[ "$*" = "show-user dino --property Linger" ] && echo Linger=no\n';

beforeAll(async () => {
  await podmanUp("apollo");
  const install = "cat >/usr/local/bin/loginctl && chmod 755 /usr/local/bin/loginctl";
  await onHost("apollo", install, { input: loginctl });
}, 60_000);
afterAll(async () => {
  for (const { name } of made) await removePodmanProject("apollo", name);
  await onHost("apollo", "rm /usr/local/bin/loginctl");
  await laptop.close();
});

type User = "dino" | "root";
const dirOf = (user: User): string => `${user === "root" ? "/root" : "/home/dino"}/igor tests`;
const base = "FROM igor-demo/busybox:1\nCOPY requirements.txt /\n";

/** A project for a podman of dino, who has no rights, or of root. */
function aPodmanProject(
  config: Readonly<Record<string, unknown>> = {},
  { user = "dino", files = {} }: { user?: User; files?: Files } = {},
): TestProject & { readonly config: (more: Readonly<Record<string, unknown>>) => void } {
  const host_groups = { dev: { hosts: [{ host: "apollo", dir: dirOf(user) }] } };
  const words = { engine: "podman", user, host_groups, gpus: "none", ...config };
  const project = aProject(
    { Dockerfile: base, "requirements.txt": "numpy\n", "main.py": "print(1)\n", ...files },
    words,
  );
  made.push(project);
  return {
    ...project,
    hostDir: `${dirOf(user)}/${project.name}`,
    config: (more) => project.write({ ".igor/config.json": JSON.stringify({ ...words, ...more }) }),
  };
}

const igor = (project: TestProject, ...words: string[]): Promise<IgorResult> =>
  laptop.igor(project, ["docker", ...words]);
const setup = (project: TestProject, ...words: string[]): Promise<IgorResult> =>
  igor(project, "setup", "--trust", ...words);
const said = ({ stdout, stderr, exitCode }: IgorResult): string =>
  `${stdout}${stderr}exit code ${String(exitCode)}`;

/** Shell text on the host, as one of its users. */
async function sh(text: string, user: User = "dino"): Promise<string> {
  const { stdout, stderr } = await onHost("apollo", text, { user });
  return stdout + stderr;
}

async function ready(...asked: Parameters<typeof aPodmanProject>) {
  const project = aPodmanProject(...asked);
  const { exitCode, stderr } = await setup(project);
  if (exitCode !== 0) throw new Error(stderr);
  return project;
}

const stateOf = ({ name }: TestProject): Promise<string> =>
  sh(`podman ps -a --filter name=${name} --format '{{.Names}} {{.Id}} {{.State}}'`);

describe.each([
  ["dino", 1000, 5601],
  ["root", 0, 5602],
] as const)("podman of %s", (user, uid, port) => {
  test("is set up with code, home, ports and mounts, is kept, and goes", async () => {
    await sh("mkdir -p ~/'data, \"x\"' && echo 7 >~/'data, \"x\"/n'", user);
    const mounts = [{ source: '~/data, "x"', target: "/data, d", readonly: true }];
    const project = aPodmanProject({ debug_port: port, mounts, env: { A: "x  y#" } }, { user });
    const first = told(await setup(project), project);
    expect(first.includes("`ssh apollo loginctl enable-linger`")).toBe(user === "dino");
    expect(first.split("\n").at(-2)).toBe(
      "docker setup toy done on apollo in 1 s: 4 files pushed (1 kB); built: there was no image on apollo; container started: there was none on apollo",
    );
    const inside = 'id -u; pwd; echo "$HOME $USER $A"; touch made ~/kept; cat "/data, d/n"';
    expect(said(await igor(project, "exec", "sh", "-c", inside))).toBe(
      `${String(uid)}\n/workspace\n/home/${user} ${user} x  y#\n7\nexit code 0`,
    );
    expect(
      await sh(`cd '${project.hostDir}' && stat -c '%U %n' made .igor/host/home/kept`, user),
    ).toBe(`${user} made\n${user} .igor/host/home/kept\n`);
    const serve = `echo hello >~/i; exec httpd -f -p ${String(port)} -h ~`;
    const server = laptop.start(project, ["docker", "exec", "sh", "-c", serve]);
    const end = ended(server);
    const heard = await until(
      () => sh(`curl -s 127.0.0.1:${String(port)}/i; ss -Hltn sport = :${String(port)}`),
      (both) => both.startsWith("hello"),
    );
    expect(heard).toMatch(/^hello\n\S+ +\S+ +\S+ +127\.0\.0\.1:\d+ +\S+ *\n$/);
    server.kill("SIGINT");
    await end;
    expect(told(await setup(project), project)).toBe(
      "docker setup toy done on apollo in 1 s: nothing to push (4 files); image up to date; container kept\nexit code 0",
    );
    expect(told(await igor(project, "clean", "--images"), project)).toContain(
      `removed container ${user}-toy-dev; removed image localhost/${user}-toy:igor`,
    );
    expect(await sh(`podman ps -a --filter name=${project.name} -q`, user)).toBe("");
  });
});

describe("what is there with podman", () => {
  test("is listed, told, looked at and ended like anything else", async () => {
    const project = await ready({ outputs: ["runs/"] });
    const child = laptop.start(project, [
      ...["docker", "exec", "sh", "-c", "mkdir runs; echo 1 >runs/a; echo ready; sleep 7766"],
    ]);
    const end = ended(child);
    await says(child, "ready");
    const other = aLaptop();
    const ps = told(await other.igor(project, ["docker", "ps"]), project);
    expect(ps).toMatch(/dino-toy-dev +up/i);
    expect(ps).toMatch(/exec, \S+@\S+ .* sleep 7766\n/);
    const status = told(await laptop.igor(project, ["status"]), project);
    expect(status).toMatch(/exit code 0$/);
    expect(status).toContain("container  dino-toy-dev has run for 1 s");
    const logs = await laptop.igor(project, ["docker", "logs"]);
    expect(logs.stdout).toMatch(/STEP 1[^]*requirements\.txt/);
    const { stdout } = await laptop.igor(project, ["doctor"]);
    const lines = linesAbout(stdout, "engine", "users", "builder", "storage", "memory", "files");
    expect(
      lines
        .replace(/podman [\d.]+/, "podman N")
        .replace(/\S+ .B free of \S+ .B in the/, "N free of N in the"),
    ).toMatchInlineSnapshot(`
      "  ok    engine     podman N; you may use it
        ok    users      rootless: the container runs with your own number (keep-id)
        ok    builder    buildah
        ok    storage    N free of N in the engine's store (/home/dino/.local/share/containers/storage)
        ok    memory     8.6 GB free of 8.6 GB in its /dev/shm
        ok    files      a file that is made in the container belongs to dino"
    `);
    expect((await laptop.igor(project, ["pull"])).exitCode).toBe(0);
    expect(readFileSync(join(project.root, "runs/a"), "utf8")).toBe("1\n");
    const stop = told(await other.igor(project, ["stop", "--all"]), project);
    expect(stop).toMatch(/stopped sleep 7766[^]*exit code 0$/);
    await end;
    expect(await sh("pgrep -f '^sleep 7766' || echo none")).toBe("none\n");
    await other.close();
  });
});

describe("exec with podman", () => {
  test("gives the code, the streams, and says what is not there", async () => {
    const project = aPodmanProject();
    expect((await igor(project, "exec", "true")).stderr).toMatch(/there is no container/);
    await setup(project);
    const shell = "cat; echo e >&2; exit 7";
    const { exitCode, stdout, stderr } = await laptop.igor(
      project,
      ["docker", "exec", "sh", "-c", shell],
      { input: Buffer.from([0, 255, 10]).toString("latin1") },
    );
    expect([exitCode, stdout, stderr]).toEqual([7, "\u0000ÿ\n", "e\n"]);
    expect((await igor(project, "exec", "nosuch")).exitCode).toBe(127);
    await sh(`podman stop -t 1 dino-${project.name}-dev`);
    expect((await igor(project, "exec", "true")).stderr).toMatch(/is stopped/);
    expect(said(await setup(project))).toContain("container started: it was stopped");
  });

  test("leaves nothing there when igor is killed, not even what hides its environment", async () => {
    const project = await ready();
    const mark = token();
    const text = `env -i sleep ${mark} & sleep ${mark}; echo never`;
    const child = laptop.start(project, ["docker", "exec", "sh", "-c", `echo begun; ${text}`]);
    const end = ended(child);
    await says(child, "begun");
    await until(
      () => sh("ls /tmp/igor-session.*"),
      (seen) => seen.includes("guarded"),
    );
    child.kill("SIGKILL");
    await end;
    await until(
      () => sh(`pgrep -af 'sleep ${mark}|igor-sessio[n]' | grep -v pgrep; ${sessionsIn("/tmp")}`),
      (seen) => !/sleep|igor-session/.test(seen),
      endedByNow,
    );
  });

  test("has a terminal for the REPL, whose code is passed on", async () => {
    const project = await ready({ repl_cmd: "sh" });
    using terminal = igorInTerminal(laptop, project, ["docker", "repl"]);
    await terminal.shows("/workspace $");
    terminal.type("stty size; tty; exit 3\r");
    await terminal.shows("30 100");
    await terminal.shows("/dev/pts/");
    await terminal.shows("code 3");
    await terminal.shows("restored");
  });
});

describe("setup with podman", () => {
  test("asks before it replaces what is in use, and does without a port that is taken", async () => {
    const port = 5604;
    const project = await ready();
    const holder = `${project.name}-holder`;
    const ports = "5603-5605:5603-5605";
    await sh(`podman run -d --name ${holder} -p 127.0.0.1:${ports} igor-demo/busybox:1 sleep 1000`);
    const running = laptop.start(project, ["docker", "exec", "sh", "-c", "echo on; sleep 1000"]);
    const end = ended(running);
    await says(running, "on");
    project.config({ debug_port: port });
    expect(said(await setup(project))).toMatch(/something runs in it[^]*sleep 1000/);
    expect(said(await setup(project, "--replace"))).toContain(
      `port ${String(port)} is not published: the container ${holder} has it`,
    );
    await end;
  });

  test("runs the old container again when the new one does not start, and says why", async () => {
    const project = await ready();
    const before = await stateOf(project);
    const why = async (config: Readonly<Record<string, unknown>>): Promise<string> => {
      project.config(config);
      const { stderr } = await setup(project);
      return /does not start: (.*); the one before runs again/.exec(stderr)?.[1] ?? stderr;
    };
    expect(await why({ docker_args: ["--cap-add", "NONSENSE"] })).toBe(
      "the engine does not accept its options",
    );
    project.write({ Dockerfile: "FROM scratch\nCOPY requirements.txt /\n" });
    expect(await why({})).toBe("its image has no `sh`");
    expect(await stateOf(project)).toBe(before);
  });

  test("tells why an image could not be built, and which step it was", async () => {
    const why = async (line: string): Promise<unknown> => {
      const project = aPodmanProject({}, { files: { Dockerfile: `${base}${line}\n` } });
      const { stdout } = await igor(project, "build", "--json");
      const { failure } = eventsOf(stdout).find(({ type }) => type === "host-ended") as {
        failure: Record<string, unknown>;
      };
      return [failure["cause"], failure["step"]];
    };
    expect(await Promise.all(["RUN false", "RUNN x", "COPY nosuch /", "FROM nosuch:9"].map(why)))
      .toMatchInlineSnapshot(`
      [
        [
          "step",
          "Step 3/7 : RUN false",
        ],
        [
          "dockerfile-syntax",
          "Step 3/7 : RUNN x",
        ],
        [
          "missing-file",
          "Step 3/7 : COPY nosuch /",
        ],
        [
          "base-image",
          "Step 1/5 : FROM nosuch:9",
        ],
      ]
    `);
  });

  test("that is cancelled ends the step that runs, and leaves nothing half made", async () => {
    const mark = token();
    const files = { Dockerfile: `${base}RUN echo begun; sleep ${mark}\n` };
    const project = aPodmanProject({}, { files });
    const containers = "podman ps -a --external --format '{{.Names}}'";
    const before = await sh(containers);
    const child = laptop.start(project, ["docker", "build", "--json"]);
    const end = ended(child);
    await says(child, '"line":"begun"');
    child.kill("SIGINT");
    expect((await end).exitCode).toBe(130);
    expect(
      await sh(
        `pgrep -af 'sleep ${mark}' | grep -v pgrep; cd '${project.hostDir}'; cat .igor/host/jobs/*/rc`,
      ),
    ).toBe("143\n");
    expect(await sh(containers)).toBe(before);
  });
});
