import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { compact } from "../../src/remote/programs.ts";
import { assignments } from "../../src/remote/quote.ts";
import { temporaryDirectory } from "./temporary.ts";

/** A POSIX shell with the tools of one userland, as a host may have them. */
export interface LocalShell {
  /** e.g. `dash with busybox tools` */
  readonly name: string;
  /** A program called `sh`, by its absolute path. */
  readonly sh: string;
  readonly path: string;
}

const directory = temporaryDirectory("igor-shells-");

/** What remote programs call; only applets that are here are found by them. */
const applets =
  "[ awk base64 cat chmod cmp cp cut date dd env find grep gzip head id ln ls mkdir mktemp mv od printf ps readlink rm rmdir sed seq setsid sha256sum sleep sort stat tail tar test timeout touch tr true uname wc xargs";

const busyboxTools = ((): string => {
  const tools = join(directory, "tools");
  mkdirSync(tools);
  for (const applet of applets.split(" ")) symlinkSync("/bin/busybox", join(tools, applet));
  return tools;
})();

function shell(name: string, program: string, tools: "GNU" | "busybox"): LocalShell {
  const place = join(directory, `${name.replaceAll(" ", "-")}-${tools}`);
  mkdirSync(place);
  const sh = join(place, "sh");
  symlinkSync(program, sh);
  const path = tools === "GNU" ? `${place}:/usr/bin:/bin` : `${place}:${busyboxTools}`;
  return { name: `${name} with ${tools} tools`, sh, path };
}

/** Every shell that remote programs must run in, each with both userlands. busybox ash prefers its own applets anyway. */
export const localShells: readonly LocalShell[] = (["GNU", "busybox"] as const).flatMap((tools) => [
  shell("dash", "/bin/dash", tools),
  shell("bash", "/bin/bash", tools),
  shell("busybox ash", "/bin/busybox", tools),
]);

/** What a remote program said and how it ended. */
export interface LocalRun {
  readonly exitCode: number | null;
  readonly events: readonly string[];
  readonly stdout: string;
  readonly stderr: string;
}

/** How a remote program is run on this machine. */
export interface LocalProgram {
  readonly parts: readonly string[];
  readonly inputs?: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly payload?: Buffer;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a remote program on this machine, as the host shell would: compacted, with its inputs, events on descriptor 3. */
export function runLocally(shell: LocalShell, program: LocalProgram): LocalRun {
  const { parts, inputs = {}, cwd, payload, env } = program;
  const text = assignments(inputs) + parts.map(compact).join("");
  const child = spawnSync(shell.sh, ["-c", text], {
    cwd,
    input: payload ?? "",
    env: { PATH: shell.path, HOME: cwd, N: "nonce", I: "1", D: directory, LC_ALL: "C", ...env },
    stdio: ["pipe", "pipe", "pipe", "pipe"],
    encoding: "utf8",
    timeout: 60_000,
  });
  const events = (child.output[3] ?? "")
    .split("\n")
    .filter((line) => line.startsWith("nonce 1 ev "));
  return {
    exitCode: child.status,
    events: events.map((line) => line.slice("nonce 1 ev ".length)),
    stdout: child.stdout,
    stderr: child.stderr,
  };
}
