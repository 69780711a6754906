import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { hostAddress, onHost } from "../hosts/bed.ts";
import { startRelay } from "../hosts/relay.mjs";
import { linesAbout } from "../support/doctor-lines.ts";
import { steady } from "../support/docker-project.ts";
import { during, reloadSshd } from "../support/during.ts";
import { aLaptop, aProject } from "../support/laptop.ts";
import type { Laptop } from "../support/laptop.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const address = await hostAddress("apollo");
const place = temporaryDirectory("igor-doctor-");
const project = aProject({ "a.py": "1\n" });
const laptops: Laptop[] = [];
afterAll(() => Promise.all(laptops.map((laptop) => laptop.close())));

function onLaptop(sshConfig: string, through: Readonly<Record<string, number>> = {}): Laptop {
  const laptop = aLaptop({ sshConfig: `Host apollo\n${sshConfig}\nHost *`, through });
  laptops.push(laptop);
  return laptop;
}

/** What doctor says of some things on the way to apollo, with these lines in the user's ssh configuration. */
async function told(sshConfig: string, ...names: readonly string[]): Promise<string> {
  const { stdout } = await onLaptop(sshConfig).igor(project, ["doctor"]);
  return steady(linesAbout(stdout, ...names), project)
    .replaceAll(place, "PLACE")
    .replaceAll(/SHA256:[\w+/]+/g, "SHA256:...")
    .replaceAll(/\S+bed-ssh-config/g, "CONFIG")
    .replaceAll(/(nowhere\/\w+)\.\w{16}/g, "$1.XXXX");
}

describe("the shared connection", () => {
  test("is igor's own where the user's configuration has none", async () => {
    expect(await told("ControlMaster no\nControlPath none", "sharing")).toMatchInlineSnapshot(
      `"  ok    sharing    igor's own connection is shared, and stays for 1 s after its last use"`,
    );
  });

  test("is the user's where that shares one, and is told of when it keeps none", async () => {
    const shared = `ControlMaster auto\nControlPath ${place}/%C`;
    expect(await told(`${shared}\nControlPersist 20`, "sharing")).toMatchInlineSnapshot(
      `"  ok    sharing    that of your ssh configuration is shared, and stays for 1 s"`,
    );
    expect(await told(`${shared}-none\nControlPersist no`, "sharing")).toMatchInlineSnapshot(`
      "  warn  sharing    your ssh configuration shares connections and keeps none (ControlPersist no): every command logs in anew
                         → set \`ControlPersist 10m\` for \`apollo\` in ~/.ssh/config"
    `);
  });

  test("that takes no other session is told of", async () => {
    const said = await during(
      `echo 'MaxSessions 1' >>/etc/ssh/sshd_config; ${reloadSshd}`,
      `sed -i /MaxSessions/d /etc/ssh/sshd_config; ${reloadSshd}`,
      () => told("", "login", "sharing"),
    );
    expect(said).toMatchInlineSnapshot(`
      "  ok    login      works without a question
        warn  sharing    no other session fits on the shared connection (MaxSessions of its sshd): the next command logs in anew
                         → end a session that runs there, or allow more in /etc/ssh/sshd_config on apollo, e.g. \`MaxSessions 10\`"
    `);
  });
});

describe("the host key", () => {
  const keyOf = async (): Promise<string> => {
    const { stdout } = await onHost("apollo", ["cat", "/etc/ssh/ssh_host_ed25519_key.pub"]);
    return stdout.split(" ").slice(0, 2).join(" ");
  };
  const knownIn = (file: string): string =>
    `UserKnownHostsFile "${place}/${file}"\nGlobalKnownHostsFile none`;

  test("is told with where this machine knows it from, under whatever name", async () => {
    mkdirSync(join(place, "my keys"));
    writeFileSync(join(place, "my keys/known"), `# mine\n${address} ${await keyOf()}\n`);
    expect(await told(knownIn("my keys/known"), "host-key", "login")).toMatchInlineSnapshot(`
      "  ok    host-key   ED25519, known from PLACE/my keys/known:2
        ok    login      works without a question"
    `);
    const named = `${knownIn("hashed")}\nHashKnownHosts yes\nHostKeyAlias gpu\nStrictHostKeyChecking accept-new`;
    expect(await told(named, "host-key")).toMatchInlineSnapshot(
      `"  ok    host-key   ED25519, known from PLACE/hashed:1"`,
    );
    expect(readFileSync(join(place, "hashed"), "utf8")).toMatch(/^\|1\|/);
  });

  test("that only a command knows is accepted all the same", async () => {
    const command = join(place, "keys");
    writeFileSync(command, `#!/bin/sh\necho '${address} ${await keyOf()}'\n`, { mode: 0o755 });
    const known = `UserKnownHostsFile none\nGlobalKnownHostsFile none\nKnownHostsCommand ${command}`;
    expect(await told(known, "host-key")).toMatchInlineSnapshot(
      `"  ok    host-key   no known_hosts file has it: ssh accepts it otherwise, e.g. by KnownHostsCommand"`,
    );
  });

  test("that nobody compares is a warning", async () => {
    expect(await told("StrictHostKeyChecking no", "host-key")).toMatchInlineSnapshot(`
      "  warn  host-key   ssh does not compare it with the known one (StrictHostKeyChecking no): whoever answers there gets your files
                         → take that out of your ssh configuration for \`apollo\`, and accept the key once with \`igor login --host apollo\`"
    `);
  });

  test("that was never seen, or is another one, fails before the login", async () => {
    const unseen = `${knownIn("none")}\nStrictHostKeyChecking ask`;
    expect(await told(unseen, "host-key", "login")).toMatchInlineSnapshot(`
      "  fail  host-key   this machine has not seen its host key before, so ssh does not trust it yet
                         | Host key verification failed.
                         → run \`igor login --host apollo\` once: it shows the key's fingerprint and asks; compare it with what the machine's administrator gives you, or with \`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub\` on its console"
    `);
    const other = (await keyOf()).replace(/.{8}$/, "AAAAAAAA");
    writeFileSync(join(place, "changed"), `${address} ${other}\n`);
    expect(await told(knownIn("changed"), "host-key", "login")).toMatchInlineSnapshot(`
      "  fail  host-key   its host key is not the one that this machine knows; nothing was sent
                         | the known key: PLACE/changed:1
                         | The fingerprint for the ED25519 key sent by the remote host is
                         | SHA256:....
                         | Offending ED25519 key in PLACE/changed:1
                         | Either the machine was installed anew, or its name now belongs to another machine, or somebody is in between.
                         → first compare the fingerprint with the machine's administrator or on its console (\`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub\`); only if it is right, forget the old key with \`ssh-keygen -f "PLACE/changed" -R "10.99.0.1"\`, then \`igor login --host apollo\` once"
    `);
  });

  test("is right where only the login is refused", async () => {
    writeFileSync(join(place, "known"), `${address} ${await keyOf()}\n`);
    const refused = `${knownIn("known")}\nPubkeyAuthentication no`;
    expect(await told(refused, "host-key", "login")).toMatchInlineSnapshot(`
      "  ok    host-key   ED25519, known from PLACE/known:1
        fail  login      the login was refused (Permission denied)
                         | dino@10.99.0.1: Permission denied (publickey,password).
                         → if the login needs a password, a passphrase or a second factor, give it with \`igor login --host apollo\`; else check User and IdentityFile of \`apollo\` in your ssh config, and \`ssh-add -l\`"
    `);
  });
});

test("a mistake in the ssh configuration is told before anything is tried", async () => {
  expect(await told("Hostnaem x", "address", "host-key", "login")).toMatchInlineSnapshot(`
    "  fail  address    ssh does not accept its configuration
                       | ~/.ssh/config, or the options for this host in .igor/config.json
                       | CONFIG: line 2: Bad configuration option: hostnaem
                       | CONFIG: terminating, 1 bad configuration options
                       → correct the line that ssh names, then try \`ssh apollo true\`"
  `);
});

test("a host that is far away is told, with its distance", async () => {
  const relay = await startRelay({ target: { host: address, port: 22 } });
  const laptop = onLaptop("", { apollo: relay.port });
  await laptop.igor(project, ["status"]);
  relay.setDelay(150);
  const { stdout } = await laptop.igor(project, ["doctor"]);
  expect(linesAbout(stdout, "latency").replace(/\b[3-9]\d\d ms/, "3NN ms")).toMatchInlineSnapshot(`
    "  warn  latency    3NN ms there and back, which is felt with every command
                       → a VPN or a jump host may be on the way: \`ssh -G apollo | grep proxy\`, \`ping\`"
  `);
  await relay.close();
});
