import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { laptopEnv } from "../hosts/bed.ts";
import type { LaptopOptions } from "../hosts/bed.ts";
import { temporaryDirectory } from "./temporary.ts";

/** What a user types as `igor`. */
export const igorProgram = fileURLToPath(new URL("../../bin/igor", import.meta.url));

/** What a run of igor left behind. */
export interface IgorResult {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How igor is run. */
export interface IgorOptions {
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
}

/** A user's machine: its own home, state and ssh configuration, and igor on it. */
export interface Laptop {
  readonly env: Readonly<Record<string, string>>;
  /** Runs igor to its end. */
  igor(
    project: { readonly root: string },
    words: readonly string[],
    options?: IgorOptions,
  ): Promise<IgorResult>;
  /** Starts igor and leaves it running. */
  start(
    project: { readonly root: string },
    words: readonly string[],
    options?: IgorOptions,
  ): ChildProcess;
  /** Ends the shared connections that igor opened. */
  close(): Promise<void>;
}

/** A laptop with nothing on it but igor. */
export function aLaptop(options: LaptopOptions = {}): Laptop {
  const env = laptopEnv(options);
  const start: Laptop["start"] = ({ root }, words, { env: more = {} } = {}) =>
    spawn(process.execPath, [igorProgram, ...words], {
      cwd: root,
      env: { ...env, ...more },
      stdio: "pipe",
    });
  return {
    env,
    start,
    igor(project, words, igorOptions = {}) {
      const child = start(project, words, igorOptions);
      child.stdin?.on("error", () => undefined);
      child.stdin?.end(igorOptions.input ?? "");
      return ended(child);
    },
    async close() {
      const sockets = [
        join(env["XDG_RUNTIME_DIR"] ?? "", "igor"),
        join(env["HOME"] ?? "", ".cache", "igor", "s"),
      ].flatMap(socketsIn);
      await Promise.all(
        sockets.map((socket) =>
          ended(
            spawn("ssh", ["-O", "exit", "-o", `ControlPath=${socket}`, "any"], {
              env,
              stdio: "pipe",
            }),
          ),
        ),
      );
    },
  };
}

/** The socket of the one shared connection that igor has there. */
export function socketOf({ env }: Laptop): string {
  const directory = join(env["HOME"] ?? "", ".cache/igor/s");
  return join(directory, readdirSync(directory)[0] ?? "");
}

/** Collects what a child says until it ends. */
export function ended(child: ChildProcess): Promise<IgorResult> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => stderr.push(chunk));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode, signal) =>
      resolve({
        exitCode,
        signal,
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      }),
    );
  });
}

function socketsIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).map((name) => join(directory, name));
  } catch {
    return [];
  }
}

/** Files of a project: text, or where a symbolic link points. */
export type Files = Readonly<Record<string, string | { readonly to: string }>>;

/** A project on a laptop, and where it lives on a host. */
export interface TestProject {
  readonly root: string;
  readonly name: string;
  /** The project's directory on every host. */
  readonly hostDir: string;
  write(files: Files): void;
  remove(path: string): void;
}

let count = 0;

/** A project of its own name with these files, on the hosts apollo (dev) and apollo and enterprise (cluster). */
export function aProject(
  files: Files,
  config: Readonly<Record<string, unknown>> = {},
): TestProject {
  const name = `p${String(process.pid)}x${String(++count)}`;
  const root = join(temporaryDirectory("igor-project-"), name);
  const base = "/home/dino/igor tests";
  const project: TestProject = {
    root,
    name,
    hostDir: `${base}/${name}`,
    write(more) {
      for (const [path, content] of Object.entries(more)) {
        const file = join(root, path);
        mkdirSync(dirname(file), { recursive: true });
        rmSync(file, { force: true });
        if (typeof content === "string") writeFileSync(file, content);
        else symlinkSync(content.to, file);
      }
    },
    remove: (path) => rmSync(join(root, path), { recursive: true, force: true }),
  };
  const hosts = ["apollo", "enterprise"].map((host) => ({ host, dir: base }));
  project.write({
    ".igor/config.json": JSON.stringify({
      user: "dino",
      host_groups: { dev: { hosts: hosts.slice(0, 1) }, cluster: { hosts } },
      ...config,
    }),
    ...files,
  });
  return project;
}
