import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { ChildProcess } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { onHost } from "../hosts/bed.ts";
import {
  aDockerProject,
  containerOf,
  eventsOf,
  igorInTerminal,
  inContainer,
  inHostDir,
  removeDockerProjects,
  says,
  steady,
  told,
} from "../support/docker-project.ts";
import { aLaptop, ended, igorProgram } from "../support/laptop.ts";
import type { IgorResult } from "../support/laptop.ts";
import { token } from "../support/run-session.ts";
import { openTerminal } from "../support/terminal.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const here = aLaptop();
const there = aLaptop();
afterAll(async () => {
  await Promise.all([here.close(), there.close()]);
  await removeDockerProjects();
});

const project = aDockerProject();
beforeAll(async () => {
  const ran = await here.igor(project, ["docker", "setup"]);
  if (ran.exitCode !== 0) throw new Error(ran.stderr);
});

/** A command that another laptop runs in the container, once it has said `ready`. */
async function run(script: string): Promise<{ child: ChildProcess; end: Promise<IgorResult> }> {
  const child = there.start(project, ["docker", "exec", "sh", "-c", script]);
  child.stdin?.end();
  const end = ended(child);
  await says(child, "ready");
  return { child, end };
}

const stop = (...words: readonly string[]): Promise<IgorResult> =>
  here.igor(project, ["stop", ...words]);

/** The sessions and processes that `docker ps` finds. */
async function found(): Promise<readonly Record<string, unknown>[]> {
  const { stdout } = await here.igor(project, ["docker", "ps", "--json"]);
  return eventsOf(stdout)
    .filter(({ type }) => type === "found")
    .map(({ finding }) => finding as Record<string, unknown>)
    .filter(({ kind }) => kind === "session" || kind === "process");
}

const processes = (word: string): Promise<string> =>
  inContainer(project, `ps -o args | grep -c "^[s]leep ${word}" || true`);

/** What igor said, without the numbers of processes and the ids of sessions. */
const said = (ran: IgorResult): string =>
  told(ran, project)
    .replace(/pid \d+/g, "pid 1")
    .replace(/session [0-9a-f]{8}\b/g, "session ID");

describe("igor stop", () => {
  test("where nothing runs says so, and that is fine", async () => {
    expect(said(await stop())).toBe("stop toy done on apollo in 1 s: nothing to stop\nexit code 0");
  });

  test("ends a session by the begin of its id, with children that ignore TERM and left it", async () => {
    const word = "86401";
    const { end } = await run(
      `trap "" TERM; sleep ${word} & (setsid sleep ${word} &); echo ready; while :; do sleep 1; done`,
    );
    const [session] = await found();
    const ran = await stop(String(session?.["id"]).slice(0, 8));
    expect(said(ran)).toBe(
      `stop toy done on apollo in 1 s: stopped sh -c trap "" TERM; sleep 86401 & (setsid sleep 86401 &); e… (pid 1, session ID, 1 s)\nexit code 0`,
    );
    expect(await processes(word)).toBe("0\n");
    expect((await end).exitCode).toBe(137);
    expect(await found()).toEqual([]);
  });

  test("lets what it ends tidy up first", async () => {
    const { end } = await run(
      `trap 'sleep 1; echo tidy >"$HOME/tidied"; exit 0' TERM; echo ready; while :; do sleep 0.1; done`,
    );
    const [session] = await found();
    expect((await stop(String(session?.["id"]))).exitCode).toBe(0);
    expect(await inContainer(project, 'cat "$HOME/tidied"')).toBe("tidy\n");
    await end;
  });

  test("ends a process with what it started, and nothing else of its session", async () => {
    const { end } = await run('sh -c "sleep 86402 & wait" & sleep 86403 & echo ready; wait');
    const inner = (await found()).find(({ command }) => command === "sh -c sleep 86402 & wait");
    const ran = await stop(String(inner?.["pid"]));
    expect(said(ran)).toBe(
      "stop toy done on apollo in 1 s: stopped sh -c sleep 86402 & wait (pid 1, 1 s)\nexit code 0",
    );
    expect([await processes("86402"), await processes("86403")]).toEqual(["0\n", "1\n"]);
    expect(said(await stop())).toContain("stopped sh -c sh -c");
    await end;
  });

  test("says of a container that is paused what to do, at once, and ends nothing there", async () => {
    const { end } = await run("echo ready; sleep 86405");
    await onHost("apollo", ["docker", "pause", containerOf(project)], { user: "dino" });
    const began = Date.now();
    try {
      expect(said(await stop())).toMatchInlineSnapshot(`
        "✗ apollo: the container dino-toy-dev is paused
          → resume it with \`ssh apollo docker unpause dino-toy-dev\`
        stop toy failed on apollo after 1 s: the container dino-toy-dev is paused
        exit code 1"
      `);
      expect(Date.now() - began).toBeLessThan(5000);
    } finally {
      await onHost("apollo", ["docker", "unpause", containerOf(project)], { user: "dino" });
    }
    expect(await processes("86405")).toBe("1\n");
    expect((await stop()).exitCode).toBe(0);
    await end;
  });

  test("of an id that is none, or a process of several hosts, ends nothing", async () => {
    const { end } = await run("echo ready; sleep 86404");
    expect(said(await stop("nosuch", "1"))).toMatchInlineSnapshot(`
      "✗ apollo: nothing runs there as nosuch
        → \`igor docker ps\` lists what runs, each with its id; name another group with -g
      stop toy failed on apollo after 1 s: nothing runs there as nosuch
      exit code 1"
    `);
    expect(said(await stop("-g", "cluster", "nosuch"))).toMatchInlineSnapshot(`
      "✗ apollo: nothing runs there as nosuch
        → \`igor docker ps -g cluster\` lists what runs, each with its id; name another group with -g
      ✗ enterprise: nothing runs there as nosuch
        → \`igor docker ps -g cluster\` lists what runs, each with its id; name another group with -g
      stop toy failed on all 2 hosts (apollo, enterprise) after 1 s | apollo: nothing runs there as nosuch | enterprise: nothing runs there as nosuch
      exit code 1"
    `);
    expect(said(await stop("-g", "cluster", "812"))).toMatchInlineSnapshot(`
      "✗ igor stop: each of 2 hosts may have a process 812
        | usage: igor stop [OPTION...] [ID...]
        → name the host: --host apollo, or enterprise
      exit code 2"
    `);
    expect((await stop("--all", "812")).exitCode).toBe(2);
    expect(await processes("86404")).toBe("1\n");
    const [session] = await found();
    const ran = await stop("--json", String(session?.["id"]));
    expect(eventsOf(ran.stdout).find(({ type }) => type === "decided")).toMatchObject({
      decision: { kind: "stopped", what: "session", id: session?.["id"], command: "sleep 86404" },
    });
    await end;
  });

  test("without an id ends the sessions of every laptop, and leaves what was started by hand", async () => {
    await inContainer(project, "sleep 86405 </dev/null >/dev/null 2>&1 &");
    const one = await run("echo ready; sleep 86406");
    const two = await run("echo ready; sleep 86406");
    const ran = await stop();
    expect(said(ran).match(/stopped sleep 86406/g)).toHaveLength(2);
    expect([await processes("86405"), await processes("86406")]).toEqual(["1\n", "0\n"]);
    await Promise.all([one.end, two.end]);
    const log = await here.igor(project, ["log", "--last", "--json"]);
    expect(log.stdout).toContain('"stopped"');
    expect(log.stdout).not.toContain("86406");
  });

  test("on a terminal lists the sessions and asks", async () => {
    const { end } = await run("echo ready; sleep 86407");
    const refused = igorInTerminal(here, project, ["stop"]);
    await refused.shows(/sleep 86407[^]*End this session on apollo\? \[y\/N\]/);
    refused.keys("Enter");
    await refused.shows("code 1");
    expect(await processes("86407")).toBe("1\n");
    const agreed = igorInTerminal(here, project, ["stop"]);
    await agreed.shows("[y/N]");
    agreed.keys("y", "Enter");
    expect(await agreed.shows("code 0")).toContain("stopped sleep 86407");
    expect(await processes("86407")).toBe("0\n");
    await end;
    agreed[Symbol.dispose]();
    refused[Symbol.dispose]();
  });

  test("ends what is left of its list when some of that ends while the user reads", async () => {
    const one = await run("echo ready; sleep 86409");
    const two = await run("echo ready; sleep 86410");
    using terminal = igorInTerminal(here, project, ["stop"]);
    await terminal.shows("End these 2 sessions on apollo? [y/N]");
    one.child.kill("SIGINT");
    await one.end;
    terminal.keys("y", "Enter");
    expect(await terminal.shows("code 0")).toContain("stopped sleep 86410");
    expect(await processes("86410")).toBe("0\n");
    await two.end;
  });

  test("asks at a terminal whoever reads its output, and with --quiet wants to be told", async () => {
    const { end } = await run("echo ready; sleep 86411");
    const piped = ["sh", "-c", 'cd "$0"; "$@" | tee output; exec sleep 1000', project.root];
    using terminal = openTerminal([...piped, process.execPath, igorProgram, "stop"], here.env);
    await terminal.shows("End this session on apollo? [y/N]");
    using quiet = igorInTerminal(here, project, ["stop", "-q"]);
    expect(await quiet.shows("code 2")).toContain("igor stop: asks before it ends all sessions");
    expect(await processes("86411")).toBe("1\n");
    terminal.keys("y", "Enter");
    await terminal.shows("stopped sleep 86411");
    await end;
  });
});

test("igor stop --all ends builds, too, which the igor that began them says, and closes the connection", async () => {
  const sockets = () => readdirSync(join(here.env["HOME"] ?? "", ".cache", "igor", "s"));
  project.write({ Dockerfile: `FROM igor-demo/busybox:1\nRUN echo ${token()}; sleep 60\n` });
  const child = there.start(project, ["docker", "build"]);
  child.stdin?.end();
  const built = ended(child);
  await says(child, "sleep 60");
  const { end } = await run("echo ready; sleep 86408");
  const before = sockets().length;
  const ran = await stop("--all");
  expect(said(ran)).toMatch(
    /^stop toy done on apollo in 1 s: (?:stopped sleep 86408 \(.*\); stopped the job JOB|stopped the job JOB; stopped sleep 86408 \(.*\)); connection closed\nexit code 0$/,
  );
  expect(sockets()).toHaveLength(before - 1);
  await end;
  expect(steady((await built).stderr, project)).toContain("✗ apollo: the job JOB was stopped\n");
  expect(await inHostDir(project, `pgrep -f "[j]obs/.*${project.name}.*/program" || true`)).toBe(
    "",
  );
  const log = await here.igor(project, ["docker", "logs"]);
  expect(steady(log.stderr, project)).toContain(
    "log of the build JOB, begun 1 s ago, which was stopped",
  );
});

test.each([
  ["", {}],
  [" where lines are short", { COLUMNS: "40" }],
  [" at an odd path", { XDG_RUNTIME_DIR: temporaryDirectory("igor's ö%h ") }],
])(
  "igor stop --all leaves open a connection that another igor of the laptop uses%s",
  async (_, env) => {
    const stopAll = () => here.igor(project, ["stop", "--all"], { env });
    const other = aDockerProject();
    const watch = here.start(other, ["push", "--watch"], { env });
    watch.stdin?.end();
    const end = ended(watch);
    await says(watch, "watching");
    expect(said(await stopAll())).toContain("the connection stays open: another igor uses it");
    watch.kill("SIGINT");
    await end;
    expect(said(await stopAll())).toContain("connection closed");
  },
);
