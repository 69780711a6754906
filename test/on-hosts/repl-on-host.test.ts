import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { onHost } from "../hosts/bed.ts";
import {
  aDockerProject,
  containerOf,
  igorInTerminal,
  inHostDir,
  removeDockerProjects,
  told,
} from "../support/docker-project.ts";
import { aLaptop } from "../support/laptop.ts";
import { endedByNow, processes, sessionsIn, token, until } from "../support/run-session.ts";
import type { Terminal } from "../support/terminal.ts";

const laptop = aLaptop();
const project = aDockerProject(
  { Dockerfile: "FROM igor-demo/busybox:1\n" },
  { docker_rebuild_files: [] },
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

const leave = async (terminal: Terminal): Promise<void> => {
  terminal.keys("Enter");
  terminal.type("~.");
  await terminal.shows("code 0");
};

/** Everything of REPLs that there is on the host, and of the one with this mark in the container. */
const nothingLeft = async (mark: string): Promise<void> => {
  await until(
    async () => {
      const traces = await onHost(
        "apollo",
        `${sessionsIn("/tmp")}; ls -d /tmp/igor-repl* /dev/shm/igor-repl*; pgrep -af "igor-(repl|exec|kill|end)|docker exec" | grep -v pgrep`,
      );
      return [traces.stdout, ...(await processes(mark, { container }))].join("\n").trim();
    },
    (seen) => seen === "",
    endedByNow,
  );
  expect(await inHostDir(project, "ls .igor/host/home/.igor-sessions")).toBe("");
};

/** A shell whose processes can be found: the mark is on its command line. */
const shell = (mark: string): readonly string[] => ["sh", "-c", `sleep ${mark} & exec sh`];

describe("a REPL in a container without Python", () => {
  test("is kept by the host: it survives igor and the link, has its variables and its size, and ends by its own end", async () => {
    const mark = token();
    {
      using terminal = open(...shell(mark));
      await terminal.shows("$");
      terminal.enter("x=41; echo is-$x");
      await terminal.shows("is-41");
      const igor = spawnSync("pgrep", ["-P", String(terminal.pid), "node"], { encoding: "utf8" });
      process.kill(Number(igor.stdout), "SIGKILL");
      await terminal.shows("code 137");
    }
    using again = open(...shell(mark));
    await again.shows("is-41");
    again.resize(90, 20);
    again.enter("x=$((x + 1)); sleep 0.3; echo now-$x-$(stty size)");
    await again.shows("now-42-20 90");
    // The host's end of all connections, as at its restart.
    await onHost(
      "apollo",
      "for p in $(pgrep -P $(cat /run/sshd.pid)); do kill -9 $(pgrep -P $p) $p; done",
    );
    await again.shows("connected again", 20_000);
    again.enter("echo still-$x; exit 7");
    await again.shows("still-42");
    await again.shows("code 7");
    await nothingLeft(mark);
  });

  test("is listed as kept, is another one with --new, and is stopped, in the container too", async () => {
    const mark = token();
    {
      using first = open(...shell(mark));
      await first.shows("$");
      first.enter("x=1");
      using fresh = open("--new", ...shell(mark));
      await first.shows("code 125");
      expect(first.screen()).toContain("`igor docker repl --new` put another one in its place");
      await fresh.shows("$");
      fresh.enter("echo ${x-none}");
      await fresh.shows(/^none/m);
      const { stdout } = await laptop.igor(project, ["docker", "ps"]);
      expect(stdout).toMatch(/repl, kept, \S+@\S+ +\d+ .* sh/m);
      await leave(fresh);
    }
    const listed = await laptop.igor(project, ["docker", "ps"]);
    expect(listed.stdout).toMatch(/repl, kept, nobody attached for \d+ s /);
    expect(listed.stdout.match(/repl, kept/g)).toHaveLength(1);
    const status = await laptop.igor(project, ["status"]);
    expect(status.stdout).toMatch(/ {2}repl +kept for \d+ s, nobody attached for \d+ s \(\w{8}\)/);
    using last = open(...shell(mark));
    await last.shows("none");
    const stopped = await laptop.igor(project, ["stop"]);
    expect(stopped.stdout + stopped.stderr).toContain("stopped sh");
    await last.shows("code 125");
    expect(last.screen()).toContain("the REPL has ended: `igor stop` or somebody there ended it");
    await nothingLeft(mark);
  });

  test("says so when its container ends or its command cannot begin", async () => {
    const mark = token();
    using missing = open("no-such-program");
    await missing.shows("code 127");
    using terminal = open(...shell(mark));
    await terminal.shows("$");
    await onHost("apollo", ["docker", "restart", "-t", "1", container]);
    await terminal.shows("code 125");
    expect(terminal.screen()).toContain("the REPL has ended: it is not there any more");
    using other = open(...shell(mark));
    await other.shows("$");
    await onHost("apollo", ["docker", "stop", "-t", "1", container]);
    await other.shows("code 125");
    expect(other.screen()).toMatch(/the container .* is stopped/);
    await onHost("apollo", ["docker", "start", container]);
    await nothingLeft(mark);
  });

  test("whose holder and engine's client are killed is ended in the container by the next one", async () => {
    const mark = token();
    {
      using terminal = open(...shell(mark));
      await terminal.shows("$");
      await onHost("apollo", "kill -9 $(pgrep -f '[i]gor-exec|[d]ocker exec')");
    }
    const before = await processes(mark, { container });
    expect(before).not.toEqual([]);
    using next = open(...shell(mark));
    await next.shows("$");
    await until(
      () => processes(mark, { container }),
      (found) => !found.some((line) => before.includes(line)),
      endedByNow,
    );
    next.enter("exit");
    await next.shows("code 0");
    await nothingLeft(mark);
  });
});

test("where the host's python3 is none, a REPL is not kept, and works", async () => {
  const shim = "/usr/local/bin/python3";
  await onHost("apollo", `printf '#!/bin/sh\\nexit 127\\n' >${shim}; chmod 755 ${shim}`);
  try {
    using terminal = open("sh");
    await terminal.shows(/this REPL ends with igor[^]*\n.*[$#] *$/);
    terminal.enter("echo $((6 * 7)) it is");
    await terminal.shows("42 it is");
    terminal.enter("exit");
    await terminal.shows("code 0");
  } finally {
    await onHost("apollo", ["rm", shim]);
  }
});
