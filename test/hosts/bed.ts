import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryDirectory } from "../support/temporary.ts";

/** How a command on a host ended. `exitCode` is 128 + n when signal n ended it, as in a shell. */
export interface HostResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface BedOptions {
  /** `none` starts hosts without a Docker daemon, in a third of the time. */
  readonly docker?: "own" | "none";
}

export interface OnHostOptions {
  /** Who runs it: `root` without this, else `dino` or `mallory`, in their home and with a login's groups. */
  readonly user?: "root" | "dino" | "mallory";
  /** What it reads on stdin; nothing without this. */
  readonly input?: string | Buffer;
  readonly signal?: AbortSignal;
}

export interface LaptopOptions {
  /** Hosts that are reached through a relay on this machine, by the relay's port, e.g. `{ apollo: relay.port }`. */
  readonly through?: Readonly<Record<string, number>>;
  /** Further lines for the top of the laptop's ssh config, e.g. `ControlMaster auto`. */
  readonly sshConfig?: string;
}

const bedScript = fileURLToPath(new URL("bed.sh", import.meta.url));

/** The directory with the bed's keys and ssh config (bed.sh says what is in it). */
function bedState(): string {
  return `/var/lib/igor-bed/${process.env["IGOR_BED"] ?? "igor"}`;
}

/** Starts the hosts that are not up; the first time on a machine it makes the base images, which takes a minute. */
export async function bedUp(names: readonly string[], options: BedOptions = {}): Promise<void> {
  await bed(["up", ...(options.docker === "none" ? ["--no-docker"] : []), ...names]);
}

/** Removes these hosts; without names the whole bed, without a trace. */
export async function bedDown(names: readonly string[] = []): Promise<void> {
  await bed(["down", ...names]);
}

/**
 * Runs a script (a string, for `sh`) or a command (an array) on the host, not over ssh: for setting up and looking.
 * The exit code is the answer; it rejects only when the host is down.
 * e.g. `await onHost("apollo", "rm /usr/bin/rsync")`, `await onHost("apollo", ["ls", directory], { user: "dino" })`
 */
export async function onHost(
  name: string,
  command: string | readonly string[],
  options: OnHostOptions = {},
): Promise<HostResult> {
  const words = typeof command === "string" ? ["sh", "-c", command] : command;
  const { user = "root" } = options;
  const login = [
    "runuser",
    "-u",
    user,
    "--",
    "env",
    `HOME=/home/${user}`,
    `USER=${user}`,
    `LOGNAME=${user}`,
  ];
  const inHome = ["sh", "-c", 'cd && exec "$@"', "sh", ...words];
  return run(["sh", name, ...(user === "root" ? words : [...login, ...inHome])], options);
}

/** The address at which the laptop and the other hosts reach it. */
export async function hostAddress(name: string): Promise<string> {
  return (await bed(["address", name])).trim();
}

/** Unplugs the host's network cable: what is sent to it is lost and nothing answers. */
export async function cutLink(name: string): Promise<void> {
  await bed(["link", name, "down"]);
}

export async function restoreLink(name: string): Promise<void> {
  await bed(["link", name, "up"]);
}

/**
 * The environment of a laptop that knows the bed: `ssh apollo` and rsync reach it as dino; HOME and the XDG directories
 * are in a temporary directory, one for each call, gone after the tests of the file; nothing else of this process's
 * environment.
 */
export function laptopEnv(options: LaptopOptions = {}): Record<string, string> {
  const home = temporaryDirectory("igor-laptop-");
  const config = join(home, "bed-ssh-config");
  const relayed = Object.entries(options.through ?? {}).map(
    ([name, port]) =>
      `Host ${name}\n  HostName 127.0.0.1\n  Port ${port}\n  HostKeyAlias ${name}\nHost *\n`,
  );
  const lines = [options.sshConfig ?? "", ...relayed, `Include ${bedState()}/ssh_config`];
  writeFileSync(config, `${lines.join("\n")}\n`);
  return {
    PATH: `${bedState()}/bin:${process.env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"}`,
    HOME: home,
    USER: "dino",
    LOGNAME: "dino",
    SHELL: "/bin/bash",
    LANG: "C.UTF-8",
    TERM: "xterm-256color",
    TMPDIR: tmpdir(),
    XDG_CONFIG_HOME: join(home, ".config"),
    XDG_STATE_HOME: join(home, ".local/state"),
    XDG_CACHE_HOME: join(home, ".cache"),
    XDG_DATA_HOME: join(home, ".local/share"),
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_SYSTEM: "/dev/null",
    IGOR_BED: process.env["IGOR_BED"] ?? "igor",
    IGOR_BED_SSH_CONFIG: config,
  };
}

async function bed(words: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await run(words, {});
  if (exitCode !== 0) throw new Error(`bed.sh ${words.join(" ")}: ${stderr}${stdout}`);
  return stdout;
}

/** bed.sh itself fails with this, never with a code that a command on a host would choose. */
const bedFailed = 199;
const signalNumbers: Readonly<Record<string, number>> = { SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

function run(words: readonly string[], options: OnHostOptions): Promise<HostResult> {
  const env = { ...process.env, IGOR_BED_FAILED: String(bedFailed) };
  const child = spawn(bedScript, words, { env, ...(options.signal && { signal: options.signal }) });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  child.stdin.on("error", () => undefined); // a command need not read its input
  child.stdin.end(options.input ?? "");
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      const exitCode = code ?? 128 + (signalNumbers[signal ?? ""] ?? 0);
      const result = { exitCode, stdout: text(stdout), stderr: text(stderr) };
      if (exitCode === bedFailed) reject(new Error(`bed.sh ${words.join(" ")}: ${result.stderr}`));
      else resolve(result);
    });
  });
}

const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString("utf8");
