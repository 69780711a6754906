// @ts-check
// `npm run soak -- --rounds 200 [--seed N]`: the line to a host is cut and mended, and igor is killed, at random moments
// of push, build, setup, exec and pull; after each round one more command must heal everything. The tests run a few rounds.
import { parseArgs } from "node:util";
import { failureOf, tool } from "./parts.mjs";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "200" }, seed: { type: "string" } },
});
process.env["IGOR_SOAK_ROUNDS"] = values.rounds;
if (values.seed !== undefined) process.env["IGOR_SOAK_SEED"] = values.seed;
const build = await failureOf(process.execPath, ["build.mjs"]);
const words = ["run", "--project", "hosts", "test/on-hosts/soak.test.ts", "--reporter=verbose"];
const why = build ?? (await failureOf(tool("vitest"), words));
if (why !== undefined) process.exitCode = 1;
