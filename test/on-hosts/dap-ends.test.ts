import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { hostAddress, onHost } from "../hosts/bed.ts";
import { startRelay } from "../hosts/relay.mjs";
import { DapClient, Family } from "../support/dap-client.ts";
import { aDebugProject, nothingRuns, stoppedAt } from "../support/debug-project.ts";
import { aLaptop } from "../support/laptop.ts";
import { readyContainer } from "../support/ready-container.ts";
import { until } from "../support/until.ts";

const relay = await startRelay({ target: { host: await hostAddress("apollo"), port: 22 } });
const laptop = aLaptop({ through: { apollo: relay.port } });
const project = aDebugProject({
  "loop.py": `import time, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
while True:
    time.sleep(0.1)
`,
});
readyContainer(laptop, project);
afterAll(() => relay.close());

/** A session whose program and its child run; the child may be one that is debugged, too. */
async function running(): Promise<{ readonly client: DapClient; readonly family: Family }> {
  const client = await stoppedAt(laptop, project, { file: "loop.py", line: 4 });
  const family = new Family(laptop, client);
  await client.stop();
  await until("the child", () =>
    family.children[0]?.events.find(({ event }) => event === "process"),
  );
  return { client, family };
}

describe("nothing runs any more in the container when", () => {
  test.each(["SIGTERM", "SIGINT", "SIGHUP", "SIGKILL"] as const)(
    "igor ends by %s",
    async (signal) => {
      const { client, family } = await running();
      client.child.kill(signal);
      await client.ended;
      await nothingRuns(project);
      await family[Symbol.asyncDispose]();
      expect(family.children[0]?.child.exitCode).toBe(0);
    },
  );

  test("the editor closes the pipe", async () => {
    const { client, family } = await running();
    client.child.stdin?.end();
    expect(await client.ended).toMatchObject({ exitCode: 0, stderr: "" });
    await nothingRuns(project);
    await family[Symbol.asyncDispose]();
  });

  test("the editor disconnects", async () => {
    const { client, family } = await running();
    expect(await client.disconnect()).toMatchObject({ exitCode: 0, stderr: "" });
    await nothingRuns(project);
    await family[Symbol.asyncDispose]();
  });

  test("the shared connection is ended", async () => {
    const { client, family } = await running();
    await laptop.close();
    await client.event("terminated");
    expect(client.said("stderr")).toMatch(/apollo/);
    expect((await client.ended).exitCode).toBe(0);
    await nothingRuns(project, 60_000);
    await family[Symbol.asyncDispose]();
  });

  test("the link is cut", async () => {
    const { client, family } = await running();
    relay.blackhole();
    await client.event("terminated", 30_000);
    relay.thaw();
    expect(client.said("stderr")).toMatch(/apollo: the connection died/);
    expect((await client.ended).exitCode).toBe(0);
    await nothingRuns(project, 60_000);
    await family[Symbol.asyncDispose]();
  });
});

test("a session that is given up while its image is built ends at once, and the build with it", async () => {
  const slow = aDebugProject({
    Dockerfile: "FROM igor-demo/busybox:1\nRUN sleep 61\n",
    "a.py": "",
  });
  const client = new DapClient(laptop, slow);
  await client.initialize();
  client.send("launch", { program: join(slow.root, "a.py") });
  await until("the build", () => client.said().includes("building"));
  const gone = await client.disconnect();
  expect(gone).toMatchObject({ exitCode: 0, stderr: "" });
  expect(client.events.map(({ event }) => event)).toContain("terminated");
  const building = async () =>
    (await onHost("apollo", "ps axww -o args")).stdout.includes("sleep 61");
  await until("the build to end", async () => !(await building()));
});

test("a session that never begins ends with its editor", async () => {
  const client = new DapClient(laptop, project);
  await client.initialize();
  client.child.stdin?.end();
  expect(await client.ended).toMatchObject({ exitCode: 0, stderr: "" });
});

test("a program that prints more than the editor reads waits, and loses nothing", async () => {
  const lines = 12_000;
  project.write({
    "prints.py": `import sys\nfor n in range(${String(lines)}): sys.stdout.write("%04999d\\n" % n)\n`,
  });
  await using client = new DapClient(laptop, project);
  await client.begin({ arguments: { program: join(project.root, "prints.py") } });
  client.child.stdout?.pause();
  const status = `/proc/${String(client.child.pid)}/status`;
  const memory = () => Number(/VmRSS:\s*(\d+)/.exec(readFileSync(status, "utf8"))?.[1]);
  const before = memory();
  await pause(6000);
  const grown = memory() - before;
  client.child.stdout?.resume();
  expect(grown).toBeLessThan(30_000);
  await client.event("terminated", 120_000);
  expect(client.said("stdout")).toHaveLength(5000 * lines);
  await client.disconnect();
});

test("a program whose editor reads nothing any more ends when that says no more", async () => {
  project.write({ "prints.py": "while True: print('x' * 1000)\n" });
  await using client = new DapClient(laptop, project);
  await client.begin({ arguments: { program: join(project.root, "prints.py") } });
  client.child.stdout?.pause();
  await pause(1000);
  client.child.stdin?.end();
  await nothingRuns(project);
  client.child.stdout?.resume();
  expect(await client.ended).toMatchObject({ exitCode: 0, stderr: "" });
});

test("a session whose terminal never opens ends when the editor disconnects, and leaves no file", async () => {
  await using client = new DapClient(laptop, project);
  await client.initialize();
  const console = "integratedTerminal";
  client.send("launch", { program: join(project.root, "loop.py"), console, env: { KEY: "s3" } });
  await until("a wish for a terminal", () => client.asked[0]);
  const leaves = client.send("disconnect", { terminateDebuggee: true });
  expect(await client.answerTo(leaves, 10_000)).toMatchObject({ success: true });
  expect(await client.ended).toMatchObject({ exitCode: 0, stderr: "" });
  const { stdout } = await laptop.igor(project, ["docker", "exec", "ls", "/tmp"]);
  expect(stdout).not.toContain("igor-terminal");
});

test("what is no message ends it, and says so", async () => {
  const client = new DapClient(laptop, project);
  client.child.stdin?.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  expect(await client.ended).toMatchObject({ exitCode: 0, stderr: "" });
  expect(client.said("stderr")).toContain("no message of a debug adapter's client: GET / HTTP/1.1");
});
