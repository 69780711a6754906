// @ts-check
// Time as the user feels it: from the start of a command to its end.
import { spawn } from "node:child_process";
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
 * @param {readonly number[]} values
 * @returns {number}
 */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const at = (/** @type {number} */ index) => sorted[index] ?? NaN;
  return sorted.length % 2 === 1 ? at(Math.floor(middle)) : (at(middle - 1) + at(middle)) / 2;
}
