import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { hostAddress, onHost } from "../hosts/bed.ts";
import { holdLock } from "../support/hold-lock.ts";
import { aLaptop, aProject, ended, socketOf } from "../support/laptop.ts";
import type { Laptop, TestProject } from "../support/laptop.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const address = await hostAddress("apollo");
const place = temporaryDirectory("igor-sharing-");
const laptops: Laptop[] = [];
function onLaptop(sshConfig = ""): Laptop {
  const laptop = aLaptop({ sshConfig });
  laptops.push(laptop);
  return laptop;
}
afterAll(() => Promise.all(laptops.map((laptop) => laptop.close())));

/** What the user sees of a push, without what differs from run to run. */
async function push(laptop: Laptop, project: TestProject): Promise<string> {
  const { exitCode, stderr } = await laptop.igor(project, ["push"]);
  return `${plain(stderr, project)}exit code ${String(exitCode)}`;
}

function plain(said: string, { name }: TestProject): string {
  return said
    .replaceAll(name, "mnist")
    .replaceAll(address, "ADDRESS")
    .replaceAll(place, "PLACE")
    .replaceAll(/(in|after) [\d.]+ m?s/g, "$1 N s")
    .replaceAll(/\(\d+ B\)/g, "(N B)")
    .replaceAll(/\/[0-9a-f]{40}(\.\w+)?/g, "/HASH")
    .replaceAll(/SHA256:[\w+/]+/g, "SHA256:...");
}

const aFile = (): TestProject => aProject({ "a.py": "1\n" });

describe("the user's own shared connection", () => {
  const shares = (path: string): string =>
    `Host *\n  ControlMaster auto\n  ControlPath ${path}\n  ControlPersist 60`;

  test("whose directory is missing", async () => {
    expect(await push(onLaptop(shares(`${place}/missing/%C`)), aFile())).toMatchInlineSnapshot(`
      "✗ apollo: ssh cannot make the socket of the shared connection that its configuration asks for
        ~/.ssh/config: ControlPath for apollo
        | unix_listener: cannot bind to path PLACE/missing/HASH: No such file or directory
        → make its directory: \`mkdir -m 700 -p PLACE/missing\`; or take ControlPath and ControlMaster out, and igor shares a connection of its own
      push mnist failed on apollo after N s: ssh cannot make the socket of the shared connection that its configuration asks for
      exit code 1"
    `);
  });

  test("whose path is longer than a socket's may be", async () => {
    const path = join(place, "x".repeat(100));
    mkdirSync(path);
    expect(await push(onLaptop(shares(`${path}/%C`)), aFile())).toMatchInlineSnapshot(`
      "✗ apollo: ssh cannot make the socket of the shared connection that its configuration asks for
        ~/.ssh/config: ControlPath for apollo
        | ControlPath too long ('PLACE/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx/HASH' >= 108 bytes)
        → name a short path in a directory of your own, e.g. \`ControlPath ~/.ssh/%C\`; or take ControlPath and ControlMaster out for apollo, and igor shares a connection of its own
      push mnist failed on apollo after N s: ssh cannot make the socket of the shared connection that its configuration asks for
      exit code 1"
    `);
  });
});

describe("igor's shared connection", () => {
  test("that was killed and left its socket is opened again", async () => {
    const laptop = onLaptop();
    const project = aFile();
    expect(await push(laptop, project)).toMatch(/exit code 0$/);
    const socket = socketOf(laptop);
    const { stderr } = spawnSync("ssh", ["-O", "check", "-S", socket, "any"], { encoding: "utf8" });
    process.kill(Number(/pid=(\d+)/.exec(stderr)?.[1]), "SIGKILL");
    project.write({ "a.py": "2\n" });
    expect(await push(laptop, project)).toMatchInlineSnapshot(`
      "push mnist done on apollo in N s: 1 file pushed (N B)
      exit code 0"
    `);
    expect(socketOf(laptop)).toBe(socket);
  });

  test("serves many commands that begin at once", async () => {
    const laptop = onLaptop();
    const projects = Array.from({ length: 6 }, aFile);
    const said = await Promise.all(projects.map((project) => push(laptop, project)));
    expect(new Set(said)).toMatchInlineSnapshot(`
      Set {
        "push mnist done on apollo in N s: 2 files pushed (N B)
      exit code 0",
      }
    `);
  });

  test("that the user ends in the middle of a push is opened again", async () => {
    const laptop = onLaptop();
    const project = aFile();
    expect(await push(laptop, project)).toMatch(/exit code 0$/);
    const letGo = await holdLock(project);
    project.write({ "a.py": "2\n" });
    const child = laptop.start(project, ["push"]);
    const end = ended(child);
    await until(
      "the frame to be there",
      async () => (await onHost("apollo", "ls /tmp/igor.*/*.t")).exitCode === 0,
    );
    spawnSync("ssh", ["-O", "exit", "-S", socketOf(laptop), "any"]);
    await letGo();
    const { exitCode, stderr } = await end;
    expect(
      `${plain(stderr, project).replace(/.*another igor.*\n/, "")}exit code ${String(exitCode)}`,
    ).toMatchInlineSnapshot(`
      "apollo: warning: trying once more: the connection was lost
      push mnist done on apollo in N s: 1 file pushed (N B)
      exit code 0"
    `);
  });
});

describe("a host key", () => {
  const knows = (file: string, strict: string): string =>
    `Host *\n  UserKnownHostsFile ${place}/${file}\n  GlobalKnownHostsFile /dev/null\n  StrictHostKeyChecking ${strict}`;

  test("that was never seen, where ssh may not ask", async () => {
    writeFileSync(join(place, "none"), "");
    expect(await push(onLaptop(knows("none", "yes")), aFile())).toMatchInlineSnapshot(`
      "✗ apollo: this machine has not seen its host key before, so ssh does not trust it yet
        | No ED25519 host key is known for ADDRESS and you have requested strict checking.
        | Host key verification failed.
        → run \`igor login --host apollo\` once: it shows the key's fingerprint and asks; compare it with what the machine's administrator gives you, or with \`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub\` on its console
      push mnist failed on apollo after N s: this machine has not seen its host key before, so ssh does not trust it yet
      exit code 1"
    `);
  });

  test("that was never seen, where ssh learns it by itself", async () => {
    expect(await push(onLaptop(knows("new", "accept-new")), aFile())).toMatchInlineSnapshot(`
      "push mnist done on apollo in N s: 2 files pushed (N B)
      exit code 0"
    `);
    expect(readFileSync(join(place, "new"), "utf8")).toContain("ssh-ed25519");
  });

  describe("that changed", () => {
    spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", `${place}/key`]);
    const key = readFileSync(`${place}/key.pub`, "utf8").split(" ").slice(0, 2).join(" ");
    writeFileSync(join(place, "other"), `apollo,${address} ${key}\n`);

    test.each(["yes", "ask", "accept-new"])(
      "ends with StrictHostKeyChecking %s",
      async (strict) => {
        expect(await push(onLaptop(knows("other", strict)), aFile())).toMatch(
          /^✗ apollo: its host key is not the one that this machine knows; nothing was sent\n[^]*exit code 1$/,
        );
      },
    );

    test("is told where the user's ssh lets it through", async () => {
      const laptop = onLaptop(knows("other", "no"));
      expect(await push(laptop, aFile())).toMatchInlineSnapshot(`
        "apollo: warning: its host key is not the one that this machine knows (PLACE/other:1): another machine may answer, and your ssh configuration lets it (StrictHostKeyChecking no)
        push mnist done on apollo in N s: 2 files pushed (N B)
        exit code 0"
      `);
    });
  });
});
