import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cutLink, onHost, restoreLink } from "../hosts/bed.ts";
import {
  aDockerProject,
  containerOf,
  eventsOf,
  inHostDir,
  igorInTerminal,
  removeDockerProjects,
  says,
  told,
} from "../support/docker-project.ts";
import { quote } from "../../src/remote/quote.ts";
import { aLaptop, ended, igorProgram } from "../support/laptop.ts";
import type { IgorResult } from "../support/laptop.ts";
import { endedByNow, processes, token, until } from "../support/run-session.ts";

const laptop = aLaptop();
const project = aDockerProject(
  { "sub/deep/x.txt": "1\n" },
  { repl_cmd: "sh -c 'echo size $(stty size); exec sh'" },
);
const container = containerOf(project);

beforeAll(async () => {
  for (const words of [
    ["docker", "setup"],
    ["docker", "setup", "-g", "cluster"],
  ])
    expect(told(await laptop.igor(project, words), project)).toMatch(/exit code 0$/);
});
afterAll(async () => {
  await laptop.close();
  await removeDockerProjects(["apollo", "enterprise"]);
});

const exec = (...words: readonly string[]): Promise<IgorResult> =>
  laptop.igor(project, ["docker", "exec", ...words]);

/** A command that says when it is up, and then sleeps. */
const startSleep = (mark: string): ChildProcess =>
  laptop.start(project, ["docker", "exec", "sh", "-c", `echo up; sleep ${mark}; true`]);

const gone = (mark: string): Promise<unknown> =>
  until(
    () => processes(mark, { container }),
    (left) => left.length === 0,
    endedByNow,
  );

test.each([
  { container_user: "image" },
  { container_user: "image", docker_args: ["--user", "4711"] },
  { docker_args: ["--user", "4711"] },
])("exec is the same in a container whose user is another: %j", async (config) => {
  const other = aDockerProject({}, config);
  await onHost("apollo", ["mkdir", "-p", other.hostDir], { user: "dino" });
  const ready = await laptop.igor(other, ["docker", "setup", "--trust"]);
  expect(told(ready, other)).toMatch(/exit code 0$/);
  const run = (script: string): Promise<IgorResult> =>
    laptop.igor(other, ["docker", "exec", "sh", "-c", script]);
  expect(await run("echo out; echo said >&2; exit 7")).toMatchObject({
    exitCode: 7,
    stdout: "out\n",
    stderr: "said\n",
  });
  expect(await run("echo warned >&2")).toMatchObject({ exitCode: 0, stderr: "warned\n" });
});

test("exec is the same for a login that is another name of the host's user", async () => {
  const script = `cp -p /etc/passwd /etc/shadow /etc/group /tmp
    for f in passwd shadow; do sed -n 's/^dino:/Dino.Lab:/p' /tmp/$f >>/etc/$f; done
    sed 's/^docker:.*/&,Dino.Lab/' /tmp/group >/etc/group`;
  await onHost("apollo", script);
  try {
    const other = aDockerProject({}, { user: "Dino.Lab" });
    expect(told(await laptop.igor(other, ["docker", "setup"]), other)).toMatch(/exit code 0$/);
    const words = ["docker", "exec", "sh", "-c", "echo out; echo said >&2; exit 7"];
    expect(await laptop.igor(other, words)).toMatchObject({
      exitCode: 7,
      stdout: "out\n",
      stderr: "said\n",
    });
  } finally {
    await onHost("apollo", "for f in passwd shadow group; do cat /tmp/$f >/etc/$f; done");
  }
});

describe("exec", () => {
  test("gives the command its words exactly as they were typed", async () => {
    const words = [
      "a b",
      "",
      "it's",
      '"q"',
      "$HOME `id` $(id)",
      "*",
      "line\nbreak",
      "--json",
      "-g",
      "\\n",
      "ü",
    ];
    const { stdout, stderr, exitCode } = await exec(
      "sh",
      "-c",
      'printf "<%s>" "$@"',
      "sh",
      ...words,
    );
    expect({ stdout, stderr, exitCode }).toEqual({
      stdout: words.map((word) => `<${word}>`).join(""),
      stderr: "",
      exitCode: 0,
    });
  });

  test.each([0, 1, 2, 7, 125, 130, 255])(
    "passes exit code %i of the command through",
    async (code) => {
      expect(await exec("sh", "-c", `exit ${String(code)}`)).toMatchObject({
        exitCode: code,
        stdout: "",
        stderr: "",
      });
    },
  );

  test("ends with 127 when there is no such program, and with 126 when it is none", async () => {
    const missing = await exec("no-such-program");
    expect(missing.exitCode).toBe(127);
    expect(missing.stderr).toContain("no-such-program");
    expect((await exec("/etc")).exitCode).toBe(126);
  });

  test("is a pipe for bytes, 5 MB both ways", async () => {
    const bytes = randomBytes(5_000_000);
    const child = laptop.start(project, ["docker", "exec", "cat"]);
    const hash = createHash("sha256");
    child.stdout?.on("data", (chunk: Buffer) => hash.update(chunk));
    const end = ended(child);
    child.stdin?.end(bytes);
    expect(await end).toMatchObject({ exitCode: 0, stderr: "" });
    expect(hash.digest("hex")).toBe(createHash("sha256").update(bytes).digest("hex"));
  });

  test("keeps stdout and stderr apart", async () => {
    expect(await exec("sh", "-c", "echo out; echo err >&2; exit 3")).toMatchObject({
      stdout: "out\n",
      stderr: "err\n",
      exitCode: 3,
    });
  });

  test("brings the command's stderr where the engine has warned before", async () => {
    // WARNING: Error loading config file: /home/dino/.docker/config.json: ...
    await onHost("apollo", "mkdir -p ~/.docker && echo { >~/.docker/config.json", { user: "dino" });
    try {
      const words = ["sh", "-c", "echo one >&2; echo out; echo two >&2; exit 3"];
      expect(await exec(...words)).toMatchObject({
        stdout: "out\n",
        stderr: "one\ntwo\n",
        exitCode: 3,
      });
    } finally {
      await onHost("apollo", "rm -r ~/.docker", { user: "dino" });
    }
  });

  test("starts in the directory it was called from", async () => {
    const ran = await laptop.igor({ root: join(project.root, "sub/deep") }, [
      "docker",
      "exec",
      "sh",
      "-c",
      "pwd; cat x.txt",
    ]);
    expect(ran).toMatchObject({ stdout: "/workspace/sub/deep\n1\n", exitCode: 0 });
  });

  test("says which directory the container does not have", async () => {
    mkdirSync(join(project.root, "not-pushed"), { recursive: true });
    const ran = await laptop.igor({ root: join(project.root, "not-pushed") }, [
      "docker",
      "exec",
      "pwd",
    ]);
    expect(told(ran, project)).toMatchInlineSnapshot(`
      "✗ apollo: the container has no directory /workspace/not-pushed
        apollo, container dino-toy-dev
        → run \`igor push\` if it has files that are not there yet (empty directories are not sent), or call igor from another directory
      exit code 125"
    `);
  });

  test("before any setup ends with 125 and names the command that helps, with its group", async () => {
    const fresh = aDockerProject();
    expect(told(await laptop.igor(fresh, ["docker", "exec", "ls"]), fresh)).toMatchInlineSnapshot(`
      "✗ apollo: there is no container dino-toy-dev there yet
        | Error: No such container: dino-toy-dev
        → run \`igor docker setup\`, which starts it
      exit code 125"
    `);
    expect(
      told(
        await laptop.igor(fresh, ["docker", "exec", "-g", "cluster", "--host", "apollo", "ls"]),
        fresh,
      ),
    ).toMatchInlineSnapshot(`
      "✗ apollo: there is no container dino-toy-cluster there yet
        | Error: No such container: dino-toy-cluster
        → run \`igor docker setup -g cluster --host apollo\`, which starts it
      exit code 125"
    `);
    const json = await laptop.igor(fresh, ["docker", "exec", "--json", "ls"]);
    expect(json).toMatchObject({ exitCode: 125, stderr: "" });
    expect(eventsOf(json.stdout).find(({ type }) => type === "host-ended")).toMatchObject({
      host: "apollo",
      failure: { reason: "no-container", host: "apollo" },
    });
  });

  test("with --json has nothing but events on stdout, and the exit code in one and as its own", async () => {
    const words = ["docker", "exec", "--json", "-t", "sh", "-c", "echo out; echo err >&2; exit 4"];
    const ran = await laptop.igor(project, words);
    expect(ran).toMatchObject({ exitCode: 4, stderr: "" });
    const events = eventsOf(ran.stdout).filter(({ type }) => type !== "step-started");
    expect(events).toHaveLength(5);
    expect(events).toMatchObject([
      { type: "plan-started", hosts: ["apollo"] },
      { type: "output", of: "command" },
      { type: "output", of: "command" },
      { type: "host-ended", host: "apollo", exitCode: 4 },
      { type: "plan-ended" },
    ]);
  });

  test("says when the container is stopped", async () => {
    await onHost("apollo", `docker stop -t 1 ${container}`);
    try {
      expect(told(await exec("ls"), project)).toMatchInlineSnapshot(`
        "✗ apollo: the container dino-toy-dev is stopped
          | Error response from daemon: Container ID is not running
          → run \`igor docker setup\`, which starts it
        exit code 125"
      `);
    } finally {
      await onHost("apollo", `docker start ${container}`);
    }
  });

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("%s to igor ends the command too, with %i", async (signal, code) => {
    const mark = token();
    const child = startSleep(mark);
    const end = ended(child);
    await says(child, "up");
    child.kill(signal);
    expect((await end).exitCode).toBe(code);
    expect(await processes(mark, { container })).toEqual([]);
  });

  test("says when the memory ran out, and not after another KILL", async () => {
    const small = aDockerProject({}, { docker_args: ["--memory", "64m"] });
    const ready = await laptop.igor(small, ["docker", "setup", "--trust"]);
    expect(told(ready, small)).toMatch(/exit code 0$/);
    const run = async (...words: readonly string[]): Promise<string> =>
      told(await laptop.igor(small, ["docker", "exec", ...words]), small);
    expect(await run("tail", "/dev/zero")).toMatchInlineSnapshot(`
      "apollo: warning: the memory there ran out while the command ran, and KILL ended it; \`igor docker ps\` shows what else uses memory, and \`--memory\` in \`docker_args\` may limit it
      exit code 137"
    `);
    expect(await run("sh", "-c", "kill -9 $$")).toBe("exit code 137");
  });

  test.each([
    ["kill", /the container \S+ is stopped\n[^]*run `igor docker setup`, which starts it/],
    // One that is being removed is stopped before it is gone.
    ["rm -f", /(?:there is no container|the container \S+ is stopped)[^]*run `igor docker setup`/],
  ])("says that the container went away under it, by docker %s", async (how, words) => {
    const other = aDockerProject();
    expect(told(await laptop.igor(other, ["docker", "setup"]), other)).toMatch(/exit code 0$/);
    const child = laptop.start(other, ["docker", "exec", "sh", "-c", "echo up; sleep 600"]);
    const end = ended(child);
    await says(child, "up");
    await onHost("apollo", `docker ${how} ${containerOf(other)}`);
    const said = told(await end, other);
    expect(said).toMatch(words);
    expect(said).toMatch(/exit code 125$/);
  });

  test.each([
    ["a line that is cut", () => cutLink("apollo"), () => restoreLink("apollo")],
    [
      "an sshd that is killed there",
      () => onHost("apollo", "pkill -9 -u dino -f ^sshd"),
      undefined,
    ],
  ])("tells of %s within 12 seconds, and the command ends there", async (_, strike, mend) => {
    const mark = token();
    const child = startSleep(mark);
    const end = ended(child);
    await says(child, "up");
    const begin = performance.now();
    try {
      await strike();
      expect(told(await end, project)).toMatchInlineSnapshot(`
        "up
        ✗ apollo: the connection died on the way, and the command with it
          → what it had started there is ended within seconds, so that nothing runs on unseen; run it again once the network is back
        exit code 125"
      `);
      expect(performance.now() - begin).toBeLessThan(13_000);
    } finally {
      await mend?.();
    }
    await gone(mark);
  });

  test("leaves nothing in the container when the window of its terminal is closed", async () => {
    const mark = token();
    using terminal = igorInTerminal(laptop, project, [
      ...["docker", "exec", "--tty"],
      ...["sh", "-c", `echo up; sleep ${mark}; true`],
    ]);
    await terminal.shows(/^up$/m);
    terminal.close();
    await gone(mark);
  });

  test("leaves nothing in the container when igor is killed", async () => {
    const mark = token();
    const child = startSleep(mark);
    const end = ended(child);
    await says(child, "up");
    child.kill("SIGKILL");
    await end;
    await gone(mark);
  });
});

describe("exec on several hosts", () => {
  const onBoth = (...words: readonly string[]): Promise<IgorResult> =>
    exec("-g", "cluster", ...words);
  const who =
    'echo "out $1"; echo "err $1" >&2; [ "$(cat /etc/hostname)" != x ]; [ "$(uname -n)" ]';

  test("marks each line with its host, keeping stdout and stderr apart, and ends with a table", async () => {
    const ran = await onBoth("sh", "-c", who, "sh", "1");
    expect(ran.exitCode).toBe(0);
    expect(ran.stdout.split("\n").sort()).toEqual(["", "apollo: out 1", "enterprise: out 1"]);
    expect(ran.stderr).toContain("apollo: err 1\n");
    expect(ran.stderr).toContain("enterprise: err 1\n");
    expect(ran.stderr.trim().split("\n").at(-1)).toMatch(/^docker exec p\w+ done on 2 hosts in /);
  });

  test("ends with 1 when the command fails on one of them, and tells where and how", async () => {
    await inHostDir(project, "touch only-here");
    const ran = await onBoth("sh", "-c", "[ ! -e only-here ] || exit 7");
    expect(told(ran, project)).toMatchInlineSnapshot(`
      "✓ enterprise   1 s  exit 0
      ✗ apollo       1 s  exit 7
      docker exec toy failed on 1 of 2 hosts (apollo) after 1 s
      exit code 1"
    `);
  });

  test("says on which one the container is missing, and runs on the other", async () => {
    await onHost("enterprise", `docker rename ${containerOf(project, "cluster")} away`);
    try {
      const ran = await onBoth("echo", "fine");
      expect(told(ran, project)).toMatchInlineSnapshot(`
        "apollo: fine
        ✗ enterprise: there is no container dino-toy-cluster there yet
          | Error: No such container: dino-toy-cluster
          → run \`igor docker setup -g cluster\`, which starts it
        ✓ apollo       1 s  exit 0
        ✗ enterprise   1 s  there is no container dino-toy-cluster there yet
        docker exec toy failed on 1 of 2 hosts (enterprise) after 1 s
        exit code 1"
      `);
    } finally {
      await onHost("enterprise", `docker rename away ${containerOf(project, "cluster")}`);
    }
  });

  test("shows in a terminal that the command runs, and its lines above that", async () => {
    const script = "echo begun; until [ -e /tmp/go ]; do sleep 0.1; done";
    using terminal = igorInTerminal(laptop, project, [
      ...["docker", "exec", "-g", "cluster"],
      ...["sh", "-c", script],
    ]);
    const screen = await terminal.shows(
      /begun[^]*begun[^]*apollo .* running\n.*enterprise .* running$/m,
    );
    expect(screen).toMatch(/^apollo +\| begun$/m);
    expect((await onBoth("touch", "/tmp/go")).exitCode).toBe(0);
    expect(await terminal.shows("restored")).toMatch(
      /✓ apollo .* exit 0\n✓ enterprise .* exit 0\n[^]*code 0/,
    );
  });

  test("with --json tells lines and exit codes as events alone", async () => {
    const ran = await onBoth("--json", "sh", "-c", "echo out; echo err >&2; exit 4");
    expect(ran).toMatchObject({ exitCode: 1, stderr: "" });
    const events = eventsOf(ran.stdout);
    expect(events[0]).toMatchObject({
      version: 1,
      type: "plan-started",
      hosts: ["apollo", "enterprise"],
    });
    expect(events.filter(({ type }) => type === "output")).toHaveLength(4);
    expect(events).toContainEqual(
      expect.objectContaining({
        type: "output",
        host: "enterprise",
        of: "command",
        stream: "stderr",
        line: "err",
      }),
    );
    expect(events).toContainEqual(
      expect.objectContaining({ type: "host-ended", host: "apollo", exitCode: 4 }),
    );
    expect(events.at(-1)?.["type"]).toBe("plan-ended");
  });

  test("waits while nobody reads its output, and loses nothing of it", async () => {
    const line = "yes $(head -c 999 /dev/zero | tr '\\0' x)";
    const words = ["sh", "-c", `echo begun >&2; ${line} | head -n 12000; echo through >&2`];
    const child = laptop.start(project, ["docker", "exec", "-g", "cluster", ...words]);
    child.stdout?.pause();
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
    await until(
      () => said,
      (all) => all.match(/: begun$/gm)?.length === 2,
    );
    await pause(2000);
    expect(said).not.toContain("through");
    const end = ended(child);
    child.stdout?.resume();
    const lines = (await end).stdout.match(/^(?:apollo|enterprise): x{999}$/gm);
    expect(lines).toHaveLength(24_000);
    expect(said.match(/: through$/gm)).toHaveLength(2);
  });

  test("a dead host does not hold the others", async () => {
    const away = aLaptop();
    await cutLink("enterprise");
    try {
      const child = away.start(project, ["docker", "exec", "-g", "cluster", "echo", "alive"]);
      const startedAt = Date.now();
      const end = ended(child);
      await says(child, "apollo: alive");
      expect(Date.now() - startedAt).toBeLessThan(4000);
      expect(told(await end, project)).toMatchInlineSnapshot(`
        "apollo: alive
        enterprise: waiting for the login there
        ✗ enterprise: no answer in time (Connection timed out)
          | ssh: connect to host 10.99.0.1 port 22: Connection timed out
          → check that the machine is on and that no firewall or VPN is in between; \`ssh enterprise true\` should answer
        ✓ apollo       1 s  exit 0
        ✗ enterprise   1 s  no answer in time (Connection timed out)
        docker exec toy failed on 1 of 2 hosts (enterprise) after 1 s
        exit code 1"
      `);
      expect(Date.now() - startedAt).toBeLessThan(9000);
    } finally {
      await restoreLink("enterprise");
      await away.close();
    }
  });

  test("Ctrl-C ends the command on all of them, with 130", async () => {
    const mark = token();
    const child = laptop.start(project, [
      "docker",
      "exec",
      "-g",
      "cluster",
      "sh",
      "-c",
      `echo up; sleep ${mark}; true`,
    ]);
    const end = ended(child);
    await says(child, /up[\s\S]*up/);
    child.kill("SIGINT");
    expect((await end).exitCode).toBe(130);
    for (const host of ["apollo", "enterprise"])
      expect(await processes(mark, { host, container: containerOf(project, "cluster") })).toEqual(
        [],
      );
  });
});

describe("a reader of stdout that leaves, as head does,", () => {
  const endless = (mark: string) => ["sh", "-c", `while echo up; do sleep 0.1; done; : ${mark}`];

  test("ends the command on several hosts, without a word", async () => {
    const mark = token();
    const words = ["docker", "exec", "-g", "cluster", ...endless(mark)];
    const child = laptop.start(project, words);
    const end = ended(child);
    await says(child, /up[\s\S]*up/);
    child.stdout?.destroy();
    expect(await end).toMatchObject({ exitCode: 141 });
    expect((await end).stderr).not.toContain("Error");
    for (const host of ["apollo", "enterprise"])
      expect(await processes(mark, { host, container: containerOf(project, "cluster") })).toEqual(
        [],
      );
  });

  test("does not end a push, which tells its progress on stderr", async () => {
    const child = laptop.start(project, ["push", "--verbose"]);
    child.stderr?.destroy();
    expect(await ended(child)).toMatchObject({ exitCode: 0 });
  });
});

describe("in a terminal", () => {
  /** Every byte that igor writes to a terminal. */
  const inTypescript = (...words: readonly string[]): Promise<IgorResult> => {
    const line = [process.execPath, igorProgram, ...words].map(quote).join(" ");
    const child = spawn("script", ["-qec", line, "/dev/null"], {
      cwd: project.root,
      env: { ...laptop.env },
      stdio: "pipe",
    });
    return ended(child);
  };

  test("repl runs repl_cmd with a real terminal that is resized, Ctrl-C interrupts, its exit code passes", async () => {
    const mark = token();
    using terminal = igorInTerminal(laptop, project, ["docker", "repl"]);
    await terminal.shows("size 30 100");
    await terminal.shows("/workspace $");
    terminal.resize(90, 25);
    terminal.enter("stty size");
    await terminal.shows(/^25 90$/m);
    terminal.enter(`sleep ${mark}; echo slept`);
    await until(
      () => processes(mark, { container }),
      (found) => found.length > 0,
    );
    terminal.keys("C-c");
    await gone(mark);
    terminal.enter("exit 7");
    await terminal.shows("code 7");
    await terminal.shows("restored");
    expect(terminal.screen()).not.toMatch(/^slept$/m);
  });

  test("repl takes a command instead, and the first host when there are several", async () => {
    using terminal = igorInTerminal(laptop, project, [
      "docker",
      "repl",
      "-g",
      "cluster",
      "sh",
      "-c",
      "[ -t 0 ] && echo terminal; exit 0",
    ]);
    await terminal.shows(/^terminal$/m);
    await terminal.shows("code 0");
  });

  test("nothing but the command writes to the terminal: its last words stay, its cursor is its own", async () => {
    const { stdout } = await inTypescript(
      "docker",
      "exec",
      "sh",
      "-c",
      "sleep 0.5; echo first; echo last",
    );
    expect(stdout).toBe("first\r\nlast\r\n");
  });

  test("repl says what is missing, and gives the terminal back", async () => {
    const fresh = aDockerProject();
    using terminal = igorInTerminal(laptop, fresh, ["docker", "repl"]);
    await terminal.shows("code 125");
    await terminal.shows("restored");
    expect(terminal.screen()).toContain("run `igor docker setup`");
  });

  test("Ctrl-C at exec ends the command, and igor with 130", async () => {
    const mark = token();
    using terminal = igorInTerminal(laptop, project, [
      "docker",
      "exec",
      "sh",
      "-c",
      `echo up; sleep ${mark}`,
    ]);
    await terminal.shows("up");
    terminal.keys("C-c");
    await terminal.shows("code 130");
    await terminal.shows("restored");
    expect(await processes(mark, { container })).toEqual([]);
  });

  test("exec on several hosts has lines in columns and a table with exit codes", async () => {
    using terminal = igorInTerminal(laptop, project, [
      "docker",
      "exec",
      "-g",
      "cluster",
      "sh",
      "-c",
      "echo hello; [ ! -e only-here ] || exit 7",
    ]);
    const screen = await terminal.shows("code 1");
    expect(screen).toMatch(/^apollo {5}\| hello$/m);
    expect(screen).toMatch(/^enterprise \| hello$/m);
    expect(screen).toMatch(/^✗ apollo .* exit 7$/m);
  });

  test("without a terminal a repl is a pipe", async () => {
    const ran = await laptop.igor(project, ["docker", "repl", "sh"], {
      input: "echo typed; exit 4\n",
    });
    expect(ran.stdout).toContain("typed");
    expect(ran.exitCode).toBe(4);
  });
});

describe("clean", () => {
  test("removes the container of the group and no other, and says so", async () => {
    const first = await laptop.igor(project, ["docker", "clean", "-g", "cluster"]);
    expect(told(first, project)).toMatchInlineSnapshot(`
      "docker clean toy done on 2 hosts in 1 s | apollo: removed container dino-toy-cluster | enterprise: removed container dino-toy-cluster
      exit code 0"
    `);
    expect((await exec("true")).exitCode).toBe(0);
  });

  test("keeps an image that a container of another group uses, and removes it with the last", async () => {
    await laptop.igor(project, ["docker", "setup", "-g", "cluster", "--host", "apollo"]);
    const kept = await laptop.igor(project, ["docker", "clean", "--images"]);
    expect(told(kept, project)).toMatchInlineSnapshot(`
      "apollo: warning: kept image dino-toy:igor: dino-toy-cluster uses it
      docker clean toy done on apollo in 1 s: removed container dino-toy-dev
      exit code 0"
    `);
    const last = await laptop.igor(project, ["docker", "clean", "-g", "cluster", "--images"]);
    expect(told(last, project)).toMatchInlineSnapshot(`
      "docker clean toy done on 2 hosts in 1 s | apollo: removed container dino-toy-cluster; removed image dino-toy:igor | enterprise: removed image dino-toy:igor
      exit code 0"
    `);
    expect(await inHostDir(project, `docker images -q dino-${project.name}:igor; ls main.py`)).toBe(
      "main.py\n",
    );
  });

  test("says when there is nothing to remove", async () => {
    expect(told(await laptop.igor(project, ["docker", "clean"]), project)).toMatchInlineSnapshot(`
      "docker clean toy done on apollo in 1 s: nothing to remove
      exit code 0"
    `);
  });
});
