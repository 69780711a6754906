import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { onHost } from "../hosts/bed.ts";
import { aProject, ended, igorProgram } from "./laptop.ts";
import type { Files, IgorResult, Laptop, TestProject } from "./laptop.ts";
import { openTerminal } from "./terminal.ts";
import type { Terminal } from "./terminal.ts";

const made: TestProject[] = [];

/** Files of a project whose image is built within a second. */
const plainFiles = {
  Dockerfile: "FROM igor-demo/busybox:1\nCOPY requirements.txt /\n",
  "requirements.txt": "numpy\n",
  "main.py": "print(1)\n",
} as const;

/**
 * A dockerfile with ipython, in two seconds: most of what it needs can stay packed, and pip would take a quarter of a
 * minute.
 */
export const ipythonDockerfile = `FROM igor-demo/python:3.11
RUN python3 -m zipfile -e /wheels/ipython-9*.whl /opt && \\
  printf '#!/bin/sh\\nPYTHONPATH=/opt:%s exec python3 -m IPython "$@"\\n' \\
    "$(ls /wheels/*none-any.whl /wheels/wcwidth* | tr '\\n' :)" >/usr/local/bin/ipython && chmod 755 /usr/local/bin/ipython
`;

/** A project that can be set up. */
export function aDockerProject(
  files: Files = {},
  config: Readonly<Record<string, unknown>> = {},
): TestProject {
  const project = aProject(
    { ...plainFiles, ...files },
    { docker_rebuild_files: ["requirements.txt"], ...config },
  );
  made.push(project);
  return project;
}

/** The name of a project's container. */
export function containerOf({ name }: TestProject, group = "dev"): string {
  return `dino-${name}-${group}`;
}

/** Removes every container and image of the projects of a test file. */
export async function removeDockerProjects(hosts: readonly string[] = ["apollo"]): Promise<void> {
  const scripts = made
    .splice(0)
    .map(
      ({ name }) =>
        `docker ps -aq --filter name=${name} | xargs -r docker rm -f; docker images -q --filter label=igor.project=${name} | sort -u | xargs -r docker rmi -f`,
    );
  await Promise.all(hosts.map((host) => onHost(host, `(${scripts.join("\n")}) 2>&1`)));
}

/** Shell text as dino, in the project's directory on the host. */
export async function inHostDir(
  { hostDir }: TestProject,
  text: string,
  host = "apollo",
): Promise<string> {
  const words = ["sh", "-c", `cd "$1" && { ${text}\n}`, "sh", hostDir];
  const { stdout, stderr, exitCode } = await onHost(host, words, { user: "dino" });
  if (exitCode !== 0) throw new Error(`${text}: ${stdout}${stderr}`);
  return stdout;
}

/** Shell text in the project's container. */
export function inContainer(project: TestProject, text: string): Promise<string> {
  return inHostDir(project, `docker exec -i ${containerOf(project)} sh -c '${text}'`);
}

/** Id and start of the container: another one, or one that was started again, has others. */
export async function idOf(project: TestProject): Promise<string> {
  const format = "{{.Id}} {{.State.StartedAt}} {{.State.Running}}";
  const { stdout } = await onHost("apollo", [
    "docker",
    "container",
    "inspect",
    "-f",
    format,
    containerOf(project),
  ]);
  return stdout.trim();
}

/** What igor said and how it ended, without what differs from run to run. */
export function told({ exitCode, stdout, stderr }: IgorResult, project: TestProject): string {
  return `${steady(stdout + stderr, project)}exit code ${String(exitCode)}`;
}

/** Text without what differs from run to run. */
export function steady(text: string, { name, root }: TestProject): string {
  return text
    .replaceAll(root, "/home/me/toy")
    .replaceAll(name, "toy")
    .replace(/127\.0\.0\.1 port \d+/g, "127.0.0.1 port 1")
    .replace(/daemon +[\d.]+kB/g, "daemon  1kB")
    .replace(/tini \(\d+\)/g, "tini (1)")
    .replace(/\[::1\]:\d{4,}/g, "[::1]:1")
    .replace(/\b10\.99\.\d+\.\d+\b/g, "10.99.0.1")
    .replace(/\b\d{8}-\d{6}-\d+\b/g, "JOB")
    .replace(/\b\d+(?:\.\d)? (?:ms|s|min)\b/g, "1 s")
    .replace(/\(\d+(?:\.\d+)? [kM]?B\)/g, "(1 kB)")
    .replace(/\b[0-9a-f]{12,64}\b/g, "ID")
    .replace(/pid=\d+/g, "pid=1")
    .replace(/(lock\.\w+\.ID)[.\d]+/g, "$1")
    .replace(/^( {2}\| )\d+ /gm, "$11 ");
}

/** The events of `--json`; fails when anything else is on stdout. */
export function eventsOf(stdout: string): readonly Record<string, unknown>[] {
  return stdout
    .trimEnd()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** The lines that the tools on a host said, in order, from the events of `--json`. */
export function outputLines(stdout: string): readonly string[] {
  return eventsOf(stdout)
    .filter(({ type }) => type === "output")
    .map(({ line }) => String(line));
}

/** Waits until a child has said something, on stdout or stderr together. */
export function says(child: ChildProcess, text: string | RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      if (typeof text === "string" ? said.includes(text) : text.test(said)) resolve(said);
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.once("close", () =>
      reject(new Error(`it ended before it said ${String(text)}: ${said}`)),
    );
  });
}

/**
 * Watches for words on the command lines of processes, here and on the hosts of the bed, whose processes this machine
 * sees. Of what it sees it keeps only the command lines that hold such a word.
 */
export function watchCommandLines(words: readonly [string, string]): {
  stop(): Promise<readonly string[]>;
} {
  // The words are read from stdin, so that the watch does not see itself.
  const script = `IFS= read -r a; IFS= read -r b
    trap exit TERM
    while :; do
      case $(cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\000' ' ') in
        *"$a"* | *"$b"* | *H4sI*) ;;
        *) continue ;;
      esac
      for file in /proc/[0-9]*/cmdline; do
        line=$(tr '\\000' ' ' <"$file") || continue
        case $line in *"$a"* | *"$b"* | *H4sI*) printf '%s\\n' "$line" ;; esac
      done 2>/dev/null
    done`;
  const child = spawn("sh", ["-c", script], { stdio: "pipe" });
  child.stdin.end(`${words.join("\n")}\n`);
  const all = ended(child);
  return {
    async stop() {
      child.kill("SIGTERM");
      const lines = (await all).stdout.split("\n").filter((line) => line !== "");
      const seen = [...new Set(lines)].map(unpacked);
      return seen.filter((line) => words.some((word) => line.includes(word)));
    },
  };
}

/** A command line with what travels packed in it as everybody who looks could read it. */
function unpacked(line: string): string {
  return line.replace(/\bH4sI[A-Za-z0-9+/]+=*/g, (word) => {
    try {
      return gunzipSync(Buffer.from(word, "base64")).toString();
    } catch {
      return word;
    }
  });
}

/** igor in a real terminal, with a shell around it that says how it ended and whether the terminal is as before. */
export function igorInTerminal(
  laptop: Laptop,
  project: TestProject,
  words: readonly string[],
): Terminal {
  const shellAround =
    'cd "$0"; before=$(stty -g); "$@"; echo "code $?"; [ "$before" = "$(stty -g)" ] && echo restored; exec sleep 1000';
  return openTerminal(
    ["sh", "-c", shellAround, project.root, process.execPath, igorProgram, ...words],
    laptop.env,
  );
}

/** Runs a command in the container with these bytes on its stdin. */
export async function execWithBytes(
  { laptop, project }: { readonly laptop: Laptop; readonly project: TestProject },
  words: readonly string[],
  bytes: Buffer,
): Promise<Pick<IgorResult, "exitCode" | "stderr"> & { readonly stdout: Buffer }> {
  const child = laptop.start(project, ["docker", "exec", ...words]);
  const stdout: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stdin?.end(bytes);
  const { exitCode, stderr } = await ended(child);
  return { exitCode, stderr, stdout: Buffer.concat(stdout) };
}

/** Changes keys of the project's configuration. */
export function reconfigure(project: TestProject, more: Readonly<Record<string, unknown>>): void {
  const file = join(project.root, ".igor/config.json");
  const config = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  project.write({ ".igor/config.json": JSON.stringify({ ...config, ...more }) });
}
