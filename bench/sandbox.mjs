// @ts-check
// The sandbox that the demo and the benchmark work on: a bed of hosts, and a laptop of its own that knows it.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

export const root = join(import.meta.dirname, "..");

/** The naive script, which has the same verbs as igor. */
export const naiveIgor = join(root, "bench", "naive", "igor");

const bedScript = join(root, "test", "hosts", "bed.sh");
const relayScript = join(root, "test", "hosts", "tun-relay.py");

/**
 * A bed and a laptop.
 * @typedef {object} Sandbox
 * @property {string} bed
 * @property {string} home The laptop's home: gone with the bed.
 * @property {Record<string, string>} env What commands on the laptop see, and nothing else of ours.
 */

/**
 * Names the sandbox; nothing is made yet.
 * @param {string} bed
 * @returns {Sandbox}
 */
export function sandboxOf(bed) {
  const state = `/var/lib/igor-bed/${bed}`;
  const home = join(state, "laptop");
  const places = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
  const path = [join(root, "bin"), join(state, "bin"), dirname(process.execPath), ...places];
  const { TERM, NO_COLOR, COLORTERM, CI } = process.env;
  const terminal = Object.entries({ TERM, NO_COLOR, COLORTERM, CI }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  return {
    bed,
    home,
    env: {
      ...Object.fromEntries(terminal),
      PATH: path.join(":"),
      HOME: home,
      USER: "dino",
      LOGNAME: "dino",
      SHELL: "/bin/bash",
      LANG: "C.UTF-8",
      GIT_CONFIG_SYSTEM: "/dev/null",
      IGOR_BED: bed,
    },
  };
}

/**
 * Starts the hosts that are missing, in the user's sight, and makes the laptop's home.
 * @param {Sandbox} sandbox
 * @param {readonly string[]} hosts
 * @param {readonly string[]} [options] e.g. `--no-docker`
 * @returns {Promise<number>} the exit code
 */
export async function raise({ bed, home }, hosts, options = []) {
  const code = await ended(
    spawn(bedScript, ["up", ...options, ...hosts], { stdio: "inherit", env: bedEnv(bed) }),
  );
  if (code === 0) mkdirSync(home, { recursive: true, mode: 0o700 });
  return code;
}

/**
 * Ends the laptop's shared connections and takes the bed down, without a trace. Not interrupted by Ctrl-C: it has a
 * process group of its own.
 * @param {Sandbox} sandbox
 */
export async function remove(sandbox) {
  await disconnect(sandbox);
  return ended(
    spawn(bedScript, ["down"], { stdio: "inherit", env: bedEnv(sandbox.bed), detached: true }),
  );
}

/**
 * Ends every shared connection of the laptop, igor's and the naive script's: the next command logs in.
 * @param {Sandbox} sandbox
 */
export async function disconnect({ home, env }) {
  const sockets = [join(home, ".cache", "igor", "s"), join(home, ".ssh")].flatMap((directory) =>
    existsSync(directory) ? readdirSync(directory).map((name) => join(directory, name)) : [],
  );
  await Promise.all(
    sockets.map(async (socket) => {
      const argv = ["-O", "exit", "-o", `ControlPath=${socket}`, "any"];
      const code = await ended(spawn("ssh", argv, { env, stdio: "ignore", detached: true }));
      if (code !== 0) rmSync(socket, { force: true });
    }),
  );
}

/**
 * Runs a script as root on a host, for setting up and cleaning; rejects when it fails.
 * @param {Sandbox} sandbox
 * @param {string} host
 * @param {string} script
 */
export async function onHost({ bed }, host, script) {
  const code = await ended(
    spawn(bedScript, ["sh", host, script], {
      stdio: ["ignore", "ignore", "inherit"],
      env: bedEnv(bed),
    }),
  );
  if (code !== 0) throw new Error(`on ${host}: exit code ${code}: ${script}`);
}

/**
 * A second, slow address of a host, known as `<host>-far`.
 * @typedef {object} FarLine
 * @property {(roundTripMs: number) => Promise<void>} setRoundTrip
 * @property {() => Promise<number>} bytes What crossed it since the last time, both ways, with the headers of IP and TCP.
 * @property {() => Promise<void>} close
 */

/**
 * @param {Sandbox} sandbox
 * @param {string} host
 * @returns {Promise<FarLine>}
 */
export async function openFarLine({ bed }, host) {
  const child = spawn("/usr/bin/python3", [relayScript, "--bed", bed, host], {
    stdio: ["pipe", "pipe", "inherit"],
    detached: true,
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const gone = ended(child);
  if ((await answers.next()).done) throw new Error(`no far line to ${host}`);
  return {
    async setRoundTrip(ms) {
      child.stdin.write(`delay ${ms / 2}\n`);
      const { value } = await answers.next();
      if (value !== `delay ${ms / 2}`) throw new Error(`the far line to ${host} answered ${value}`);
    },
    async bytes() {
      child.stdin.write("bytes\n");
      const { value } = await answers.next();
      const [, there, back] = /^bytes (\d+) (\d+)$/.exec(String(value)) ?? [];
      if (back === undefined) throw new Error(`the far line to ${host} answered ${value}`);
      return Number(there) + Number(back);
    },
    async close() {
      child.kill();
      await gone;
    },
  };
}

/** @param {string} bed */
function bedEnv(bed) {
  return { ...process.env, IGOR_BED: bed };
}

/**
 * The exit code of a child; 128 + n when signal n ended it.
 * @param {import("node:child_process").ChildProcess} child
 * @returns {Promise<number>}
 */
export function ended(child) {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      resolve(code ?? 128 + (signal === "SIGINT" ? 2 : signal === "SIGTERM" ? 15 : 9));
    });
  });
}
