import { spawnSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { hostAddress, onHost } from "../hosts/bed.ts";
import { startRelay } from "../hosts/relay.mjs";
import { aDockerProject, reconfigure, removeDockerProjects } from "../support/docker-project.ts";
import { holdLock } from "../support/hold-lock.ts";
import { digestsHere, digestsOnHost } from "../support/host-tree.ts";
import { aLaptop, aProject } from "../support/laptop.ts";
import type { TestProject } from "../support/laptop.ts";
import { quietLine } from "../support/quiet-line.ts";
import { until } from "../support/until.ts";
import { aWorkbench } from "../support/workbench.mjs";
import type { Bench, Done } from "../support/workbench.mjs";

const relay = await startRelay({
  target: { host: await hostAddress("apollo"), port: 22 },
  oneWayMs: 25,
});
const laptop = aLaptop({ through: { apollo: relay.port } });
const bench = await aWorkbench(laptop);
afterAll(async () => {
  await bench.end();
  await removeDockerProjects();
  await laptop.close();
  await relay.close();
});

/** What was decided, in order, e.g. `pushed`. */
function decided({ events }: Done): readonly string[] {
  return events.flatMap((event) => (event.type === "decided" ? [event.decision.kind] : []));
}

/**
 * The round trips of a call after a change, and the connections it made. The shell is pinged now and then, and a call that
 * begins meanwhile counts one more: the least of some runs counts.
 */
async function turnsOf(
  project: TestProject,
  words: readonly string[],
  change: (run: number) => void = () => undefined,
): Promise<Pick<ReturnType<typeof relay.stat>, "turns" | "connections">> {
  const least = { turns: Infinity, connections: 0 };
  for (let run = 0; run < 4 && least.turns > 1; run += 1) {
    change(run);
    await quietLine(relay);
    relay.reset();
    const { done } = await bench.igor(words, project.root);
    expect(done).toEqual({ apollo: {} });
    const { turns, connections } = relay.stat();
    least.turns = Math.min(least.turns, turns);
    least.connections += connections;
  }
  return least;
}

const oneTurn = { turns: 1, connections: 0 };

async function pushed(project: TestProject, words: readonly string[] = ["push"]): Promise<Done> {
  const done = await bench.igor(words, project.root);
  for (const end of Object.values(done.done)) expect(end).toEqual({});
  expect(await digestsOnHost("apollo", project.hostDir)).toEqual(digestsHere(project.root));
  return done;
}

/** The ssh that a process started. */
function sshOf({ child }: Bench): readonly number[] {
  const words = ["-o", "pid=,comm=", "--ppid", String(child.pid)];
  const listed = spawnSync("ps", words, { encoding: "utf8" }).stdout.split("\n");
  return listed.filter((line) => / ssh$/.test(line)).map((line) => Number.parseInt(line, 10));
}

describe("over a shell that stays open", () => {
  const project = aDockerProject();

  test("a push, of a changed file or of nothing, takes one round trip", async () => {
    await pushed(project);
    const write = (run: number): void => project.write({ "main.py": `${"2".repeat(run)}\n` });
    expect(await turnsOf(project, ["push"], write)).toEqual(oneTurn);
    expect(await turnsOf(project, ["push"])).toEqual(oneTurn);
    project.remove("main.py");
    await pushed(project);
    project.write({ "main.py": "print(1)\n" });
    await pushed(project);
  });

  test("a setup with nothing to do takes one round trip", async () => {
    await bench.igor(["docker", "setup"], project.root);
    expect(await turnsOf(project, ["docker", "setup"])).toEqual(oneTurn);
    const write = (run: number): void => project.write({ "main.py": `${"2".repeat(run)}\n` });
    expect(await turnsOf(project, ["docker", "setup"], write)).toEqual(oneTurn);
    // An image input is one, wherever it is saved.
    project.write({ "requirements.txt": "torch\n" });
    const { events } = await bench.igor(["docker", "setup"], project.root);
    expect(JSON.stringify(events)).toContain("requirements.txt");
  });
});

test("a project that was opened before is pushed at once, without the two round trips of a session", async () => {
  const project = aProject({ "a.py": "1\n" });
  await laptop.igor(project, ["push"]);
  const fresh = await aWorkbench(laptop);
  await fresh.open(project.root);
  project.write({ "a.py": "22\n" });
  await quietLine(relay);
  relay.reset();
  expect((await fresh.igor(["push"], project.root)).done).toEqual({ apollo: {} });
  // A ping may come between.
  expect(relay.stat().turns).toBeLessThanOrEqual(2);
  expect(await digestsOnHost("apollo", project.hostDir)).toEqual(digestsHere(project.root));
  await fresh.end();
});

test("what another igor pushed meanwhile is neither lost nor sent again", async () => {
  const project = aProject({ "a.py": "1\n", "b.py": "1\n" });
  await pushed(project);
  project.write({ "a.py": "22\n" });
  await laptop.igor(project, ["push"]);
  expect(decided(await pushed(project))).toEqual(["nothing-to-push"]);
  project.write({ "b.py": "22\n", "c.py": "1\n" });
  await laptop.igor(project, ["push"]);
  project.write({ "a.py": "333\n" });
  project.remove("c.py");
  const { events } = await pushed(project);
  expect(events).toContainEqual(
    expect.objectContaining({ decision: expect.objectContaining({ files: 1, deleted: 1 }) }),
  );
  // Without the laptop's memory of it, as from another laptop.
  const other = aLaptop({ through: { apollo: relay.port } });
  project.write({ "b.py": "333\n" });
  await other.igor(project, ["push"]);
  await other.close();
  project.write({ "b.py": "4444\n" });
  expect(decided(await pushed(project))).toContain("reconciling");
});

test("a changed configuration counts at once: other hosts, another directory, other files", async () => {
  const project = aProject({ "a.py": "1\n", "b.log": "1\n" });
  await pushed(project);
  const { done } = await bench.igor(["push", "-g", "cluster"], project.root);
  expect(Object.keys(done)).toEqual(["apollo", "enterprise"]);
  const there = await digestsOnHost("enterprise", project.hostDir);
  expect(there).toEqual(digestsHere(project.root));
  const elsewhere = { ...project, hostDir: project.hostDir.replace("tests", "tests 2") };
  const hosts = [{ host: "apollo", dir: "/home/dino/igor tests 2" }];
  reconfigure(project, { host_groups: { dev: { hosts } }, exclude: ["*.log"] });
  project.write({ "c.log": "1\n", "d.py": "1\n" });
  await bench.igor(["push"], project.root);
  const paths = Object.keys(await digestsOnHost("apollo", elsewhere.hostDir)).sort();
  expect(paths).toEqual([".igor/config.json", "a.py", "d.py"]);
});

describe("a shell that died meanwhile is opened anew, and nothing is told of it", () => {
  const project = aProject({ "a.py": "1\n" });
  const ways: readonly (readonly [string, () => unknown])[] = [
    ["its ssh was killed", () => sshOf(bench).forEach((pid) => process.kill(pid, "SIGKILL"))],
    ["ssh -O exit ended the shared connection", () => laptop.close()],
    ["its far end was killed", () => onHost("apollo", "pkill -KILL -u dino sh")],
    ["the link was cut", () => relay.cut()],
  ];
  test.each(ways)("%s", async (_, end) => {
    await pushed(project);
    await end();
    await until("it to be gone", () => sshOf(bench).length === 0);
    await pause(200);
    appendFileSync(join(project.root, "a.py"), "2\n");
    expect(decided(await pushed(project))).toEqual(["pushed"]);
  });

  test("igor stop --all leaves it, as it is in use", async () => {
    await pushed(project);
    const { stderr } = await laptop.igor(project, ["stop", "--all"]);
    expect(stderr).toContain("another igor uses it");
    expect(await turnsOf(project, ["push"])).toEqual(oneTurn);
  });
});

test("a dead link is noticed in the background within 12 seconds", async () => {
  const project = aProject({ "a.py": "1\n" });
  await pushed(project);
  relay.blackhole();
  await until("it to be noticed", () => sshOf(bench).length === 0, 13_000);
  relay.thaw();
  relay.cut();
  project.write({ "a.py": "22\n" });
  expect(decided(await pushed(project))).toEqual(["pushed"]);
});

test("actions run side by side, and one that is cancelled ends no other", async () => {
  const [project, other] = [aProject({ "a.py": "1\n" }), aProject({ "a.py": "1\n" })];
  await pushed(project);
  await pushed(other);
  const free = await holdLock(project);
  project.write({ "a.py": "22\n" });
  other.write({ "a.py": "22\n" });
  const waiting = bench.igor(["push"], project.root);
  const too = bench.igor(["push"], project.root);
  expect(decided(await pushed(other))).toEqual(["pushed"]);
  const isWaiting = (): boolean => JSON.stringify(too.told).includes("another igor");
  await until("the wait to be told", isWaiting);
  await bench.cancel(waiting.call);
  expect((await waiting).done).toEqual({ apollo: { failure: { reason: "cancelled" } } });
  await free();
  expect((await too).done).toEqual({ apollo: {} });
  await pushed(project);
});

test("what nobody uses is closed, and opened again", async () => {
  const project = aProject({ "a.py": "1\n" });
  const idle = await aWorkbench({ env: { ...laptop.env, IGOR_IDLE_MS: "500" } });
  await idle.igor(["push"], project.root);
  expect(sshOf(idle)).toHaveLength(1);
  await until("it to be closed", () => sshOf(idle).length === 0);
  project.write({ "a.py": "22\n" });
  const { done } = await idle.igor(["push"], project.root);
  expect(done).toEqual({ apollo: {} });
  expect(await digestsOnHost("apollo", project.hostDir)).toEqual(digestsHere(project.root));
  await idle.end();
});

test("nothing of it keeps a process from ending, or is left of it", async () => {
  const project = aProject({ "a.py": "1\n" });
  const ways = [
    (open: Bench) => open.end(),
    (open: Bench) => void open.child.stdin?.end(),
    (open: Bench) => void open.child.kill("SIGKILL"),
  ];
  for (const end of ways) {
    const open = await aWorkbench(laptop);
    await open.igor(["push"], project.root);
    const [ssh] = sshOf(open);
    if (ssh === undefined) throw new Error("no ssh of it");
    await end(open);
    await until("it to end", () => open.child.exitCode !== null || open.child.signalCode !== null);
    await until("its ssh to end", () => spawnSync("kill", ["-0", String(ssh)]).status !== 0);
  }
});
