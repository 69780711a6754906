import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hostAddress, onHost } from "../hosts/bed.ts";
import { startRelay } from "../hosts/relay.mjs";
import { reloadSshd } from "../support/during.ts";
import { holdLock } from "../support/hold-lock.ts";
import { aLaptop, aProject, ended } from "../support/laptop.ts";
import type { IgorResult, Laptop, TestProject } from "../support/laptop.ts";
import { loginUser, makeLoginUsers, withHomeFile } from "../support/login-shells.ts";
import { until } from "../support/until.ts";

const laptops: Laptop[] = [];
function onLaptop(sshConfig = "", through: Readonly<Record<string, number>> = {}): Laptop {
  const laptop = aLaptop({ sshConfig, through });
  laptops.push(laptop);
  return laptop;
}
afterAll(() => Promise.all(laptops.map((laptop) => laptop.close())));

beforeAll(makeLoginUsers);

const projectOf = (name: string) =>
  aProject(
    { "a.py": "1\n" },
    { user: loginUser(name), host_groups: { dev: { hosts: [{ host: "apollo", dir: "~/igor" }] } } },
  );

async function expectPushed(laptop: Laptop, project: TestProject): Promise<void> {
  const { exitCode, stderr } = await laptop.igor(project, ["push"]);
  expect(`${String(exitCode)} ${stderr}`).toMatch(/^0 /);
}

/** A push of a user whose startup file has this text. */
const pushedWith = (text: string, project = projectOf("bash")): Promise<IgorResult> =>
  withHomeFile({ name: "bash", file: ".bashrc", text }, () => onLaptop().igor(project, ["push"]));

describe("a startup file that", () => {
  const refused = async (text: string): Promise<string> => {
    const { exitCode, stderr } = await pushedWith(text);
    expect(exitCode).toBe(1);
    return stderr;
  };

  test("ends the shell is named", async () => {
    expect(await refused("exit 0\n")).toContain("a startup file there ends the shell");
  });

  test("starts another program instead is named", async () => {
    expect(await refused("exec cat /etc/hostname\n")).toContain(
      "a startup file there ends the shell",
    );
  });

  test("waits for keys is named, after a while", { timeout: 60_000 }, async () => {
    expect(await refused("read answer\n")).toContain("a startup file there waits for keys");
  });

  test("changes PATH, aliases and options does no harm", async () => {
    const { exitCode, stderr } = await pushedWith(
      "PATH=/nowhere\nalias sh=false ls=false\nset -o noglob -o nounset\nexport TAR_OPTIONS=--nonsense GZIP=-9 POSIXLY_CORRECT=1 CDPATH=/\numask 000\n",
    );
    expect(`${String(exitCode)} ${stderr}`).toMatch(/^0 /);
  });
});

test("a host shell that is killed is told as a link that died, not as a login that failed", async () => {
  // The startup file's shell becomes the loop; it is killed as soon as a frame arrives, each time.
  const killer =
    "(while sleep 0.02; do cat /tmp/igor.*/1.z && kill -9 $$ && exit; done) >/dev/null";
  const project = projectOf("bash");
  project.write({ big: randomBytes(24_000_000).toString("base64") });
  const text = `echo 'Connection refused' >&2\n${killer} 2>&1 &\n`;
  const { exitCode, stderr } = await pushedWith(text, project);
  await onHost("apollo", `pkill -u ${loginUser("bash")}`);
  expect(exitCode).toBe(1);
  expect(stderr).toContain("apollo: warning: trying once more: the connection was lost\n");
  expect(stderr).toContain("✗ apollo: the connection died on the way\n");
});

test("a host that allows nothing but files says so", async () => {
  await onHost(
    "apollo",
    `printf 'Match User ${loginUser("dash")}\\n ForceCommand internal-sftp\\nMatch all\\n' >>/etc/ssh/sshd_config; ${reloadSshd}`,
  );
  try {
    const { exitCode, stderr } = await onLaptop().igor(projectOf("dash"), ["push"]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("commands are not allowed there");
  } finally {
    await onHost("apollo", `sed -i '/^Match User/,$d' /etc/ssh/sshd_config; ${reloadSshd}`);
  }
});

test("a host without room for temporary files says so", async () => {
  await onHost(
    "apollo",
    "mount -t tmpfs -o size=4k,mode=1777 full /tmp; dd if=/dev/zero of=/tmp/fill bs=4k 2>/dev/null",
  );
  try {
    const project = aProject({ "a.py": "1\n" });
    const { exitCode, stderr } = await onLaptop().igor(project, ["push"]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/no temporary directory|no space left/);
  } finally {
    await onHost("apollo", "umount /tmp");
  }
});

/** Processes of this machine whose words hold this text, but for this one and shells that look. */
const processesWith = (text: string): readonly string[] =>
  readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(text);
    } catch {
      return false;
    }
  });

/** Starts a push that waits for the lock of the tree, which another process holds. */
async function waitingPush(laptop: Laptop, project: TestProject) {
  await expectPushed(laptop, project);
  await holdLock(project);
  project.write({ "a.py": "2\n" });
  const child = laptop.start(project, ["push"]);
  await until(
    "the frame to run",
    async () => (await onHost("apollo", "ls /tmp/igor.*/*.t")).exitCode === 0,
  );
  return child;
}
const isGone = async () =>
  (await onHost("apollo", "ls -d /tmp/igor.* || pgrep -u dino -f igor.")).exitCode !== 0;

describe("when igor ends", () => {
  test.each(["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "by %s, what it ran on the host is gone at once, and nothing stays here",
    async (signal) => {
      const laptop = onLaptop();
      const project = aProject({ "a.py": "1\n" });
      const child = await waitingPush(laptop, project);
      const begin = performance.now();
      child.kill(signal);
      await ended(child);
      await until("the far end to be gone", isGone);
      expect(performance.now() - begin).toBeLessThan(3500);
      expect((await onHost("apollo", ["cat", `${project.hostDir}/a.py`])).stdout).toBe("1\n");
      await laptop.close();
      await until(
        "ssh here to be gone",
        () => processesWith(laptop.env["HOME"] ?? "").length === 0,
      );
    },
  );
});

describe("the user's own shared connection", () => {
  test("is used and left open, and no second one is made", async () => {
    const relay = await startRelay({ target: { host: await hostAddress("apollo"), port: 22 } });
    const laptop = onLaptop(
      "Host *\n  ControlMaster auto\n  ControlPath ~/cm-%C\n  ControlPersist 60",
      { apollo: relay.port },
    );
    const ssh = (...words: readonly string[]) =>
      ended(
        spawn("ssh", [...words, "apollo", ...(words.includes("-O") ? [] : ["true"])], {
          env: laptop.env,
          stdio: "pipe",
        }),
      );
    expect((await ssh()).exitCode).toBe(0);
    await expectPushed(laptop, aProject({ "a.py": "1\n" }));
    expect(relay.stat().connections).toBe(1);
    expect((await ssh("-O", "check")).exitCode).toBe(0);
    await ssh("-O", "exit");
    await relay.close();
  });
});

describe("the user's ssh configuration", () => {
  test("leads to a host through another, by a Match block, a user and a port", async () => {
    const address = await hostAddress("apollo");
    const bed = `/var/lib/igor-bed/${process.env["IGOR_BED"] ?? "igor"}`;
    const config = `Host inner\n  HostName ${address}\n  HostKeyAlias apollo\n  Port 22\n  ProxyJump enterprise\n  IdentityFile ${bed}/client-key\n  UserKnownHostsFile ${bed}/known_hosts\nMatch originalhost inner\n  User dino\nMatch all`;
    const project = aProject(
      { "a.py": "1\n" },
      { user: undefined, host_groups: { dev: { hosts: [{ host: "inner", dir: "~/jumped" }] } } },
    );
    await expectPushed(onLaptop(config), project);
    expect((await onHost("apollo", `cat /home/dino/jumped/${project.name}/a.py`)).stdout).toBe(
      "1\n",
    );
  });
});
