import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hostAddress, onHost } from "../hosts/bed.ts";
import { asks, password, startAskingSshd } from "../support/asking-sshd.ts";
import { holdLock } from "../support/hold-lock.ts";
import { startRelay } from "../hosts/relay.mjs";
import type { Relay } from "../hosts/relay.mjs";
import { aDockerProject, igorInTerminal, removeDockerProjects } from "../support/docker-project.ts";
import { aLaptop, aProject, ended, igorProgram, socketOf } from "../support/laptop.ts";
import type { Laptop, TestProject } from "../support/laptop.ts";
import { openTerminal } from "../support/terminal.ts";
import { until } from "../support/until.ts";

const laptops: Laptop[] = [];
function onLaptop(sshConfig = "", through: Readonly<Record<string, number>> = {}): Laptop {
  const laptop = aLaptop({ sshConfig, through });
  laptops.push(laptop);
  return laptop;
}
const place = mkdtempSync(join(tmpdir(), "igor-sessions-"));
const asking = await startAskingSshd("apollo", place);
afterAll(async () => {
  await Promise.all(laptops.map((laptop) => laptop.close()));
  await asking.stop();
  await removeDockerProjects(["apollo"]);
  rmSync(place, { recursive: true, force: true });
});

async function push(laptop: Laptop, project: TestProject): Promise<string> {
  const { exitCode, stderr } = await laptop.igor(project, ["push"]);
  return `${plain(stderr, project)}exit code ${String(exitCode)}`;
}

const address = await hostAddress("apollo");
/** Without what differs from run to run. */
function plain(said: string, { name }: TestProject): string {
  return said
    .replaceAll(name, "mnist")
    .replaceAll(address, "ADDRESS")
    .replaceAll(/(in|after) [\d.]+ m?s/g, "$1 N s")
    .replaceAll(/\(\d+ B\)/g, "(N B)");
}

/** A session that stays open; sshd may need a moment to let go of an earlier one. */
async function aSession(laptop: Laptop): Promise<ChildProcess> {
  const words = ["-S", socketOf(laptop), "-o", "ProxyCommand=false", "any", "echo in; exec cat"];
  return until("a session", async () => {
    const child = spawn("ssh", words, { env: laptop.env, stdio: "pipe" });
    const isOpen = await new Promise((resolve) => {
      child.stdout.once("data", () => resolve(true));
      child.once("close", () => resolve(false));
    });
    return isOpen === true && child;
  });
}

describe("a host that allows no more sessions on one connection", () => {
  /** Takes all of the shared connection's sessions, does something, and lets them go. */
  async function withoutSessions<T>(laptop: Laptop, act: () => Promise<T>): Promise<T> {
    const held = [];
    try {
      while (held.length < 10) held.push(await aSession(laptop));
      return await act();
    } finally {
      for (const child of held) child.stdin?.end();
      await Promise.all(held.map(ended));
    }
  }

  test("is worked with over a connection beside it", async () => {
    const laptop = onLaptop();
    const project = aProject({ "a.py": "1\n" });
    expect(await push(laptop, project)).toContain("exit code 0");
    project.write({ "a.py": "2\n" });
    const said = await withoutSessions(laptop, () => push(laptop, project));
    expect(said).toMatchInlineSnapshot(`
      "push mnist done on apollo in N s: 1 file pushed (N B)
      exit code 0"
    `);
    expect(await push(laptop, project)).toContain("nothing to push");
  });

  test("and whose login asks a person is told", async () => {
    const laptop = onLaptop(
      `Host apollo\n  Port ${String(asks.password)}\n  HostKeyAlias apollo\nHost *`,
    );
    const project = aProject({ "a.py": "1\n" });
    using terminal = openTerminal(
      ["sh", "-c", 'cd "$1" && "$2" "$3" login', "sh", project.root, process.execPath, igorProgram],
      laptop.env,
    );
    await terminal.shows(/password: *$/m);
    terminal.enter(password);
    await terminal.shows("logged in");
    expect(await push(laptop, project)).toContain("exit code 0");
    expect(await withoutSessions(laptop, () => push(laptop, project))).toMatchInlineSnapshot(`
      "✗ apollo: all sessions of the connection that you logged in to are in use (MaxSessions of sshd there)
        | mux_client_request_session: session request failed: Session open refused by peer
        | dino@ADDRESS: Permission denied (password).
        → end one, e.g. a REPL or \`igor push --watch\` in another terminal, and run the same command again; sshd allows 10 unless its sshd_config says otherwise
      push mnist failed on apollo after N s: all sessions of the connection that you logged in to are in use (MaxSessions of sshd there)
      exit code 1"
    `);
    expect(await push(laptop, project)).toContain("exit code 0");
  });
});

/** The processes of sshd that serve dino. */
const served = "pgrep -u dino -x sshd";

describe("a command over a shared connection that does not answer any more", () => {
  let sockets = 0;
  const shares = (): string =>
    `Host *\n  ControlMaster auto\n  ControlPath ${place}/cm-${String(++sockets)}-%n\n  ControlPersist 60`;
  const project = aDockerProject();
  const script = "echo out; echo said >&2; exit 7";

  /** A laptop whose shared connection to apollo is there already; the user's own is made by plain ssh. */
  async function shared(sshConfig: string, relay?: Relay): Promise<Laptop> {
    const laptop = onLaptop(sshConfig, relay === undefined ? {} : { apollo: relay.port });
    const first =
      sshConfig === ""
        ? laptop.start(project, ["docker", "setup"])
        : spawn("ssh", ["apollo", "true"], { env: laptop.env, stdio: "ignore" });
    expect((await ended(first)).exitCode).toBe(0);
    return laptop;
  }

  /** Stops what serves the connections to apollo that there are; others get through. */
  async function withoutAnswer<T>(act: () => Promise<T>): Promise<T & { seconds: number }> {
    await onHost("apollo", `${served} >/tmp/stopped-sshd; kill -STOP $(cat /tmp/stopped-sshd)`);
    const begin = performance.now();
    try {
      const done = await act();
      return { ...done, seconds: (performance.now() - begin) / 1000 };
    } finally {
      await onHost("apollo", "kill -KILL $(cat /tmp/stopped-sshd); rm /tmp/stopped-sshd");
    }
  }

  beforeAll(async () => {
    const { exitCode } = await onLaptop().igor(project, ["docker", "setup"]);
    expect(exitCode).toBe(0);
  });

  test.each([
    ["igor's own", ""],
    ["the user's own", shares()],
  ])("runs over another one within 12 seconds: %s", async (_, sshConfig) => {
    const laptop = await shared(sshConfig);
    const told = join(place, "told");
    // To a file: a dead shared connection holds the ends of pipes that it was given.
    const toFile = 'cd "$1" && shift && exec "$@" >"$0" 2>&1';
    const words = [process.execPath, igorProgram, "docker", "exec", "sh", "-c", script];
    const done = await withoutAnswer(() =>
      ended(
        spawn("sh", ["-c", toFile, told, project.root, ...words], {
          env: laptop.env,
          stdio: "ignore",
        }),
      ),
    );
    // stdout and stderr are two streams: which of them comes first, nobody says.
    expect(readFileSync(told, "utf8")).toMatch(
      /the shared connection does not answer\n(out\nsaid|said\nout)\n$/,
    );
    expect(done.exitCode).toBe(7);
    expect(done.seconds).toBeLessThan(12);
  });

  test("is known to have no container on one of several hosts within 12 seconds", async () => {
    const laptop = await shared(shares());
    const words = ["docker", "exec", "-g", "cluster", "true"];
    const done = await withoutAnswer(() => laptop.igor(project, words));
    expect(done.stdout + done.stderr).toMatch(/apollo: .*container/);
    expect(done.seconds).toBeLessThan(12);
  });

  test("a repl has its terminal there too", async () => {
    const laptop = await shared(shares());
    const done = await withoutAnswer(async () => {
      using terminal = igorInTerminal(laptop, project, ["docker", "repl", "sh"]);
      await terminal.shows("/workspace $");
      terminal.enter("exit 7");
      await terminal.shows("code 7");
      return { screen: await terminal.shows("restored") };
    });
    expect(done.seconds).toBeLessThan(15);
  });

  test("is told where no other one comes", async () => {
    const relay = await startRelay({ target: { host: address, port: 22 } });
    const laptop = await shared(shares(), relay);
    relay.blackhole();
    const begin = performance.now();
    const { stdout, stderr, exitCode } = await laptop.igor(project, [
      ...["docker", "exec", "-g", "cluster", "true"],
    ]);
    const seconds = (performance.now() - begin) / 1000;
    await relay.close();
    expect(exitCode).toBe(1);
    expect(stdout + stderr).toContain("apollo: no answer in time (Connection timed out)");
    expect(seconds).toBeLessThan(13);
  });
});

describe("in the middle of a push", () => {
  /** A push whose frame is under way on apollo for as long as this holds the lock there. */
  async function held<T>(
    during: (said: () => string) => Promise<T>,
  ): Promise<{ readonly exitCode: number | null; readonly said: string; readonly value: T }> {
    const laptop = onLaptop();
    const project = aProject({ "a.py": "1\n" });
    expect(await push(laptop, project)).toContain("exit code 0");
    const letGo = await holdLock(project);
    project.write({ "a.py": "2\n" });
    const child = laptop.start(project, ["push"]);
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const end = ended(child);
    await until(
      "the frame to be there",
      async () => (await onHost("apollo", "ls /tmp/igor.*/*.t")).exitCode === 0,
    );
    const value = await during(() => said);
    await letGo();
    const { exitCode } = await end;
    return { exitCode, said: plain(said, project), value };
  }

  test("a host that ends the connection, as one that shuts down does, is tried once more", async () => {
    const { exitCode, said } = await held(async (heard) => {
      await onHost("apollo", `kill -9 $(${served})`);
      await until("the second try", () => heard().includes("trying once more"));
    });
    expect(said).toMatchInlineSnapshot(`
      "apollo: warning: trying once more: the connection was lost
      push mnist done on apollo in N s: 1 file pushed (N B)
      "
    `);
    expect(exitCode).toBe(0);
  });

  test("an sshd that is stopped is noticed within 12 seconds", async () => {
    const { exitCode, said, value } = await held(async (heard) => {
      const begin = performance.now();
      await onHost("apollo", `${served} >/tmp/stopped-sshd; kill -STOP $(cat /tmp/stopped-sshd)`);
      await until("the second try", () => heard().includes("trying once more"), 20_000);
      return (performance.now() - begin) / 1000;
    });
    await onHost("apollo", "kill -KILL $(cat /tmp/stopped-sshd); rm /tmp/stopped-sshd");
    expect(value).toBeLessThan(12.5);
    expect(said).toMatchInlineSnapshot(`
      "apollo: warning: trying once more: the connection was lost
      push mnist done on apollo in N s: 1 file pushed (N B)
      "
    `);
    expect(exitCode).toBe(0);
  });
});
