import { spawn, spawnSync } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cutLink, onHost, restoreLink } from "../hosts/bed.ts";
import {
  aDockerProject,
  containerOf,
  eventsOf,
  igorInTerminal,
  inContainer,
  inHostDir,
  ipythonDockerfile,
  reconfigure,
  removeDockerProjects,
  told,
} from "../support/docker-project.ts";
import { quote } from "../../src/remote/quote.ts";
import { aLaptop, ended, igorProgram } from "../support/laptop.ts";
import type { TestProject } from "../support/laptop.ts";
import { endedByNow, processes, sessionsIn, token, until } from "../support/run-session.ts";
import type { Terminal } from "../support/terminal.ts";

const laptop = aLaptop();
const project = aDockerProject(
  { Dockerfile: ipythonDockerfile },
  { repl_cmd: "ipython", docker_rebuild_files: [] },
);
const container = containerOf(project);

beforeAll(async () => {
  expect(told(await laptop.igor(project, ["docker", "setup"]), project)).toMatch(/exit code 0$/);
});
afterAll(async () => {
  await laptop.close();
  await removeDockerProjects();
});

const open = (...words: readonly string[]): Terminal =>
  igorInTerminal(laptop, project, ["docker", "repl", ...words]);

/** Everything of REPLs that there is in the container. */
const left = async (of: TestProject = project): Promise<string> =>
  inContainer(
    of,
    'ls -d /tmp/igor* /dev/shm/igor*; for p in /proc/[0-9]*; do case $p in /proc/1|/proc/$$) continue;; esac; tr "\\000" " " <$p/cmdline; done 2>/dev/null | grep -v igor-idle | grep igor-; true',
  );

const nothingLeft = async (of: TestProject = project): Promise<void> => {
  await until(
    () => left(of),
    (seen) => seen.trim() === "",
    endedByNow,
  );
  expect(await inHostDir(of, "ls .igor/host/home/.igor-sessions")).toBe("");
  expect(await inHostDir(of, sessionsIn("/tmp"))).toBe("");
};

const igorIn = (terminal: Terminal): number =>
  Number(spawnSync("pgrep", ["-P", String(terminal.pid), "node"], { encoding: "utf8" }).stdout);

describe("a REPL", () => {
  test("is not hidden by what another user of the host puts where the host would keep one", async () => {
    const words = ["sh", "-c", "echo began; exec sh"];
    {
      using terminal = open(...words);
      await terminal.shows("began");
      terminal.enter("x=41");
      terminal.keys("Enter");
      terminal.type("~.");
      await terminal.shows("code 0");
    }
    const key = (await inContainer(project, "ls /tmp/igor-repl.*")).split(".")[0] ?? "";
    const place = "/tmp/igor-repl.evil";
    const plant = `mkdir ${place}; ln -s /home/dino ${place}/${key}.a`;
    await onHost("apollo", ["su", "-s", "/bin/sh", "nobody", "-c", plant]);
    try {
      using again = open(...words);
      again.enter("echo $((x + 1)) again");
      await again.shows("42 again");
      again.enter("exit");
      await again.shows("code 0");
    } finally {
      await onHost("apollo", ["rm", "-r", place]);
    }
  });

  test("is there again, with its variables and its screen, whatever ended igor, and is ended by its own end", async () => {
    {
      using terminal = open();
      await terminal.shows("In [1]:");
      terminal.enter("x, who = 41, __import__('os').getpid(); 'ünï 漢字'");
      await terminal.shows("In [2]:");
      // As Neovim or a window that is closed.
      terminal.close();
    }
    let pid = "";
    for (const end of ["SIGKILL", "SIGTERM", "ssh"] as const) {
      using terminal = open();
      await terminal.shows("In [2]:");
      expect(terminal.screen()).toContain("'ünï 漢字'");
      terminal.enter("x += 1; print('is', x, who)");
      const [, now = ""] = /is \d+ (\d+)/.exec(await terminal.shows(/is \d+ \d+/)) ?? [];
      pid ||= now;
      expect(now).toBe(pid);
      const igor = igorIn(terminal);
      if (end !== "ssh") {
        process.kill(igor, end);
        await terminal.shows(end === "SIGTERM" ? "code 143" : "code 137");
        if (end === "SIGTERM")
          expect(terminal.screen()).toMatch(/the REPL goes on there: .*\ncode/);
      } else {
        // The session of the REPL, and not that of the guard: igor comes back by itself.
        const ssh = spawnSync("pgrep", ["-P", String(igor), "-f", "LogLevel=ERROR"], {
          encoding: "utf8",
        });
        process.kill(Number(ssh.stdout), "SIGKILL");
        // What is typed before igor is back goes nowhere.
        for (let time = 0; time < 20 && !terminal.screen().includes("back 44"); time += 1) {
          terminal.enter("print('back', x)");
          await pause(500);
        }
        await terminal.shows("back 44");
        expect(terminal.screen()).not.toContain("the connection is lost");
        terminal.enter("exit()");
        await terminal.shows("code 0");
        await terminal.shows("restored");
      }
    }
    await nothingLeft();
  });

  test("is left with Enter ~. and shown to whoever comes, in the size of the smallest, and both type", async () => {
    const sized =
      "import os,signal; signal.signal(signal.SIGWINCH, lambda *_: print('size', *os.get_terminal_size()))";
    const words = ["python3", "-q", "-i", "-c", sized];
    using first = open(...words);
    await first.shows(">>>");
    using second = open(...words);
    await second.shows(">>>");
    second.resize(90, 20);
    await second.shows("size 90 20");
    await first.shows("size 90 20");
    first.enter("'~~.'");
    await second.shows(/^'~~\.'$/m);
    first.type("~.");
    await first.shows("code 0");
    await first.shows("restored");
    second.resize(95, 25);
    await second.shows("size 95 25");
    second.enter("exit(7)");
    await second.shows("code 7");
    await nothingLeft();
  });

  test("has the terminal for itself: every byte passes, and nothing but its own", async () => {
    const script = "stty -opost; sleep 0.3; printf 'raw\\n\\033[31m\\377'; exit 3";
    const words = [process.execPath, igorProgram, "docker", "repl", "sh", "-c", script];
    const child = spawn("script", ["-qec", words.map(quote).join(" "), "/dev/null"], {
      cwd: project.root,
      env: { ...laptop.env },
      stdio: "pipe",
    });
    const said: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => said.push(chunk));
    const { exitCode } = await ended(child);
    expect([Buffer.concat(said).toString("latin1"), exitCode]).toEqual(["raw\n\x1b[31m\xff", 3]);
  });

  test("is another one for another command, and with --new, which the one who was there hears", async () => {
    using other = open("sh", "-c", "echo other; cat");
    await other.shows("other");
    using first = open("python3", "-q");
    await first.shows(">>>");
    first.enter("x = 1");
    using second = open("--new", "python3", "-q");
    await first.shows("code 125");
    expect(first.screen()).toContain("`igor docker repl --new` put another one in its place");
    await second.shows(">>>");
    second.enter("x");
    await second.shows("NameError");
    expect(told(await laptop.igor(project, ["stop", "--all"]), project)).toMatch(/exit code 0$/);
    for (const terminal of [second, other]) {
      await terminal.shows("code 125");
      await terminal.shows("restored");
      expect(terminal.screen()).toContain(
        "the REPL has ended: `igor stop` or somebody there ended it",
      );
    }
    await nothingLeft();
  });

  test("is listed with who is attached, counts as something that runs, and is stopped by its id", async () => {
    const mark = token();
    {
      using terminal = open("sh", "-c", `setsid -f sleep ${mark}; echo up; cat`);
      await terminal.shows("up");
      const { stdout } = await laptop.igor(project, ["docker", "ps"]);
      expect(stdout).toMatch(/repl, kept, \S+@\S+ +\d+ .* cat$/m);
      terminal.keys("Enter");
      terminal.type("~.");
      await terminal.shows("code 0");
    }
    const { stdout } = await laptop.igor(project, ["docker", "ps"]);
    expect(stdout).toMatch(/repl, kept, nobody attached for \d+ s /);
    const status = await laptop.igor(project, ["status"]);
    expect(status.stdout).toMatch(/ {2}repl +kept for \d+ s, nobody attached for \d+ s \(\w{8}\)/);
    reconfigure(project, { shm_size: "64m" });
    const refused = await laptop.igor(project, ["docker", "setup"]);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(/something runs in it[^]*\| \d+ cat/);
    const listed = await laptop.igor(project, ["docker", "ps", "--json"]);
    const session = eventsOf(listed.stdout)
      .map(({ finding }) => finding as { kind?: string; id?: string; kept?: unknown } | undefined)
      .find((finding) => finding?.kind === "session");
    expect(session?.kept).toMatchObject({ attached: [] });
    const stopped = await laptop.igor(project, ["stop", session?.id?.slice(0, 8) ?? ""]);
    expect(stopped.stderr + stopped.stdout).toMatch(/stopped sh -c|stopped cat/);
    await nothingLeft();
    expect(await processes(mark, { container })).toEqual([]);
    reconfigure(project, { shm_size: undefined });
  });

  test("goes on while the link is lost, which is told, and igor comes back by itself", async () => {
    using terminal = open("python3", "-q");
    await terminal.shows(">>>");
    terminal.enter("x = 5");
    await cutLink("apollo");
    try {
      await terminal.shows("the connection is lost; the REPL goes on there", 15_000);
      terminal.enter("x = 6");
    } finally {
      await restoreLink("apollo");
    }
    await terminal.shows("connected again", 20_000);
    terminal.enter("print('x', x)");
    await terminal.shows("x 5");
    // The host's end of all connections, as at its restart.
    await onHost(
      "apollo",
      "for p in $(pgrep -P $(cat /run/sshd.pid)); do kill -9 $(pgrep -P $p) $p; done",
    );
    await terminal.shows(/connected again[^]*connected again/, 20_000);
    terminal.enter("print('still', x)");
    await terminal.shows("still 5");
    terminal.enter("exit()");
    await terminal.shows("code 0");
  });

  test("takes 400 pasted lines at once, Ctrl-C, and keys that Docker and igor's shell would take", async () => {
    using terminal = open();
    await terminal.shows("In [1]:");
    const lines = Array.from({ length: 400 }, (_, index) => `    n += ${String(index)}  # ünï\n`);
    const begin = performance.now();
    terminal.paste(`n = 0\nif True:\n${lines.join("")}`);
    terminal.enter("");
    terminal.keys("Enter");
    await terminal.shows("In [2]:");
    const tookMs = performance.now() - begin;
    terminal.enter("print('sum', n)");
    await terminal.shows("sum 79800");
    expect(tookMs).toBeLessThan(3000);
    terminal.enter("import time; print('a', 'sleep'); time.sleep(100)");
    await terminal.shows("a sleep");
    terminal.keys("C-c");
    await terminal.shows("KeyboardInterrupt");
    terminal.keys("C-p", "C-p");
    await terminal.shows(/print\('sum', n\)\s*$/);
    terminal.keys("C-c");
    terminal.enter("exit()");
    await terminal.shows("code 0");
    await nothingLeft();
  });
});

describe("a container", () => {
  const setUp = async (config: Readonly<Record<string, unknown>>, dockerfile: string) => {
    const other = aDockerProject(
      { Dockerfile: dockerfile },
      { docker_rebuild_files: [], ...config },
    );
    await onHost("apollo", ["mkdir", "-p", other.hostDir], { user: "dino" });
    const ready = await laptop.igor(other, ["docker", "setup", "--trust"]);
    expect(told(ready, other)).toMatch(/exit code 0$/);
    return other;
  };

  test("that is read-only, without a network, and of another user keeps it, and shows it to no other user", async () => {
    const other = await setUp(
      { network: "none", docker_args: ["--read-only", "--user", "4711"] },
      "FROM igor-demo/python:3.11\n",
    );
    using terminal = igorInTerminal(laptop, other, ["docker", "repl"]);
    await terminal.shows(">>>");
    terminal.enter("x = 42");
    expect(await inContainer(other, "ls -ld /dev/shm/igor-repl.4711")).toMatch(
      /^drwx------ .* 4711 /,
    );
    const name = containerOf(other);
    const socket = await inContainer(other, "echo /dev/shm/igor-repl.4711/*/socket");
    const connect = `import socket; socket.socket(socket.AF_UNIX).connect("${socket.trim()}")`;
    const words = ["docker", "exec", "-u", "4712", name, "python3", "-c", connect];
    expect((await onHost("apollo", words)).stderr).toContain("PermissionError");
    process.kill(igorIn(terminal), "SIGKILL");
    using again = igorInTerminal(laptop, other, ["docker", "repl"]);
    await again.shows("x = 42");
    again.enter("exit(x)");
    await again.shows("code 42");
    await nothingLeft(other);
  });

  test.each([
    [
      "without Python",
      "FROM igor-demo/busybox:1\n",
      "neither the container nor apollo has Python 3.7 or later, which would keep it",
    ],
    [
      "where nothing can be written",
      `FROM igor-demo/python:3.11\n`,
      "neither /tmp nor /dev/shm of the container can be written to, and apollo has no Python 3.7 or later, which would keep it",
    ],
  ])(
    "%s, on a host without Python, has a REPL that ends with igor, and igor says so",
    async (_, dockerfile, because) => {
      await onHost("apollo", "mount --bind /dev/null $(readlink -f /usr/bin/python3)");
      const isClosed = because.startsWith("neither /tmp");
      const other = await setUp(
        isClosed ? { docker_args: ["--read-only", "--ipc", "none"] } : {},
        dockerfile,
      );
      const mark = token();
      using terminal = igorInTerminal(laptop, other, [
        "docker",
        "repl",
        "sh",
        "-c",
        `echo up; sleep ${mark}; true`,
      ]);
      await terminal.shows("up");
      await onHost("apollo", "umount $(readlink -f /usr/bin/python3)");
      expect(terminal.screen().replaceAll(/\s+/g, " ")).toContain(
        `this REPL ends with igor or with the connection: ${because}`,
      );
      process.kill(igorIn(terminal), "SIGKILL");
      await until(
        () => processes(mark, { container: containerOf(other) }),
        (found) => found.length === 0,
        endedByNow,
      );
    },
  );
});
