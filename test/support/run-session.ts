import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Session } from "../../src/model/plan.ts";
import { sessionInputs } from "../../src/remote/exec.ts";
import { onHost } from "../hosts/bed.ts";
import type { Request } from "./session-main.ts";
import { temporaryDirectory } from "./temporary.ts";

/** The directory of the project in dino's home, and the containers that see it. */
const project = "session-test";

/**
 * When a session is over at the latest, however igor ended, in milliseconds: one that igor could give no guard any more
 * waits 20 s for it, and then its processes are ended.
 */
export const endedByNow = 40_000;

/** What a test wants to run; the rest is usual. */
export interface Wanted {
  readonly words: readonly string[];
  readonly host?: string;
  readonly container?: string;
  readonly directory?: string;
  readonly tty?: boolean;
  readonly id?: string;
}

export function sessionOf(wanted: Wanted): Session {
  const {
    host = "apollo",
    container = containers.host,
    directory = "/workspace",
    tty = false,
  } = wanted;
  const id = wanted.id ?? randomBytes(8).toString("hex");
  const place = {
    id,
    root: `~/${project}`,
    engine: "docker",
    container,
    workspace: "/workspace",
    directory,
  } as const;
  return {
    host: { host, dir: "~", tag: undefined, user: undefined, port: undefined, ip: undefined },
    container,
    words: wanted.words,
    tty,
    inputs: sessionInputs(
      place,
      tty ? { term: "xterm-256color", colorTerm: "truecolor" } : undefined,
    ),
  };
}

/** Containers by whose user they have: the one of the host, root, and one that the host does not know. */
export const containers = {
  host: `${project}-host`,
  root: `${project}-root`,
  other: `${project}-other`,
} as const;

/** Starts the containers on a host; a slim one without setsid, ps or bash, and two with Python. */
export async function startContainers(host: string): Promise<void> {
  const run = (name: string, image: string, ...options: string[]): string =>
    `docker run -d --name ${name} -v $HOME/${project}:/workspace -v $HOME/${project}/.igor/host/home:/home/dino ${options.join(" ")} ${image} sleep 100000`;
  const made = await onHost(
    host,
    [
      "set -e",
      removal,
      `umask 077; mkdir -p ${project}/sub ${project}/.igor/host/home; chmod 755 ${project} ${project}/sub`,
      run(containers.host, "igor-demo/busybox:1", "--init -u $(id -u):$(id -g) -e HOME=/home/dino"),
      run(containers.root, "igor-demo/python:3.11", "--init"),
      // No init: nobody there reaps.
      run(containers.other, "igor-demo/python:3.11", "-u 4242:4242"),
    ].join("\n"),
    { user: "dino" },
  );
  if (made.exitCode !== 0) throw new Error(made.stderr);
}

export async function removeContainers(host: string): Promise<void> {
  await onHost(host, `${removal}; cd /home/dino && rm -rf ${project}`);
}

const removal = `docker rm -f ${Object.values(containers).join(" ")} >/dev/null 2>&1 || :`;

/** A word that marks the processes of one test, e.g. as the argument of `sleep`: a number nobody else uses. */
export function token(): string {
  return `9${String(randomBytes(4).readUInt32BE()).padStart(10, "0")}`;
}

/** The processes in a container whose command line holds `mark`, one line each. Zombies are none. */
export async function processes(
  mark: string,
  where: { host?: string; container?: string } = {},
): Promise<string[]> {
  const { host = "apollo", container = containers.host } = where;
  const listed = await onHost(host, ["docker", "top", container, "-eo", "pid,stat,args"]);
  if (listed.exitCode !== 0) throw new Error(listed.stderr);
  return listed.stdout
    .split("\n")
    .filter((line) => line.includes(mark) && !/^\s*\d+\s+Z/.test(line));
}

/** Shell words that list the sessions in a directory which are not over; that one was ended is known there for a day. */
export const sessionsIn = (directory: string): string =>
  `for s in ${directory}/igor-session.*; do [ ! -d "$s" ] || [ -e "$s/outcome" ] || echo "$s"; done`;

/** Whether anything of the session is left on the host itself. */
export async function traces(id: string, host = "apollo"): Promise<string[]> {
  const found = await onHost(
    host,
    `ls -d /tmp/igor-session.${id} /home/dino/${project}/.igor/host/home/.igor-sessions/${id} 2>/dev/null; pgrep -af ${id} | grep -v pgrep`,
  );
  return found.stdout.split("\n").filter((line) => line !== "");
}

/** Waits until something holds; the error says what was seen last. */
export async function until<T>(
  look: () => Promise<T> | T,
  holds: (seen: T) => boolean,
  withinMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > deadline)
      throw new Error(`still after ${String(withinMs)} ms: ${JSON.stringify(seen)}`);
    await pause(50);
  }
}

let bundle: string | undefined;

/** The program that stands for igor, bundled once. */
export async function sessionProgram(): Promise<string> {
  if (bundle !== undefined) return bundle;
  const directory = temporaryDirectory("igor-session-main-");
  const outfile = join(directory, "main.cjs");
  await build({
    entryPoints: [fileURLToPath(new URL("session-main.ts", import.meta.url))],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    loader: { ".sh": "text" },
    mainFields: ["module", "main"],
  });
  return (bundle = outfile);
}

/** igor, running. */
export interface RunningIgor {
  readonly child: ChildProcess;
  readonly pid: number;
  /** What it printed so far. */
  stdout(): string;
  stderr(): string;
  bytes(): Buffer;
  /** Its exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** To igor alone. */
  kill(signal: NodeJS.Signals): void;
  /** As a terminal does: to igor and everything it started in its process group. */
  interrupt(): void;
  /** Pids of the ssh clients it started whose words hold `mark`. */
  children(mark: string): number[];
}

/** Starts igor with sessions, in a process group of its own. */
export async function startIgor(
  sessions: readonly Session[],
  env: Record<string, string>,
  how: { input?: Buffer | string; keepsStdinOpen?: true; streams?: Request["streams"] } = {},
): Promise<RunningIgor> {
  const request: Request = { sessions, streams: how.streams ?? "own" };
  const child = spawn(process.execPath, [await sessionProgram(), JSON.stringify(request)], {
    env,
    detached: true,
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  child.stdin.on("error", () => undefined);
  if (how.keepsStdinOpen !== true) child.stdin.end(how.input ?? "");
  const pid = child.pid ?? 0;
  return {
    child,
    pid,
    stdout: () => Buffer.concat(out).toString("utf8"),
    stderr: () => Buffer.concat(err).toString("utf8"),
    bytes: () => Buffer.concat(out),
    ended: new Promise((resolve) =>
      child.once("close", (code, signal) => resolve(code ?? signal ?? "?")),
    ),
    kill: (signal) => void process.kill(pid, signal),
    interrupt: () => void process.kill(-pid, "SIGINT"),
    children: (mark) => clientsOf(pid, mark),
  };
}

/** Runs igor to its end. */
export async function runIgor(
  wanted: Wanted,
  env: Record<string, string>,
  input: Buffer | string = "",
): Promise<{ code: number | string; stdout: string; stderr: string; bytes: Buffer }> {
  const igor = await startIgor([sessionOf(wanted)], env, { input });
  const code = await igor.ended;
  return { code, stdout: igor.stdout(), stderr: igor.stderr(), bytes: igor.bytes() };
}

function clientsOf(parent: number, mark: string): number[] {
  return spawnSync("ps", ["-o", "pid=,args=", "--ppid", String(parent)], { encoding: "utf8" })
    .stdout.split("\n")
    .filter((line) => line.includes(mark))
    .map((line) => Number.parseInt(line, 10));
}
