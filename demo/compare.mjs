// @ts-check
// The same steps by igor and by the naive script, timed one after another, each with a project of its own.
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { timeOf } from "../bench/measure.mjs";
import { disconnect, naiveIgor, openFarLine } from "../bench/sandbox.mjs";
import { makeProject, seconds } from "./show.mjs";
import { goOn, Stopped } from "./stage.mjs";
import { bold, dim, heading, printTable, say } from "./words.mjs";

/** @typedef {import("../bench/sandbox.mjs").Sandbox} Sandbox */

const farMs = 50;

/** Who is compared: how its column is called, what it runs, and what it has in its environment. */
const contenders = [
  { title: "igor", program: "igor", name: "spirals-igor", env: {} },
  { title: "script", program: naiveIgor, name: "spirals-script", env: {} },
  { title: "+master", program: naiveIgor, name: "spirals-master", env: { NAIVE_MASTER: "1" } },
];

/**
 * The steps, in this order. `edits`: a file is changed before. `cold`: shared connections are ended before.
 * `far`: also measured over the far line. `after`: done before it, unmeasured.
 * @typedef {{ title: string, words: string, edits?: true, cold?: true, far?: true, after?: string }} Step
 * @type {readonly Step[]}
 */
const steps = [
  { title: "push, first time", words: "push", cold: true },
  { title: "push, one file changed", words: "push", edits: true, far: true },
  { title: "docker build, layers in Docker's cache", words: "docker build" },
  { title: "docker setup, first container", words: "docker setup" },
  { title: "docker setup, one file changed", words: "docker setup", edits: true, far: true },
  { title: "docker exec true", words: "docker exec true", far: true },
  { title: "docker exec true, first of the day", words: "docker exec true", cold: true },
  {
    title: "push to two hosts, one file changed",
    words: "push -g cluster",
    edits: true,
    after: "push -g cluster",
  },
];

/** @param {Sandbox} sandbox */
export async function compare(sandbox) {
  heading("What it takes");
  say(
    `The same steps by igor and by bench/naive/igor, a script of rsync, ssh and docker as one writes it for oneself (+master: the same script with ssh's ControlMaster switched on). Seconds, each step once; to these hosts there is no delay, so the right half shows a line of ${farMs} ms round trip. Docker's layer cache is warm for all three.`,
  );
  const lines = await Promise.all(
    ["apollo", "enterprise"].map((host) => openFarLine(sandbox, host)),
  );
  try {
    const columns = [];
    for (const contender of contenders) columns.push(await timesOf(sandbox, lines, contender));
    report(columns);
  } finally {
    await Promise.all(lines.map((line) => line.close()));
  }
}

/**
 * @param {Sandbox} sandbox
 * @param {readonly import("../bench/sandbox.mjs").FarLine[]} lines
 * @param {typeof contenders[number]} contender
 */
async function timesOf(sandbox, lines, { title, program, name, env }) {
  const project = await makeProject(sandbox, name);
  const config = join(project, ".igor", "config.json");
  writeFileSync(
    config,
    readFileSync(config, "utf8").replaceAll(/"(apollo|enterprise)"/g, '"$1-far"'),
  );
  const run = (/** @type {string} */ words) =>
    timeOf({ argv: [program, ...words.split(" ")], cwd: project, env: { ...sandbox.env, ...env } });
  /** @param {Step} step */
  const measure = async (step) => {
    goOn();
    if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${dim(`${title}: ${step.title}`)}`);
    try {
      if (step.after !== undefined) await run(step.after);
      if (step.cold) await disconnect(sandbox);
      if (step.edits) appendFileSync(join(project, "spirals", "train.py"), "# one more line\n");
      return await run(step.words);
    } catch (error) {
      goOn();
      const what = error instanceof Error ? error.message : String(error);
      throw new Stopped(what, "It was being measured; the show before it may tell more.");
    }
  };
  const setRoundTrip = (/** @type {number} */ ms) =>
    Promise.all(lines.map((line) => line.setRoundTrip(ms)));

  const near = [];
  for (const step of steps) near.push(await measure(step));
  await setRoundTrip(farMs);
  const far = [];
  for (const step of steps) far.push(step.far ? await measure(step) : undefined);
  await setRoundTrip(0);
  if (process.stdout.isTTY) process.stdout.write("\r\x1b[K");
  else console.log(`${title}: measured`);
  return { near, far };
}

/** @param {readonly { near: readonly number[], far: readonly (number | undefined)[] }[]} columns */
function report(columns) {
  const titles = contenders.map(({ title }) => title);
  const rows = steps.map(({ title }, index) => [
    title,
    ...columns.map(({ near }) => seconds(near[index] ?? NaN)),
    "|",
    ...columns.map(({ far }) => secondsOrNothing(far[index])),
  ]);
  console.log("");
  const halves = ["", "no delay", "", "", "|", `${farMs} ms`, "", ""];
  printTable([halves, ["seconds", ...titles, "|", ...titles], ...rows], { headRows: 2 });
  const edited = steps.findIndex(({ words, edits }) => words === "docker setup" && edits);
  const [igor = NaN, script = NaN, master = NaN] = columns.map(({ far }) => far[edited] ?? NaN);
  console.log("");
  say(
    `Over ${farMs} ms, bringing an edit to a ready container takes igor ${seconds(igor)} s: ${bold(`${(script / igor).toFixed(0)} times`)} faster than the script, ${(master / igor).toFixed(0)} times faster than with ControlMaster. A first push, and the first command of a day, it does no faster.`,
  );
  console.log(dim("More of this, with medians and larger trees: npm run bench"));
}

/** @param {number | undefined} ms */
function secondsOrNothing(ms) {
  return ms === undefined ? "-" : seconds(ms);
}
