import { spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { Socket } from "node:net";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { cutLink, hostAddress, onHost, restoreLink } from "../hosts/bed.ts";
import { startRelay } from "../hosts/relay.mjs";
import { reloadSshd } from "../support/during.ts";
import { holdLock } from "../support/hold-lock.ts";
import { aLaptop, aProject, igorProgram } from "../support/laptop.ts";
import type { Laptop, TestProject } from "../support/laptop.ts";
import { until } from "../support/until.ts";

const address = await hostAddress("apollo");
const place = mkdtempSync(join(tmpdir(), "igor-faults-"));
const laptops: Laptop[] = [];
function onLaptop(sshConfig = "", through: Readonly<Record<string, number>> = {}): Laptop {
  const laptop = aLaptop({ sshConfig, through });
  laptops.push(laptop);
  return laptop;
}
afterAll(() => Promise.all(laptops.map((laptop) => laptop.close())));

interface Fault {
  /** What the user sees, without what differs from run to run. */
  readonly seen: string;
  readonly exitCode: number | null;
  readonly seconds: number;
}

async function push(laptop: Laptop, project: TestProject): Promise<Fault> {
  const begin = performance.now();
  const { exitCode, stderr } = await laptop.igor(project, ["push"]);
  const seen = stderr
    .replaceAll(project.name, "mnist")
    .replaceAll(address, "ADDRESS")
    .replaceAll(place, "PLACE")
    .replaceAll(/127\.0\.0\.1( port |\]?:)\d+/g, "ADDRESS$1PORT")
    .replaceAll(/after [\d.]+ m?s/g, "after N s")
    .replaceAll(/SHA256:[\w+/]+/g, "SHA256:...");
  return { seen, exitCode, seconds: (performance.now() - begin) / 1000 };
}

const to = (host: string) =>
  aProject(
    { "a.py": "1\n" },
    { host_groups: { dev: { hosts: [{ host, dir: "/home/dino/igor tests" }] } } },
  );

describe("what the user sees when a host cannot be reached:", () => {
  test("no such name", async () => {
    const { seen, exitCode } = await push(onLaptop(), to("nowhere.invalid"));
    expect(exitCode).toBe(1);
    expect(seen).toMatchInlineSnapshot(`
      "✗ nowhere.invalid: no machine has that name (the name could not be resolved)
        | ssh: Could not resolve hostname nowhere.invalid: Name or service not known
        → check the spelling in .igor/config.json, and that \`nowhere.invalid\` is a Host in your ssh config or a name that this network knows (a VPN may be down)
      push mnist failed on nowhere.invalid after N s: no machine has that name (the name could not be resolved)
      "
    `);
  });

  test("nobody listens", async () => {
    const { seen, exitCode } = await push(onLaptop("Host apollo\n  Port 9"), to("apollo"));
    expect(exitCode).toBe(1);
    expect(seen).toMatchInlineSnapshot(`
      "✗ apollo: nothing accepts ssh connections there (Connection refused)
        | ssh: connect to host ADDRESS port 9: Connection refused
        → check that sshd runs, and Port/HostName of \`apollo\` in your ssh config
      push mnist failed on apollo after N s: nothing accepts ssh connections there (Connection refused)
      "
    `);
  });

  test.each(["QUIET", "DEBUG3"])("nobody listens, to an ssh with LogLevel %s", async (level) => {
    const laptop = onLaptop(`Host apollo\n  Port 9\nHost *\n  LogLevel ${level}`);
    expect((await push(laptop, to("apollo"))).seen.split("\n").slice(0, 2)).toEqual([
      "✗ apollo: nothing accepts ssh connections there (Connection refused)",
      "  | ssh: connect to host ADDRESS port 9: Connection refused",
    ]);
  });

  test("a jump host that does not know the way", async () => {
    const { seen } = await push(
      onLaptop("Host apollo\n  ProxyJump enterprise\n  Port 9"),
      to("apollo"),
    );
    expect(seen).toMatchInlineSnapshot(`
      "✗ apollo: its jump host gave no way to it (ProxyJump or ProxyCommand in your ssh config)
        | kex_exchange_identification: Connection closed by remote host
        | Connection closed by UNKNOWN port 65535
        → \`igor login --host apollo\` shows the words of the jump host, and lets it ask you; it or \`apollo\` may be down or unknown there
      push mnist failed on apollo after N s: its jump host gave no way to it (ProxyJump or ProxyCommand in your ssh config)
      "
    `);
  });

  test("an ssh that fails with words nobody has heard yet", async () => {
    const { seen } = await push(onLaptop("Host apollo\n  BindAddress 192.0.2.1"), to("apollo"));
    expect(seen).toMatchInlineSnapshot(`
      "✗ apollo: ssh could not open a connection
        | bind 192.0.2.1: Cannot assign requested address
        | ssh: connect to host ADDRESS port 22: failure
        → its own words say why; \`ssh apollo true\` must work without a question, or \`igor login --host apollo\` lets you answer it
      push mnist failed on apollo after N s: ssh could not open a connection
      "
    `);
  });

  test("no answer", async () => {
    await cutLink("enterprise");
    try {
      const { seen, exitCode, seconds } = await push(onLaptop(), to("enterprise"));
      expect(exitCode).toBe(1);
      expect(seconds).toBeLessThan(7);
      expect(
        seen
          .replaceAll(await hostAddress("enterprise"), "ADDRESS")
          .replace(/No route to host|Connection timed out/g, "TIMEOUT"),
      ).toContain("TIMEOUT");
    } finally {
      await restoreLink("enterprise");
    }
  });

  test("a machine whose sshd is frozen", async () => {
    const relay = await startRelay({ target: { host: address, port: 22 } });
    relay.freeze();
    const { seen, exitCode, seconds } = await push(
      onLaptop("", { apollo: relay.port }),
      to("apollo"),
    );
    await relay.close();
    expect(exitCode).toBe(1);
    expect(seconds).toBeLessThan(7);
    expect(seen).toMatchInlineSnapshot(`
      "apollo: waiting for the login there
      ✗ apollo: no answer in time (Connection timed out)
        | Connection timed out during banner exchange
        | Connection to ADDRESS port PORT timed out
        → check that the machine is on and that no firewall or VPN is in between; \`ssh apollo true\` should answer
      push mnist failed on apollo after N s: no answer in time (Connection timed out)
      "
    `);
  });

  test("a login that is not accepted", async () => {
    const stranger = aProject(
      { "a.py": "1\n" },
      { user: "nobody-here", host_groups: { dev: { hosts: [{ host: "apollo", dir: "/srv/x" }] } } },
    );
    const refused = await push(onLaptop(), stranger);
    expect(refused.exitCode).toBe(1);
    expect(refused.seen).toMatchInlineSnapshot(`
      "✗ apollo: the login was refused (Permission denied)
        | nobody-here@ADDRESS: Permission denied (publickey,password).
        → if the login needs a password, a passphrase or a second factor, give it with \`igor login --host apollo\`; else check User and IdentityFile of \`apollo\` in your ssh config, and \`ssh-add -l\`
      push mnist failed on apollo after N s: the login was refused (Permission denied)
      "
    `);
  });

  test("more keys than sshd listens to", async () => {
    const keys = Array.from({ length: 7 }, (_, number) => join(place, `spare-${String(number)}`));
    for (const key of keys) {
      const made = spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
      if (made.status !== 0) throw new Error(made.stderr.toString());
    }
    const names = keys.map((key) => `  IdentityFile ${key}`).join("\n");
    const { seen, exitCode } = await push(onLaptop(`Host apollo\n${names}\nHost *`), to("apollo"));
    expect(exitCode).toBe(1);
    expect(seen).toMatchInlineSnapshot(`
      "✗ apollo: ssh tried more keys than sshd there listens to (MaxAuthTries), none of them right
        | Received disconnect from ADDRESS port 22:2: Too many authentication failures
        | Disconnected from ADDRESS port 22
        → name the right one in your ssh config, for \`apollo\`, with \`IdentityFile\` and \`IdentitiesOnly yes\`; \`ssh-add -l\` lists those that your agent offers first
      push mnist failed on apollo after N s: ssh tried more keys than sshd there listens to (MaxAuthTries), none of them right
      "
    `);
  });

  test("no algorithm in common", async () => {
    const old = onLaptop("Host apollo\n  KexAlgorithms diffie-hellman-group1-sha1");
    const { seen, exitCode } = await push(old, to("apollo"));
    expect(exitCode).toBe(1);
    expect(seen).toMatchInlineSnapshot(`
      "✗ apollo: ssh here and sshd there have no algorithm in common
        | Unable to negotiate with ADDRESS port 22: no matching key exchange method found. Their offer: sntrup761x25519-sha512,sntrup761x25519-sha512@openssh.com,curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,diffie-hellman-group-exchange-sha256,diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,diffie-hellman-group14-sha256,kex-strict-s-v00@openssh.com
        → one of them is very old: update it, or allow in your ssh config, for \`apollo\` alone, one of the algorithms it offers (KexAlgorithms or HostKeyAlgorithms with a +)
      push mnist failed on apollo after N s: ssh here and sshd there have no algorithm in common
      "
    `);
  });

  test("an address of this network that no machine has", async () => {
    const nobody = address.replace(/\d+$/, "250");
    const { seen, exitCode, seconds } = await push(
      onLaptop(`Host apollo\n  HostName ${nobody}`),
      to("apollo"),
    );
    expect(exitCode).toBe(1);
    expect(seconds).toBeLessThan(7);
    expect(seen.replaceAll(nobody, "ADDRESS")).toMatchInlineSnapshot(`
      "✗ apollo: no way to that machine (No route to host)
        | ssh: connect to host ADDRESS port 22: No route to host
        → check that the machine is on and that this one is on the right network or VPN; \`ssh apollo true\` should answer
      push mnist failed on apollo after N s: no way to that machine (No route to host)
      "
    `);
  });

  test("a host key that was never seen", async () => {
    writeFileSync(join(place, "empty"), "");
    const { seen, exitCode } = await push(
      onLaptop(
        `Host *\n  UserKnownHostsFile ${place}/empty\n  GlobalKnownHostsFile /dev/null\n  StrictHostKeyChecking ask`,
      ),
      to("apollo"),
    );
    expect(exitCode).toBe(1);
    expect(seen).toMatchInlineSnapshot(`
      "✗ apollo: this machine has not seen its host key before, so ssh does not trust it yet
        | Host key verification failed.
        → run \`igor login --host apollo\` once: it shows the key's fingerprint and asks; compare it with what the machine's administrator gives you, or with \`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub\` on its console
      push mnist failed on apollo after N s: this machine has not seen its host key before, so ssh does not trust it yet
      "
    `);
  });

  test("a host key that changed", async () => {
    mkdirSync(join(place, "changed"));
    spawnSync("sh", ["-c", `ssh-keygen -q -t ed25519 -N "" -f ${place}/key`]);
    const key = readFileSync(join(place, "key.pub"), "utf8").split(" ").slice(0, 2).join(" ");
    writeFileSync(join(place, "changed/known_hosts"), `apollo,${address} ${key}\n`);
    const { seen, exitCode } = await push(
      onLaptop(
        `Host *\n  UserKnownHostsFile ${place}/changed/known_hosts\n  GlobalKnownHostsFile /dev/null\n  StrictHostKeyChecking yes`,
      ),
      to("apollo"),
    );
    expect(exitCode).toBe(1);
    expect(seen).toMatchInlineSnapshot(`
      "✗ apollo: its host key is not the one that this machine knows; nothing was sent
        the known key: PLACE/changed/known_hosts:1
        | The fingerprint for the ED25519 key sent by the remote host is
        | SHA256:....
        | Offending ED25519 key in PLACE/changed/known_hosts:1
        | Either the machine was installed anew, or its name now belongs to another machine, or somebody is in between.
        → first compare the fingerprint with the machine's administrator or on its console (\`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub\`); only if it is right, forget the old key with \`ssh-keygen -f "PLACE/changed/known_hosts" -R "ADDRESS"\`, then \`igor login --host apollo\` once
      push mnist failed on apollo after N s: its host key is not the one that this machine knows; nothing was sent
      "
    `);
  });

  test("a mistake in the ssh configuration", async () => {
    const { seen, exitCode } = await push(onLaptop("Hostnaem apollo"), to("apollo"));
    expect(exitCode).toBe(1);
    expect(seen.replaceAll(/\S+bed-ssh-config/g, "CONFIG")).toMatchInlineSnapshot(`
      "✗ apollo: ssh does not accept its configuration
        ~/.ssh/config, or the options for this host in .igor/config.json
        | CONFIG: line 1: Bad configuration option: hostnaem
        | CONFIG: terminating, 1 bad configuration options
        → correct the line that ssh names, then try \`ssh apollo true\`
      push mnist failed on apollo after N s: ssh does not accept its configuration
      "
    `);
  });

  test("an sshd that takes no more connections", async () => {
    await onHost("apollo", `echo 'MaxStartups 1:100:1' >>/etc/ssh/sshd_config; ${reloadSshd}`);
    const listens = (title: string): Promise<unknown> =>
      until(`sshd to have ${title}`, async () => {
        const { stdout } = await onHost(
          "apollo",
          "tr '\\0' ' ' </proc/$(cat /run/sshd.pid)/cmdline",
        );
        return stdout.includes(title);
      });
    const neverLogsIn = new Socket().on("error", () => undefined);
    try {
      await listens("0 of 1-1 startups");
      neverLogsIn.connect(22, address);
      await listens("1 of 1-1 startups");
      const { seen, exitCode } = await push(onLaptop(), to("apollo"));
      expect(exitCode).toBe(1);
      expect(seen.replace(/  \| .*\n/g, "")).toMatchInlineSnapshot(`
        "apollo: warning: trying once more: the connection was lost
        ✗ apollo: the connection was closed before the login
          → sshd may be overloaded or limit connections (MaxStartups); wait a moment and try \`ssh apollo true\`
        push mnist failed on apollo after N s: the connection was closed before the login
        "
      `);
    } finally {
      neverLogsIn.destroy();
      await onHost("apollo", `sed -i '/MaxStartups 1:100:1/d' /etc/ssh/sshd_config; ${reloadSshd}`);
    }
  });
});

describe("a line that goes dead in the middle", () => {
  test.each([
    ["igor's own shared connection", ""],
    [
      "the user's shared connection",
      `Host *\n  ControlMaster auto\n  ControlPath ${place}/cm-%C\n  ControlPersist 60`,
    ],
  ])("is noticed within 12 seconds, and igor tries once more: %s", async (_, sshConfig) => {
    const relay = await startRelay({ target: { host: address, port: 22 } });
    const laptop = onLaptop(sshConfig, { apollo: relay.port });
    const project = to("apollo");
    expect((await push(laptop, project)).exitCode).toBe(0);
    // The lock is held by somebody else, so the frame is under way for long.
    const letGo = await holdLock(project);
    project.write({ "a.py": "2\n" });
    const child = laptop.start(project, ["push"]);
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
    await until(
      "the frame to be there",
      async () => (await onHost("apollo", "ls /tmp/igor.*/*.t")).exitCode === 0,
    );
    relay.blackhole();
    const begin = performance.now();
    await until("the retry", () => said.includes("trying once more"), 15_000);
    expect((performance.now() - begin) / 1000).toBeLessThan(12.5);
    await until(
      "the far end to have ended",
      async () => (await onHost("apollo", "ls -d /tmp/igor.*")).exitCode !== 0,
    );
    expect((performance.now() - begin) / 1000).toBeLessThan(14);
    await letGo();
    relay.thaw();
    await new Promise((resolve) => child.once("close", resolve));
    expect(child.exitCode).toBe(0);
    await relay.close();
  });

  test("and stays dead ends with the reason", async () => {
    const relay = await startRelay({ target: { host: address, port: 22 } });
    const laptop = onLaptop("", { apollo: relay.port });
    const project = to("apollo");
    expect((await push(laptop, project)).exitCode).toBe(0);
    relay.blackhole();
    const { seen, exitCode, seconds } = await push(laptop, project);
    await relay.close();
    expect(exitCode).toBe(1);
    expect(seconds).toBeLessThan(13);
    expect(seen).toMatchInlineSnapshot(`
      "apollo: waiting for the login there
      apollo: warning: trying once more: the shared connection does not answer
      ✗ apollo: no answer in time (Connection timed out)
        | Connection timed out during banner exchange
        | Connection to ADDRESS port PORT timed out
        → check that the machine is on and that no firewall or VPN is in between; \`ssh apollo true\` should answer
      push mnist failed on apollo after N s: no answer in time (Connection timed out)
      "
    `);
  });
});

describe("Ctrl-C is obeyed within a second, with 130, while a host shell is opened:", () => {
  const verbs = [
    ["push"],
    ["push", "--watch"],
    ["pull", "out"],
    ["docker", "exec", "true"],
    ["status"],
    ["doctor"],
  ];
  /** Whether igor has an ssh that is to begin something there. */
  const asks = (pid = 0): boolean =>
    readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, "utf8")
      .split(" ")
      .filter((child) => existsSync(`/proc/${child}/cmdline`))
      .some((child) => readFileSync(`/proc/${child}/cmdline`, "utf8").includes("exec /bin/sh"));
  test.each(["by a login", "over a shared connection"])("%s that stands still", async (way) => {
    const relay = await startRelay({ target: { host: address, port: 22 } });
    const laptop = onLaptop("", { apollo: relay.port });
    const project = to("apollo");
    if (way !== "by a login") await push(laptop, project);
    relay.freeze();
    for (const words of verbs) {
      const child = laptop.start(project, words);
      child.stdin?.end();
      // Its streams may stay open: ssh has given them to the shared connection.
      const exit = once(child, "exit");
      await until("ssh to ask", () => asks(child.pid));
      const begin = performance.now();
      child.kill("SIGINT");
      expect((await exit)[0], words.join(" ")).toBe(130);
      expect(performance.now() - begin, words.join(" ")).toBeLessThan(1800);
    }
    await relay.close();
  });
});

describe("a user of this machine", () => {
  /** What igor says to the user with this number, whose home cannot be used. */
  const pushAs = (uid: number): string => {
    const { root } = to("apollo");
    for (const path of [dirname(root), root, join(root, ".igor")]) chmodSync(path, 0o755);
    const home = "/dev/null/home";
    const { PATH = "" } = process.env;
    return spawnSync(process.execPath, [igorProgram, "push"], {
      cwd: root,
      uid,
      gid: uid,
      env: { PATH, HOME: home, TMPDIR: home },
      encoding: "utf8",
    }).stderr;
  };

  test("without a name is told what ssh says to that", () => {
    expect(pushAs(54_321)).toContain("  | No user exists for uid 54321\n");
  });

  test("without a private directory is told which ones would do", () => {
    writeFileSync("/tmp/igor-65534", "");
    try {
      expect(pushAs(65_534)).toContain(`\
✗ there is no private directory here for the sockets of shared connections
  | /dev/null/home/.cache/igor/s
  | /dev/null/home/igor-65534
  | /tmp/igor-65534
`);
    } finally {
      rmSync("/tmp/igor-65534");
    }
  });
});

test("a push that cannot be noted here is not begun, and says so", async () => {
  const laptop = onLaptop();
  const project = to("apollo");
  const env = { XDG_STATE_HOME: "/dev/null/state" };
  const { exitCode, stderr } = await laptop.igor(project, ["push"], { env });
  expect(exitCode).toBe(1);
  expect(stderr.replaceAll(/projects\/\w+/g, "projects/ID")).toContain(`\
✗ igor cannot note on this machine what it sends, so it changed nothing there
  /dev/null/state/igor/projects/ID
  | ENOTDIR: not a directory, mkdir '/dev/null/state/igor/projects/ID'
  → make room, give yourself the right to write there, or name another directory in XDG_STATE_HOME
`);
  const { stdout } = await onHost("apollo", ["sh", "-c", 'ls "$0"', `${project.hostDir}/a.py`]);
  expect(stdout).toBe("");
});
