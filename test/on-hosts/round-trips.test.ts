import { afterAll, expect, test } from "vitest";
import { hostAddress, onHost } from "../hosts/bed.ts";
import { startRelay } from "../hosts/relay.mjs";
import { aLaptop, aProject } from "../support/laptop.ts";
import { quietLine } from "../support/quiet-line.ts";

const relay = await startRelay({
  target: { host: await hostAddress("apollo"), port: 22 },
  oneWayMs: 25,
});
const laptop = aLaptop({ through: { apollo: relay.port } });
afterAll(async () => {
  await laptop.close();
  await relay.close();
});

/**
 * Round trips that igor waits for with these words. When it is through, the session says goodbye, one round trip that
 * nobody waits for: it is waited for here, so that it is counted for certain, and taken off.
 */
async function turnsOf(
  root: { readonly root: string },
  ...words: readonly string[]
): Promise<{ turns: number; connections: number }> {
  await quietLine(relay);
  relay.reset();
  const { exitCode, stderr } = await laptop.igor(root, words);
  expect(`${String(exitCode)} ${stderr}`).toMatch(/^0 /);
  await quietLine(relay);
  const { turns, connections } = relay.stat();
  return { turns: turns - 1, connections };
}

test("a push over a shared connection takes three round trips: two for the session, one for the frame", async () => {
  const project = aProject({ "a.py": "1\n", "b.py": "1\n" });
  const cold = await turnsOf(project, "push");
  // A login takes many; what counts is that there is one.
  expect(cold.connections).toBe(1);
  expect(cold.turns).toBeLessThanOrEqual(14);
  expect(await turnsOf(project, "push")).toEqual({ turns: 3, connections: 0 });
  project.write({ "a.py": "2\n" });
  expect(await turnsOf(project, "push")).toEqual({ turns: 3, connections: 0 });
  project.remove("b.py");
  expect(await turnsOf(project, "push")).toEqual({ turns: 3, connections: 0 });
});

test("another first push over the shared connection takes no more", async () => {
  const project = aProject({ "a.py": "1\n" });
  expect(await turnsOf(project, "push")).toEqual({ turns: 3, connections: 0 });
});

test("a status takes no more than a push", async () => {
  const project = aProject({ "a.py": "1\n" });
  await laptop.igor(project, ["push"]);
  expect(await turnsOf(project, "status")).toEqual({ turns: 3, connections: 0 });
});

test("a pull over a shared connection takes one more round trip than a look at what there is", async () => {
  const project = aProject({ "a.py": "1\n" }, { outputs: ["runs"] });
  await turnsOf(project, "push");
  expect(await turnsOf(project, "pull")).toEqual({ turns: 3, connections: 0 });
  const script = 'cd "$1"; mkdir runs; echo 1 >runs/log; echo 2 >runs/metrics.json';
  await onHost("apollo", ["sh", "-ec", script, "sh", project.hostDir], { user: "dino" });
  expect(await turnsOf(project, "pull", "--plan")).toEqual({ turns: 3, connections: 0 });
  expect(await turnsOf(project, "pull")).toEqual({ turns: 4, connections: 0 });
  expect(await turnsOf(project, "pull")).toEqual({ turns: 3, connections: 0 });
});
