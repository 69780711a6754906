import { afterAll, beforeAll, expect, test } from "vitest";
import { hostAddress } from "../hosts/bed.ts";
import { startRelay } from "../hosts/relay.mjs";
import type { Relay } from "../hosts/relay.mjs";
import { quietLine } from "../support/quiet-line.ts";
import { aLaptop, aProject } from "../support/laptop.ts";
import type { Laptop } from "../support/laptop.ts";

let relay: Relay;
let laptop: Laptop;
const project = aProject({ "a.py": "1\n", Dockerfile: "FROM igor-demo/busybox:1\n" });

beforeAll(async () => {
  relay = await startRelay({
    target: { host: await hostAddress("apollo"), port: 22 },
    oneWayMs: 10,
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

// Two for the session, one for the frame.
test("setup with nothing to do takes three round trips", async () => {
  expect(await turnsOf("docker", "setup")).toBe(3);
});

test("setup with one changed file takes three round trips", async () => {
  project.write({ "a.py": "22\n" });
  expect(await turnsOf("docker", "setup")).toBe(3);
});

test("ps takes three round trips", async () => {
  expect(await turnsOf("docker", "ps")).toBe(3);
});

// Two until the first byte of the command; the third is the guard, for which nothing waits. On a busy machine the two
// sessions come apart, and their turns add up: the least of some runs counts.
test("exec takes two round trips, and one for the guard beside it", async () => {
  let least = Infinity;
  for (let run = 0; run < 5 && least > 3; run += 1)
    least = Math.min(least, await turnsOf("docker", "exec", "true"));
  expect(least).toBeLessThanOrEqual(3);
});

test("a changed file alone costs hundreds of bytes, not a scan of the tree", async () => {
  project.write(
    Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`d/${String(index)}.py`, "x\n"])),
  );
  await turnsOf("push");
  project.write({ "d/7.py": "changed\n" });
  relay.reset();
  await laptop.igor(project, ["push"]);
  expect(relay.stat().up.bytes).toBeLessThan(8192);
});
