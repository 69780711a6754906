import { join } from "node:path";
import { expect, test } from "vitest";
import { chanceOf } from "../support/chance.ts";
import { DapClient } from "../support/dap-client.ts";
import { walkOn } from "../support/dap-walk.ts";
import type { Seen } from "../support/dap-walk.ts";
import { debuggedProgram, lineOf } from "../support/debugged-program.ts";
import { aLaptop, aProject } from "../support/laptop.ts";
import { readyContainer } from "../support/ready-container.ts";

/** A failure prints its seed, for IGOR_PROPERTY_SEED. */
const givenSeed = process.env["IGOR_PROPERTY_SEED"];
const wantedStops = Number(process.env["IGOR_DAP_STOPS"] ?? "1000");
const sessions = 3;

const laptop = aLaptop();
const project = aProject(
  {
    Dockerfile: `FROM igor-demo/python:3.11
RUN python3 -m zipfile -e /wheels/debugpy-*.whl /usr/lib/python3/dist-packages
`,
    "walk.py": debuggedProgram,
  },
  { docker_rebuild_files: [] },
);
readyContainer(laptop, project);
const file = join(project.root, "walk.py");
const lines = [
  "numbers = [turn",
  "square = value",
  "caught = error",
  "return mine",
  'own["step"] = step',
  "return len(pair)",
].map(lineOf);

test("what is answered ahead is what debugpy answers, at a thousand stops of random walks", async () => {
  const seed = Number(givenSeed ?? Date.now() % 1_000_000);
  const walks = Array.from({ length: sessions }, async (_, index) => {
    const seen: Seen = { stops: 0, comparisons: 0, ahead: 0, movedOn: 0, log: [] };
    await using client = new DapClient(laptop, project);
    const arguments_ = { program: file, justMyCode: index > 0 };
    const filters = index === 1 ? ["raised", "uncaught"] : ["uncaught"];
    await client.begin({ arguments: arguments_, breakpoints: { [file]: lines }, filters });
    const walk = { client, chance: chanceOf(seed + index), seen, file, lines };
    await walkOn(walk, () => seen.stops >= wantedStops / sessions).catch((error: unknown) => {
      throw new Error(
        `IGOR_PROPERTY_SEED=${String(seed)}, session ${String(index)}: ${(error as Error).message.slice(-3000)}\n${seen.log.slice(-60).join("\n")}`,
      );
    });
    await client.disconnect();
    // What debugpy finds wrong with what it is asked.
    expect(client.said("stderr")).not.toMatch(/^\d+\.\d\ds - (?!thread\._ident)/m);
    return seen;
  });
  const seen = await Promise.all(walks);
  const sum = (key: "stops" | "comparisons" | "ahead" | "movedOn"): number =>
    seen.reduce((all, each) => all + each[key], 0);
  expect(sum("stops")).toBeGreaterThanOrEqual(wantedStops);
  expect(sum("movedOn")).toBeLessThan(wantedStops / 20);
  // Otherwise fresh answers would be compared with fresh ones.
  expect(sum("ahead")).toBeGreaterThan(sum("comparisons") / 2);
});
