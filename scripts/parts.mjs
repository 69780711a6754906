// @ts-check
// Runs the parts of `npm test` and `npm run check` one after another, each with its name, its own output
// and its time; counts what passed and failed; ends with one line `N passed, N failed`.
// Plain Node, no dependencies: it must work right after a clone.
import { spawn } from "node:child_process";
import { join, resolve } from "node:path";

/** The repository. */
export const root = resolve(import.meta.dirname, "..");

/** Vitest colours its output wherever CI is set, also in a file. */
export const plainWhenPiped = process.stdout.isTTY ? [] : ["--no-color"];

/**
 * What became of a part. A check counts as one; a test tier counts its tests.
 * @typedef {{ name: string, passed: number, failed: number, why?: string, seconds: number }} Outcome
 * @typedef {{ name: string, run: () => Promise<{ passed: number, failed: number, why?: string }> }} Part
 */

/**
 * A part that passes when a command exits with 0.
 * @param {string} name
 * @param {string} program
 * @param {...string} args
 * @returns {Part}
 */
export function check(name, program, ...args) {
  return {
    name,
    run: async () => {
      const why = await failureOf(program, args);
      return why === undefined ? { passed: 1, failed: 0 } : { passed: 0, failed: 1, why };
    },
  };
}

/**
 * The path of a tool of node_modules.
 * @param {string} name
 */
export function tool(name) {
  return join(root, "node_modules", ".bin", name);
}

/**
 * Runs a command with our own streams; why it failed, or undefined.
 * @param {string} program
 * @param {readonly string[]} args
 * @returns {Promise<string | undefined>}
 */
export function failureOf(program, args) {
  return new Promise((done) => {
    const env = { ...process.env, CI: "1", NO_UPDATE_NOTIFIER: "1" };
    const child = spawn(program, args, { cwd: root, env, stdio: "inherit" });
    child.once("error", (error) => done(`cannot be run: ${error.message}`));
    child.once("exit", (code, signal) => {
      if (signal !== null) done(`ended by ${signal}`);
      else done(code === 0 ? undefined : `exit code ${code}`);
    });
  });
}

/**
 * Runs every part, also after one that failed, prints the summary and sets the exit code.
 * @param {readonly Part[]} parts
 */
export async function runAll(parts) {
  const startedAt = Date.now();
  /** @type {Outcome[]} */
  const outcomes = [];
  for (const { name, run } of parts) {
    console.log(`\n==> [${outcomes.length + 1}/${parts.length}] ${name}`);
    const partStartedAt = Date.now();
    const outcome = { name, ...(await run()), seconds: secondsSince(partStartedAt) };
    outcomes.push(outcome);
    console.log(`    ${name}: ${wordsFor(outcome)}`);
  }
  console.log(`\n==> summary, after ${secondsSince(startedAt)} s`);
  const widest = Math.max(...outcomes.map(({ name }) => name.length));
  for (const outcome of outcomes) {
    console.log(`    ${outcome.name.padEnd(widest)}  ${wordsFor(outcome)}`);
  }
  const passed = sum(outcomes.map((outcome) => outcome.passed));
  const failed = sum(outcomes.map((outcome) => outcome.failed));
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

/** @param {Outcome} outcome */
function wordsFor({ passed, failed, why, seconds }) {
  const verdict = failed === 0 ? "ok" : "FAILED";
  const counts = passed + failed === 1 ? "" : ` ${passed} passed, ${failed} failed,`;
  return `${verdict}${counts} ${seconds} s${why === undefined ? "" : ` (${why})`}`;
}

/** @param {number} startedAt */
function secondsSince(startedAt) {
  return Math.round((Date.now() - startedAt) / 100) / 10;
}

/** @param {readonly number[]} numbers */
function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
