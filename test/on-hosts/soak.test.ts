import { setTimeout as pause } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { cutLink, hostAddress, restoreLink } from "../hosts/bed.ts";
import { startRelay } from "../hosts/relay.mjs";
import { chanceOf } from "../support/chance.ts";
import { removeDockerProjects } from "../support/docker-project.ts";
import { aLaptop, ended } from "../support/laptop.ts";
import type { IgorResult } from "../support/laptop.ts";
import {
  aWorld,
  editHere,
  editThere,
  expectQuiet,
  leftovers,
  notPulled,
  wrongs,
} from "../support/soak-world.ts";
import type { World } from "../support/soak-world.ts";

/** More by `npm run soak`. A failure prints its seed, for IGOR_SOAK_SEED: the choices come back, the moments do not. */
const rounds = Number(process.env["IGOR_SOAK_ROUNDS"] ?? "5");
const seed = Number(process.env["IGOR_SOAK_SEED"] ?? Math.floor(Math.random() * 1e9));
const isLong = rounds > 20;

const relay = await startRelay({ target: { host: await hostAddress("apollo"), port: 22 } });
/** Its line to apollo can be cut in every way. */
const laptop = aLaptop({ through: { apollo: relay.port } });
afterAll(async () => {
  await restoreLink("apollo");
  await laptop.close();
  await relay.close();
  await removeDockerProjects();
});

/** No command may take longer, whatever happens to the line. */
const endsWithinMs = 90_000;

const verbs = ["push", "build", "setup", "exec", "exec --push", "pull"] as const;
type Verb = (typeof verbs)[number];
/** How long a verb takes about, in ms: within that time something happens to it. */
const lastsMs: Readonly<Record<Verb, number>> = {
  push: 400,
  build: 2000,
  setup: 3000,
  exec: 1000,
  "exec --push": 1200,
  pull: 700,
};
const faults = ["reset", "silence", "freeze", "unplug", "kill", "interrupt", "terminate"] as const;
type Fault = (typeof faults)[number];

function wordsOf(verb: Verb, mark: string, heal: boolean): readonly string[] {
  const command = [
    "sh",
    "-c",
    `mkdir -p out && echo begun && sleep 0.5 && echo ${mark} >out/${mark}`,
  ];
  switch (verb) {
    case "push":
      return ["push"];
    case "build":
      return ["docker", "build"];
    case "setup":
      return ["docker", "setup", ...(heal ? ["--replace"] : [])];
    case "exec":
      return ["docker", "exec", ...command];
    case "exec --push":
      return ["docker", "exec", "--push", ...command];
    case "pull":
      return ["pull"];
  }
}

/** Breaks the line, or igor; gives what mends it again. */
async function strike(
  fault: Fault,
  child: ReturnType<typeof laptop.start>,
): Promise<() => void | Promise<void>> {
  const nothing = (): void => undefined;
  switch (fault) {
    case "reset":
      relay.cut();
      return nothing;
    case "silence":
      relay.blackhole();
      return () => {
        relay.thaw();
      };
    case "freeze":
      relay.freeze();
      return () => {
        relay.thaw();
      };
    case "unplug":
      await cutLink("apollo");
      return () => restoreLink("apollo");
    case "kill":
      child.kill("SIGKILL");
      return nothing;
    case "interrupt":
      child.kill("SIGINT");
      return nothing;
    case "terminate":
      child.kill("SIGTERM");
      return nothing;
  }
}

async function within(
  result: Promise<IgorResult>,
  child: ReturnType<typeof laptop.start>,
): Promise<IgorResult> {
  const timer = setTimeout(() => child.kill("SIGABRT"), endsWithinMs);
  const { signal, ...rest } = await result;
  clearTimeout(timer);
  if (signal === "SIGABRT") throw new Error(`it did not end: ${rest.stdout}${rest.stderr}`);
  return { signal, ...rest };
}

async function run(world: World, words: readonly string[]): Promise<IgorResult> {
  const child = laptop.start(world.project, words);
  child.stdin?.end();
  return within(ended(child), child);
}

async function round(world: World): Promise<void> {
  const { chance, log } = world;
  editHere(world);
  await editThere(world);
  const verb = chance.one(verbs);
  const fault = chance.one(faults);
  const mark = `foreign-${String((world.count += 1))}-end`;
  const afterMs = chance.number(lastsMs[verb]);
  const forMs = chance.number(chance.one(isLong ? [500, 3000, 15_000] : [500, 1500]));
  const child = laptop.start(world.project, wordsOf(verb, mark, false));
  child.stdin?.end();
  const end = within(ended(child), child);
  await pause(afterMs);
  const isOver = child.exitCode !== null;
  const mend = await strike(fault, child);
  await pause(forMs);
  await mend();
  const broken = await end;
  log.push(
    `${verb}, ${fault} after ${String(afterMs)} ms for ${String(forMs)} ms${isOver ? ", too late" : ""}: exit code ${String(broken.exitCode ?? broken.signal)}`,
  );
  const healing = await run(world, wordsOf(verb, mark, true));
  if (healing.exitCode !== 0)
    throw new Error(`${verb} does not heal:\n${healing.stdout}${healing.stderr}`);
  if (verb.startsWith("exec")) world.foreign.add(mark);
  expect(await wrongs(world, verb !== "exec" && verb !== "pull")).toEqual([]);
  if (verb === "pull") expect(await notPulled(world)).toEqual([]);
}

test(
  `whatever happens to the line or to igor, one more command heals everything (${String(rounds)} rounds)`,
  { timeout: 120_000 + rounds * 120_000 },
  async () => {
    const world = aWorld(chanceOf(seed));
    const begin = performance.now();
    const push = (): Promise<unknown> => run(world, ["push"]);
    try {
      await run(world, ["docker", "setup"]);
      for (const line of await leftovers(world)) world.before.add(line);
      for (let count = 1; count <= rounds; count += 1) {
        world.log.push(`--- round ${String(count)}`);
        await round(world);
        if (!isLong) continue;
        const seconds = Math.round((performance.now() - begin) / 1000);
        process.stdout.write(
          `${String(count)} (${String(seconds)} s): ${world.log.at(-1) ?? ""}\n`,
        );
        if (count % 5 === 0) await expectQuiet(world, push);
      }
      await expectQuiet(world, push);
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      throw new Error(`seed ${String(seed)}:\n${world.log.slice(-60).join("\n")}\n${what}`);
    }
  },
);
