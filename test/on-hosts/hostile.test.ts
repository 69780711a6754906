import { spawn } from "node:child_process";
import { existsSync, lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hostAddress, onHost } from "../hosts/bed.ts";
import {
  aDockerProject,
  containerOf,
  inHostDir,
  removeDockerProjects,
} from "../support/docker-project.ts";
import { aLaptop, ended, igorProgram } from "../support/laptop.ts";
import type { IgorResult } from "../support/laptop.ts";

// The rows of doc/threats.md that need a real host: nothing of a hostile configuration runs, nothing that a host says
// moves the cursor, and nobody else gets at what igor makes.

const laptop = aLaptop();
const base = "/home/dino/w $(touch pwned);'\"\\ `touch pwned`";
const texts = { A: "-oProxyCommand=touch pwned", B: "$(touch pwned)", C: "'; touch pwned; '" };
/** A title, the clipboard, a cleared screen, a line drawn over. */
const sequences = "\u001b]0;owned\u0007\u001b]52;c;eA==\u0007\u001b[2J\rover";
const name = `n${sequences}`;

const project = aDockerProject(
  {
    "$(touch pwned).df": 'FROM igor-demo/busybox:1\nARG B\nRUN echo "$B" >/b\n',
    "`touch pwned`": "a rebuild file\n",
    "-oProxyCommand=touch pwned": "1\n",
    "--help": "1\n",
    "a\nb": "1\n",
    [name]: "1\n",
  },
  {
    host_groups: { dev: { hosts: [{ host: "apollo", dir: base }] } },
    dockerfile: "$(touch pwned).df",
    docker_rebuild_files: ["`touch pwned`"],
    workspace: "/work $(touch pwned),readonly",
    mounts: [{ source: '~/m $(touch pwned),"x"', target: "/m,source=/etc" }],
    env: texts,
    build_args: { B: texts.B, GIT_SSH_COMMAND: "touch pwned" },
    docker_args: ["--label=x=$(touch pwned)"],
    exclude: ["--exclude-from=/etc/passwd", "$(touch pwned)", "-oProxyCommand=x"],
    outputs: ["$(touch out)"],
    ports: [7471],
    debug_port: 7472,
  },
);
const there = { ...project, hostDir: `${base}/${project.name}` };

/** igor, for a user who is careless about modes. */
function igor(...words: readonly string[]): Promise<IgorResult> {
  const argv = ["-c", 'umask 0; exec "$@"', "sh", process.execPath, igorProgram, ...words];
  return ended(spawn("sh", argv, { cwd: project.root, env: laptop.env }));
}

/** The same on a terminal, with every byte that is written to it. */
function igorOnTerminal(...words: readonly string[]): Promise<IgorResult> {
  const line = [process.execPath, igorProgram, ...words].join(" ");
  return ended(
    spawn("script", ["-qefc", line, "/dev/null"], {
      cwd: project.root,
      env: laptop.env,
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );
}

beforeAll(async () => {
  const prepare = `mkdir -p '/home/dino/m $(touch pwned),"x"'; echo mounted >'/home/dino/m $(touch pwned),"x"/f'`;
  await onHost("apollo", prepare, { user: "dino" });
});
afterAll(async () => {
  await removeDockerProjects();
  await onHost("apollo", ["rm", "-rf", base, '/home/dino/m $(touch pwned),"x"']);
  await laptop.close();
});

describe("a configuration and file names made to run something", () => {
  test("run nothing, here or there, and arrive as the texts they are", async () => {
    const setup = await igor("docker", "setup", "--trust");
    expect({ ...setup, stdout: "" }).toMatchObject({ exitCode: 0, stderr: expect.anything() });
    const look = 'printf "%s|" "$A" "$B" "$C" "$PWD" "$(cat /b)" "$(cat "/m,source=/etc/f")"';
    const { stdout, exitCode } = await igor("docker", "exec", "sh", "-c", look);
    const values = [...Object.values(texts), "/work $(touch pwned),readonly", texts.B, "mounted"];
    expect([exitCode, stdout]).toEqual([0, `${values.join("|")}|`]);
    const files = await inHostDir(there, "ls -A1b");
    for (const file of ["--help", "-oProxyCommand=touch\\ pwned", "a\\nb"])
      expect(files.split("\n")).toContain(file);
    const traces = await onHost("apollo", "find /home /tmp /root /srv -name pwned -o -name x.df");
    expect(traces.stdout).toBe("");
    for (const place of [project.root, laptop.env["HOME"] ?? "", process.cwd()])
      expect(existsSync(join(place, "pwned"))).toBe(false);
  });
});

describe("what a host says", () => {
  /** No operating system command, no bell, and no clearing of the screen. */
  const moves = /\u001b\]|\u0007|\u001b\[2J|\u009b/;

  test("draws nothing of its own on a terminal, neither names of files nor the output of a build", async () => {
    await inHostDir(
      there,
      `printf 'changed there\\n' >"$(printf 'n\\033]0;owned\\007\\033]52;c;eA==\\007\\033[2J\\rover')"`,
    );
    const loud = "RUN printf '\\033]52;c;eA==\\007\\033]0;owned\\007\\033[2Jloud\\n'; false\n";
    project.write({
      [name]: "changed here\n",
      "$(touch pwned).df": `FROM igor-demo/busybox:1\n${loud}`,
    });
    const pushed = await igorOnTerminal("push");
    expect(pushed.stdout).toContain("conflicts");
    const built = await igorOnTerminal("docker", "build", "--verbose");
    expect(built.stdout).toContain("loud");
    for (const { stdout } of [pushed, built]) expect(stdout).not.toMatch(moves);
  });
});

describe("others", () => {
  /** Files that somebody else may read, or directories that somebody else may enter. */
  function openBelow(directory: string): readonly string[] {
    return readdirSync(directory, { recursive: true, encoding: "utf8" }).filter(
      (path) => (lstatSync(join(directory, path)).mode & 0o077) !== 0,
    );
  }

  test("on the laptop read nothing of what igor keeps, whatever the umask", () => {
    const home = laptop.env["HOME"] ?? "";
    for (const kept of [".local/state/igor", ".cache/igor"]) {
      expect(readdirSync(join(home, kept)).length).toBeGreaterThan(0);
      const isIn = lstatSync(join(home, kept)).mode & 0o777;
      expect([kept, isIn.toString(8), openBelow(join(home, kept))]).toEqual([kept, "700", []]);
    }
  });

  test("on the host enter neither the project that igor made nor its own directory", async () => {
    expect(await inHostDir(there, "stat -c %a . .igor/host .igor/host/jobs")).toBe(
      "700\n700\n700\n",
    );
    const hers = await onHost("apollo", ["ls", there.hostDir], { user: "mallory" });
    expect(hers.stderr).toContain("Permission denied");
    const left = await onHost("apollo", "find /tmp -maxdepth 1 -name 'igor*' -perm /077");
    expect(left.stdout).toBe("");
  });

  test("on the network find sshd and nothing else; other accounts of the host reach published ports", async () => {
    expect(await inHostDir(there, `docker port ${containerOf(project)} | sort`)).toBe(
      "7471/tcp -> 127.0.0.1:7471\n7472/tcp -> 127.0.0.1:7472\n",
    );
    const scan = `
import socket, sys
for port in range(1, 65536):
    with socket.socket() as s:
        s.settimeout(2)
        if s.connect_ex((sys.argv[1], port)) == 0: print(port)
`;
    const address = await hostAddress("apollo");
    const scanned = await onHost("enterprise", ["python3", "-c", scan, address]);
    expect([scanned.stdout, scanned.stderr]).toEqual(["22\n", ""]);
    const reach = "import socket; print(socket.socket().connect_ex(('127.0.0.1', 7472)))";
    const reached = await onHost("apollo", ["python3", "-c", reach], { user: "mallory" });
    expect(reached.stdout).toBe("0\n");
  });
});
