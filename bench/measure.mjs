// @ts-check
// Time as the user feels it: from the start of a command to its end.
import { spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";

/**
 * What is run and timed.
 * @typedef {object} Command
 * @property {readonly string[]} argv
 * @property {string} cwd
 * @property {Readonly<Record<string, string>>} env
 */

/**
 * Runs a command without a terminal; its milliseconds. One that fails is an error with what it said.
 * @param {Command} command
 * @returns {Promise<number>}
 */
export function timeOf({ argv, cwd, env }) {
  const [program = "", ...args] = argv;
  return new Promise((resolve, reject) => {
    /** @type {Buffer[]} */
    const said = [];
    const startedAt = performance.now();
    const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => said.push(chunk));
    child.once("error", reject);
    // What it leaves running, e.g. a shared connection, may hold the pipes: its own end counts.
    child.once("exit", async (code, signal) => {
      const ms = performance.now() - startedAt;
      await setTimeout(code === 0 ? 0 : 200);
      for (const stream of [child.stdout, child.stderr]) stream.destroy();
      if (code === 0) return resolve(ms);
      const words = Buffer.concat(said).toString();
      reject(new Error(`${argv.join(" ")} (in ${cwd}) ended with ${code ?? signal}:\n${words}`));
    });
  });
}

/**
 * What a command and its children cost the laptop's processor, in milliseconds. Without what the shared connection, which
 * stays, does for it.
 * @param {Command} command
 * @returns {number}
 */
export function processorTimeOf({ argv, cwd, env }) {
  const script = 'TIMEFORMAT="%U %S"; { time "$@" >/dev/null 2>&1; } </dev/null';
  const { stderr, status } = spawnSync("bash", ["-c", script, "bash", ...argv], {
    cwd,
    env: { ...env, LC_ALL: "C" },
    encoding: "utf8",
  });
  const [, user, system] = /^([\d.]+) ([\d.]+)$/m.exec(stderr) ?? [];
  if (status !== 0) throw new Error(`${argv.join(" ")} (in ${cwd}) ended with ${status}`);
  return (Number(user) + Number(system)) * 1000;
}

/**
 * `igor push --watch`, as an editor saves into its tree.
 * @typedef {object} Watching
 * @property {(save: () => void) => Promise<number>} synced Milliseconds from a save until the host has confirmed it.
 * @property {() => Promise<void>} end
 */

/**
 * Starts it and waits until everything is there.
 * @param {Command} command
 * @returns {Promise<Watching>}
 */
export async function startWatching({ argv, cwd, env }) {
  const [program = "", ...args] = argv;
  const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "ignore"] });
  const gone = new Promise((resolve) => child.once("exit", resolve));
  const events = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const decided = async (/** @type {string} */ kind) => {
    for (;;) {
      const { done, value } = await events.next();
      if (done) throw new Error(`${argv.join(" ")} ended before it said ${kind}`);
      if (JSON.parse(value).decision?.kind === kind) return;
    }
  };
  await decided("watching");
  return {
    async synced(save) {
      const startedAt = performance.now();
      save();
      await decided("synced");
      return performance.now() - startedAt;
    },
    async end() {
      child.kill("SIGINT");
      await gone;
    },
  };
}

/**
 * @param {readonly number[]} values
 * @returns {number}
 */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const at = (/** @type {number} */ index) => sorted[index] ?? NaN;
  return sorted.length % 2 === 1 ? at(Math.floor(middle)) : (at(middle - 1) + at(middle)) / 2;
}
