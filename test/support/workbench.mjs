// @ts-check
// A process that keeps a workbench, and how to talk to it; for tests and the bench.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** @typedef {import("./workbench-main.ts").Call} Call */
/** @typedef {import("../../src/model/event.ts").Event} Event */

/**
 * What came of one call.
 * @typedef {object} Done
 * @property {readonly Event[]} events
 * @property {Readonly<Record<string, unknown>>} done How igor ended, by host; what else was asked for.
 * @property {number} ms
 */

/**
 * A call that runs.
 * @typedef {object} Running
 * @property {number} call
 * @property {readonly Event[]} told So far.
 */

/**
 * @typedef {object} Bench
 * @property {import("node:child_process").ChildProcess} child
 * @property {(words: readonly string[], directory: string) => Promise<Done> & Running} igor
 * @property {(directory: string, group?: string) => Promise<Done>} open
 * @property {(file: string) => Promise<Done>} wrote
 * @property {(call: number) => Promise<Done>} cancel
 * @property {() => Promise<number>} memory Bytes.
 * @property {() => Promise<void>} end Ends everything that is open, and waits until the process is gone by itself.
 */

/** @type {Set<string>} */
const bundled = new Set();

/**
 * A process with a workbench, on a laptop with this environment, in whose home its program is.
 * @param {{ readonly env: Readonly<Record<string, string>> }} laptop
 * @returns {Promise<Bench>}
 */
export async function aWorkbench({ env }) {
  const program = join(env["HOME"] ?? "", "workbench.cjs");
  if (!bundled.has(program)) await bundle(program);
  bundled.add(program);
  return start(program, env);
}

/** @param {string} outfile */
async function bundle(outfile) {
  await build({
    entryPoints: [fileURLToPath(new URL("workbench-main.ts", import.meta.url))],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    supported: { "dynamic-import": true },
    loader: { ".sh": "text", ".py": "text" },
    mainFields: ["module", "main"],
    define: { IGOR_CONFIG_CODE: '"workbench"' },
  });
}

/**
 * @param {string} program
 * @param {Readonly<Record<string, string>>} env
 * @returns {Bench}
 */
function start(program, env) {
  const child = spawn(process.execPath, [program], { env, stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.on("error", () => undefined);
  /** @type {Map<number, { events: Event[], startedAt: number, resolve: (done: Done) => void, reject: (error: Error) => void }>} */
  const open = new Map();
  const gone = new Promise((resolve) =>
    child.once("exit", (code, signal) => {
      for (const { reject } of open.values()) reject(new Error(`it ended with ${code ?? signal}`));
      resolve(undefined);
    }),
  );
  createInterface({ input: child.stdout }).on("line", (line) => {
    const { call, event, done } = JSON.parse(line);
    const waiting = open.get(call);
    if (waiting === undefined) return;
    if (event !== undefined) return void waiting.events.push(event);
    open.delete(call);
    const ms = performance.now() - waiting.startedAt;
    waiting.resolve({ events: waiting.events, done, ms });
  });
  let calls = 0;
  const say = (/** @type {object} */ words) => {
    const call = (calls += 1);
    /** @type {Event[]} */
    const events = [];
    const done = new Promise((resolve, reject) => {
      if (child.exitCode !== null) return void reject(new Error("it has ended"));
      open.set(call, { events, startedAt: performance.now(), resolve, reject });
      child.stdin.write(`${JSON.stringify({ call, ...words })}\n`);
    });
    return Object.assign(/** @type {Promise<Done>} */ (done), { call, told: events });
  };
  return {
    child,
    igor: (words, directory) => say({ do: "igor", words, directory }),
    open: (directory, group) => say({ do: "open", directory, group }),
    wrote: (file) => say({ do: "wrote", file }),
    cancel: (other) => say({ do: "cancel", other }),
    memory: async () => Number((await say({ do: "memory" })).done),
    end: async () => {
      await say({ do: "end" });
      await gone;
    },
  };
}
