import { afterAll, beforeAll, expect, test } from "vitest";
import { hostAddress } from "../hosts/bed.ts";
import { startRelay } from "../hosts/relay.mjs";
import type { Relay } from "../hosts/relay.mjs";
import { igorInTerminal } from "../support/docker-project.ts";
import { quietLine } from "../support/quiet-line.ts";
import { aLaptop, aProject } from "../support/laptop.ts";
import type { Laptop } from "../support/laptop.ts";

let relay: Relay;
let laptop: Laptop;
const project = aProject({ "a.py": "1\n", Dockerfile: "FROM igor-demo/busybox:1\n" });

beforeAll(async () => {
  relay = await startRelay({
    target: { host: await hostAddress("apollo"), port: 22 },
    oneWayMs: 40,
  });
  laptop = aLaptop({ through: { apollo: relay.port } });
  expect(await turnsOf("docker", "setup")).toBeGreaterThan(0);
});

afterAll(async () => {
  await laptop.igor(project, ["docker", "clean", "--images"]);
  await laptop.close();
  await relay.close();
});

/** The longest chain of "igor sends, the host answers, igor reacts" of one command on a warm connection. */
async function turnsOf(...words: readonly string[]): Promise<number> {
  await quietLine(relay);
  relay.reset();
  const { exitCode, stderr } = await laptop.igor(project, words);
  expect(`${String(exitCode)} ${stderr}`).toMatch(/^0 /);
  return relay.stat().turns;
}

/** The same on a busy machine, where what goes side by side may come apart: the least of some runs, at least so many. */
async function leastTurnsOf(
  { most }: { readonly most: number },
  ...words: readonly string[]
): Promise<number> {
  let least = Infinity;
  for (let run = 0; run < 10 && least > most; run += 1)
    least = Math.min(least, await turnsOf(...words));
  return least;
}

// Two for the session, one for the frame.
test("setup with nothing to do takes three round trips", async () => {
  expect(await leastTurnsOf({ most: 3 }, "docker", "setup")).toBe(3);
});

test("setup with one changed file takes three round trips", async () => {
  project.write({ "a.py": "22\n" });
  expect(await turnsOf("docker", "setup")).toBe(3);
});

test("ps takes three round trips", async () => {
  expect(await leastTurnsOf({ most: 3 }, "docker", "ps")).toBe(3);
});

// Two until the first byte of the command; the third is the guard, for which nothing waits.
test("exec takes two round trips, and one for the guard beside it", async () => {
  expect(await leastTurnsOf({ most: 3 }, "docker", "exec", "true")).toBeLessThanOrEqual(3);
});

// Two until the first byte; the third is the host shell, which is opened beside it, and for which nothing waits.
test("a REPL that is kept takes two round trips to begin, and to come back to", async () => {
  const python = aProject(
    { Dockerfile: "FROM igor-demo/python:3.11\n" },
    { docker_rebuild_files: [] },
  );
  const igor = async (...words: readonly string[]): Promise<void> => {
    expect((await laptop.igor(python, words)).stderr).toMatch(/ done |^$/);
  };
  await igor("docker", "setup");
  const words = ["docker", "repl", "sh", "-c", "echo up; sleep 1000"];
  const turnsToShow = async (): Promise<number> => {
    await quietLine(relay);
    relay.reset();
    using terminal = igorInTerminal(laptop, python, words);
    await terminal.shows("up");
    const { turns } = relay.stat();
    terminal.close();
    return turns;
  };
  await turnsToShow();
  let least = Infinity;
  for (let run = 0; run < 10 && least > 3; run += 1) least = Math.min(least, await turnsToShow());
  expect(least).toBeLessThanOrEqual(3);
  await igor("docker", "clean", "--images");
});

test("a changed file alone costs hundreds of bytes, not a scan of the tree", async () => {
  project.write(
    Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`d/${String(index)}.py`, "x\n"])),
  );
  const bytesOfPush = async (): Promise<number> => {
    relay.reset();
    await laptop.igor(project, ["push"]);
    return relay.stat().up.bytes;
  };
  await bytesOfPush();
  const bytesOfNothing = await bytesOfPush();
  project.write({ "d/7.py": "changed\n" });
  expect((await bytesOfPush()) - bytesOfNothing).toBeLessThan(1000);
  expect(bytesOfNothing).toBeLessThan(9000);
});
