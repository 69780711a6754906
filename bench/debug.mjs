// @ts-check
// Debugging as an editor feels it, beside debugpy's own adapter over plain ssh.
import { spawn } from "node:child_process";
import { join } from "node:path";

/** Nothing takes that long: it failed. */
const mostMs = 60_000;
const printed = 30_000;

/** What a project needs to be debugged. */
export const debugFiles = {
  Dockerfile: `FROM igor-demo/python:3.11
RUN python3 -m zipfile -e /wheels/debugpy-*.whl /usr/lib/python3/dist-packages
`,
  "steps.py":
    "total = 0\nrows = [{'n': 1}, {'n': 2}]\nfor n in range(1000):\n    total += n\n    rows.append({'n': n})\n",
  "prints.py": `for n in range(${printed}):\n    print("epoch 3 step", n, "loss 0.25 lr 1e-4 tokens/s 123456")\n`,
};

/** @typedef {{ argv: readonly string[], cwd: string, env: Readonly<Record<string, string>> }} Command */

/**
 * A session of a debugger.
 * @typedef {object} Session
 * @property {(command: string, given?: object) => Promise<any>} ask The body of the answer.
 * @property {(name: string) => Promise<any>} event The body of the next event of this name.
 * @property {() => number} lines How many lines the program has printed.
 * @property {() => Promise<void>} end
 */

/**
 * Starts an adapter on a program, with a breakpoint or none, up to `configurationDone`.
 * @param {Command} command
 * @param {{ file: string, line?: number }} program
 * @returns {Promise<Session>}
 */
async function begin({ argv, cwd, env }, { file, line }) {
  const [name = "", ...args] = argv;
  const child = spawn(name, args, { cwd, env, stdio: ["pipe", "pipe", "ignore"] });
  const gone = new Promise((resolve) => child.once("exit", resolve));
  /** @type {Map<string, { bodies: any[], wake?: (body: any) => void }>} */
  const mail = new Map();
  const box = (/** @type {string} */ key) => {
    const found = mail.get(key) ?? { bodies: [] };
    mail.set(key, found);
    return found;
  };
  const put = (/** @type {string} */ key, /** @type {any} */ body) => {
    const { wake, bodies } = box(key);
    if (wake === undefined) bodies.push(body);
    else {
      delete box(key).wake;
      wake(body);
    }
  };
  const take = (/** @type {string} */ key) =>
    new Promise((resolve, reject) => {
      const waits = box(key);
      if (waits.bodies.length > 0) return resolve(waits.bodies.shift());
      const over = setTimeout(() => reject(new Error(`no ${key} from ${argv.join(" ")}`)), mostMs);
      waits.wake = (body) => {
        clearTimeout(over);
        resolve(body);
      };
    });
  let seq = 0;
  let lines = 0;
  const send = (/** @type {object} */ message) => {
    const body = JSON.stringify({ seq: ++seq, ...message });
    child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    return seq;
  };
  let pending = Buffer.alloc(0);
  child.stdin.on("error", () => {});
  child.stdout.on("data", (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      const at = pending.indexOf("\r\n\r\n");
      if (at < 0) return;
      const end = at + 4 + Number(/(\d+)\s*$/.exec(pending.toString("latin1", 0, at))?.[1]);
      if (pending.length < end) return;
      const message = JSON.parse(pending.toString("utf8", at + 4, end));
      pending = pending.subarray(end);
      if (message.type === "response") put(`answer ${message.request_seq}`, message.body);
      else if (message.event === "output") {
        if (message.body.category !== "stdout") continue;
        lines += message.body.output.split("\n").length - 1;
        put("printed", message.body);
      } else if (message.type === "event") put(message.event, message.body);
    }
  });
  const ask = (/** @type {string} */ command, /** @type {object} */ given = {}) =>
    take(`answer ${send({ type: "request", command, arguments: given })}`);
  await ask("initialize", { adapterID: "igor", clientID: "bench", supportsVariableType: true });
  const mapped = argv.includes("debugpy.adapter");
  send({
    type: "request",
    command: "launch",
    arguments: {
      program: mapped ? `/workspace/${file}` : join(cwd, file),
      console: "internalConsole",
      redirectOutput: true,
      ...(mapped && { pathMappings: [{ localRoot: cwd, remoteRoot: "/workspace" }] }),
    },
  });
  await take("initialized");
  if (line !== undefined)
    await ask("setBreakpoints", { source: { path: join(cwd, file) }, breakpoints: [{ line }] });
  await ask("setExceptionBreakpoints", { filters: ["uncaught"] });
  await ask("configurationDone");
  return {
    ask,
    event: take,
    lines: () => lines,
    async end() {
      send({ type: "request", command: "disconnect", arguments: { terminateDebuggee: true } });
      setTimeout(() => child.stdin.end(), 500);
      setTimeout(() => child.kill(), 5000).unref();
      await gone;
    },
  };
}

/**
 * Milliseconds from the command to the stop at a breakpoint, and those of each step with everything that is shown.
 * @param {Command} command
 * @param {number} steps
 */
export async function debugSteps(command, steps) {
  const begunAt = performance.now();
  const session = await begin(command, { file: "steps.py", line: 4 });
  const { threadId } = await session.event("stopped");
  const toBreakpoint = performance.now() - begunAt;
  const look = async () => {
    await session.ask("threads");
    const { stackFrames } = await session.ask("stackTrace", { threadId });
    const { scopes } = await session.ask("scopes", { frameId: stackFrames[0].id });
    const { variablesReference } = scopes[0];
    const { variables } = await session.ask("variables", { variablesReference });
    if (variables.length === 0) throw new Error("a step shows nothing");
  };
  await look();
  const stepMs = [];
  for (let step = 0; step < steps; step += 1) {
    const steppedAt = performance.now();
    void session.ask("next", { threadId });
    await session.event("stopped");
    await look();
    stepMs.push(performance.now() - steppedAt);
  }
  await session.end();
  return { toBreakpoint, steps: stepMs };
}

/**
 * Milliseconds from the first line that a program prints to its end.
 * @param {Command} command
 */
export async function debugPrints(command) {
  const session = await begin(command, { file: "prints.py" });
  await session.event("printed");
  const begunAt = performance.now();
  await session.event("terminated");
  const ms = performance.now() - begunAt;
  if (session.lines() !== printed) throw new Error(`${session.lines()} of ${printed} lines`);
  await session.end();
  return ms;
}
