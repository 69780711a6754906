import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hostAddress, onHost } from "../hosts/bed.ts";
import { startRelay } from "../hosts/relay.mjs";
import type { Relay } from "../hosts/relay.mjs";
import { DapClient } from "../support/dap-client.ts";
import { containerOf } from "../support/docker-project.ts";
import { aLaptop, aProject } from "../support/laptop.ts";
import type { Laptop } from "../support/laptop.ts";
import { quietLine } from "../support/quiet-line.ts";

const shadows = ["json", "select", "socket", "queue", "zipfile", "subprocess", "code"];
const project = aProject(
  {
    Dockerfile: `FROM igor-demo/python:3.11
RUN python3 -m zipfile -e /wheels/debugpy-*.whl /usr/lib/python3/dist-packages
`,
    "steps.py": `total = 0
rows = [[1], [2]]
for n in range(100):
    total += n
    rows.append([n])
`,
    "prints.py": `import os, sys
for n in range(30000):
    print("line", n)
print("x" * 5000000)
sys.stdout.flush()
os.write(1, bytes(range(256)) * 100 + b"\\n")
sys.stdout.buffer.write(b"\\xff\\xfe\\x00end\\n")
`,
    ...Object.fromEntries(
      shadows.map((name) => [`shadow/${name}.py`, `raise SystemExit("taken: ${name}")\n`]),
    ),
    "shadow/main.py": "print('mine')\n",
  },
  { docker_rebuild_files: [] },
);
/** Says for each port that is listened on what comes from there first, without a word from here. */
const knock = `
import socket
for line in open("/proc/net/tcp").read().splitlines()[1:]:
    fields = line.split()
    if fields[3] != "0A": continue
    peer = socket.create_connection(("127.0.0.1", int(fields[1].split(":")[1], 16)), 5)
    peer.settimeout(1)
    try: said = peer.recv(15)
    except socket.timeout: said = b"silence"
    except OSError: said = b""
    print(said.decode("latin1") or "refused")
`;
const path = (name: string): string => join(project.root, name);

let relay: Relay;
let laptop: Laptop;
beforeAll(async () => {
  relay = await startRelay({ target: { host: await hostAddress("apollo"), port: 22 } });
  laptop = aLaptop({ through: { apollo: relay.port } });
  const { exitCode, stderr } = await laptop.igor(project, ["docker", "setup"]);
  if (exitCode !== 0) throw new Error(stderr);
});
afterAll(async () => {
  await laptop.igor(project, ["docker", "clean", "--images"]);
  await laptop.close();
  await relay.close();
});

test("a step with threads, stack, scopes and local variables takes one round trip", async () => {
  await using client = new DapClient(laptop, project);
  const file = path("steps.py");
  await client.begin({ arguments: { program: file }, breakpoints: { [file]: [4] } });
  let { threadId, stack } = await client.stop();
  await client.locals(stack[0]!);
  relay.setDelay(30);
  // On a busy machine what goes in one breath may come apart: the least of some.
  let least = Infinity;
  for (let run = 0; run < 10 && least > 1; run += 1) {
    await quietLine(relay);
    relay.reset();
    client.send("next", { threadId });
    ({ threadId, stack } = await client.stop());
    await client.ask("threads");
    expect(await client.locals(stack[0]!)).toHaveProperty("total");
    least = Math.min(least, relay.stat().turns);
  }
  relay.setDelay(0);
  expect(least).toBe(1);
  await client.disconnect();
});

test("what is printed comes whole: many lines, a very long one, and bytes that are no text", async () => {
  await using client = new DapClient(laptop, project);
  await client.begin({ arguments: { program: path("prints.py") } });
  await client.event("terminated", 60_000);
  const said = client.said("stdout");
  const lines = said.split("\n");
  expect(lines.slice(0, 30_000)).toEqual(
    Array.from({ length: 30_000 }, (_, n) => `line ${String(n)}`),
  );
  expect(lines[30_000]).toBe("x".repeat(5_000_000));
  expect(said.endsWith("end\n")).toBe(true);
  expect(await client.disconnect()).toMatchObject({ exitCode: 0, stderr: "" });
});

test("files of the project that are named like modules of Python do no harm", async () => {
  await using client = new DapClient(laptop, project);
  const main = path("shadow/main.py");
  await client.begin({
    arguments: { program: main, cwd: path("shadow") },
    breakpoints: { [main]: [1] },
  });
  const { threadId, stack } = await client.stop();
  expect(await client.locals(stack[0]!)).toBeDefined();
  await client.ask("continue", { threadId });
  await client.event("terminated");
  expect(client.said("stdout")).toBe("mine\n");
  expect(client.said("stderr")).toBe("");
});

test("another user in the container is refused by the debugger's adapter", async () => {
  await using client = new DapClient(laptop, project);
  const file = path("steps.py");
  await client.begin({ arguments: { program: file }, breakpoints: { [file]: [4] } });
  await client.stop();
  const saidTo = async (user: string): Promise<readonly string[]> => {
    const words = ["docker", "exec", "-u", user, containerOf(project), "python3", "-c", knock];
    const { stdout, stderr } = await onHost("apollo", words);
    expect(stderr).toBe("");
    return stdout.trimEnd().split("\n");
  };
  const { stdout: own } = await onHost("apollo", ["id", "-u", "dino"]);
  expect(await saidTo("12345")).toEqual(["refused", "refused"]);
  expect(await saidTo(own.trim())).toEqual(["Content-Length:", "Content-Length:"]);
  await client.disconnect();
});
