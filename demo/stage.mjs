// @ts-check
// Running commands before the user's eyes, and what happens when one fails or Ctrl-C comes.
import { spawn } from "node:child_process";
import { ended } from "../bench/sandbox.mjs";

/** A step that failed, with what to look at. */
export class Stopped extends Error {
  /**
   * @param {string} what
   * @param {string} lookAt
   */
  constructor(what, lookAt) {
    super(what);
    this.lookAt = lookAt;
  }
}

/** Ctrl-C came, or another request to end. */
export class Interrupted extends Error {}

/** @type {import("node:child_process").ChildProcess | undefined} */
let running;
let isInterrupted = false;

for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
  process.on(signal, () => {
    if (isInterrupted) return;
    isInterrupted = true;
    const child = running;
    // A Ctrl-C on the terminal has reached the command too, which may take a moment to end properly.
    if (signal !== "SIGINT") child?.kill("SIGTERM");
    setTimeout(() => child?.kill("SIGTERM"), 10_000).unref();
  });
}

/** Throws when the user has asked to end. */
export function goOn() {
  if (isInterrupted) throw new Interrupted();
}

/**
 * Runs a command with our own terminal; its exit code.
 * @param {readonly string[]} argv
 * @param {{ cwd: string, env?: Readonly<Record<string, string>>, output?: "all" | "only-errors" }} where
 */
export async function runInSight([program = "", ...args], { output = "all", ...where }) {
  goOn();
  const stdout = output === "all" ? "inherit" : "ignore";
  running = spawn(program, args, { ...where, stdio: ["inherit", stdout, "inherit"] });
  const code = await ended(running);
  running = undefined;
  goOn();
  return code;
}
