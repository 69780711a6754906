import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { hostAddress, onHost } from "../hosts/bed.ts";
import { asks, password, startAskingSshd } from "../support/asking-sshd.ts";
import { holdLock } from "../support/hold-lock.ts";
import { aLaptop, aProject, ended, igorProgram } from "../support/laptop.ts";
import type { Laptop, TestProject } from "../support/laptop.ts";
import { openTerminal } from "../support/terminal.ts";
import { until } from "../support/until.ts";

const laptops: Laptop[] = [];
function onLaptop(sshConfig = ""): Laptop {
  const laptop = aLaptop({ sshConfig });
  laptops.push(laptop);
  return laptop;
}
const place = mkdtempSync(join(tmpdir(), "igor-sessions-"));
const asking = await startAskingSshd("apollo", place);
afterAll(async () => {
  await Promise.all(laptops.map((laptop) => laptop.close()));
  await asking.stop();
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
    .replaceAll(/(in|after) [\d.]+ s/g, "$1 N s")
    .replaceAll(/\(\d+ B\)/g, "(N B)");
}

describe("a host that allows no more sessions on one connection", () => {
  /** Takes all of the shared connection's sessions, does something, and lets them go. */
  async function withoutSessions<T>(laptop: Laptop, act: () => Promise<T>): Promise<T> {
    const directory = join(laptop.env["HOME"] ?? "", ".cache/igor/s");
    const socket = join(directory, readdirSync(directory)[0] ?? "");
    const held = Array.from({ length: 10 }, () =>
      spawn("ssh", ["-S", socket, "-o", "ProxyCommand=false", "any", "echo in; exec cat"], {
        env: laptop.env,
        stdio: "pipe",
      }),
    );
    try {
      await Promise.all(
        held.map((child) => new Promise((resolve) => child.stdout.once("data", resolve))),
      );
      return await act();
    } finally {
      for (const child of held) child.stdin.end();
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
    terminal.type(password);
    terminal.keys("Enter");
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

  /** The processes of sshd that serve dino. */
  const served = "pgrep -u dino -x sshd";

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
