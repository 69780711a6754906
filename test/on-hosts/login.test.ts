import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { asks, passphrase, password, startAskingSshd } from "../support/asking-sshd.ts";
import { aLaptop, aProject, igorProgram } from "../support/laptop.ts";
import type { Laptop, TestProject } from "../support/laptop.ts";
import { openTerminal } from "../support/terminal.ts";
import type { Terminal } from "../support/terminal.ts";

const place = mkdtempSync(join(tmpdir(), "igor-login-"));
const sshd = await startAskingSshd("apollo", place);
const laptops: Laptop[] = [];
afterAll(async () => {
  await Promise.all(laptops.map((laptop) => laptop.close()));
  await sshd.stop();
  rmSync(place, { recursive: true, force: true });
});

function onLaptop(...lines: readonly string[]): Laptop {
  const laptop = aLaptop({ sshConfig: ["Host apollo", ...lines, "Host *"].join("\n  ") });
  laptops.push(laptop);
  return laptop;
}

/** A laptop for which apollo asks. */
const asked = (what: keyof typeof asks, ...lines: readonly string[]): Laptop =>
  onLaptop(`Port ${String(asks[what])}`, "HostKeyAlias apollo", ...lines);

function login(laptop: Laptop, { root }: TestProject, ...words: readonly string[]): Terminal {
  const script = 'trap : INT; cd "$1"; shift; "$@"; echo "exit code $?"; exec sleep 60';
  const igor = [process.execPath, igorProgram, "login", ...words];
  return openTerminal(["sh", "-c", script, "sh", root, ...igor], laptop.env);
}

/** The pid of the only child of a process. */
const childOf = (pid: number): number =>
  Number(execFileSync("pgrep", ["-P", String(pid)], { encoding: "utf8" }));

/** What push says in a pipe. */
async function push(laptop: Laptop, project: TestProject): Promise<string> {
  const { exitCode, stderr } = await laptop.igor(project, ["push"]);
  return `${stderr}exit code ${String(exitCode)}`;
}

test("a password that every other verb would have to ask for is asked for once", async () => {
  const laptop = asked("password");
  const project = aProject({ "a.py": "1\n" });
  expect(await push(laptop, project)).toContain("give it with `igor login --host apollo`");

  using terminal = login(laptop, project);
  await terminal.shows(/password: *$/m);
  terminal.enter(password);
  const screen = await terminal.shows("exit code");
  expect(screen.trimEnd().replace(/.*password: *\n/, "PASSWORD\n")).toMatchInlineSnapshot(`
    "apollo: ssh logs in
    PASSWORD
    apollo: logged in; no command asks again until it was unused for 10 min
    exit code 0"
  `);
  expect(screen).not.toContain(password);
  expect(await push(laptop, project)).toContain("exit code 0");

  using again = login(laptop, project);
  expect((await again.shows("exit code")).trimEnd()).toMatchInlineSnapshot(`
    "apollo: the connection is open already
    exit code 0"
  `);
});

test("a second factor asks all that it wants to know", async () => {
  const laptop = asked("second-factor");
  const project = aProject({ "a.py": "1\n" });
  using terminal = login(laptop, project);
  await terminal.shows(/^\(dino@.*\) Password: *$/m);
  terminal.enter(password);
  await terminal.shows(/Password: *\n.*Password: *$/m);
  terminal.enter(password);
  expect(await terminal.shows("exit code")).toContain("exit code 0");
  expect(await push(laptop, project)).toContain("exit code 0");
});

test("a key opens with its passphrase", async () => {
  const laptop = asked("passphrase", `IdentityFile ${sshd.key}`);
  const project = aProject({ "a.py": "1\n" });
  expect(await push(laptop, project)).toContain("igor login --host apollo");
  using terminal = login(laptop, project);
  await terminal.shows("Enter passphrase for key");
  terminal.enter(passphrase);
  expect(await terminal.shows("exit code")).toContain("exit code 0");
  expect(await push(laptop, project)).toContain("exit code 0");
});

test.each(["ask", "yes"])(
  "an unknown host key is shown, and known once it is said to be right: %s",
  async (strict) => {
    const known = join(place, `known_hosts-${strict}`);
    const laptop = onLaptop(
      `UserKnownHostsFile ${known}`,
      `StrictHostKeyChecking ${strict}`,
      "HostKeyAlias new",
    );
    const project = aProject({ "a.py": "1\n" });
    expect(await push(laptop, project)).toContain("run `igor login --host apollo` once");
    using terminal = login(laptop, project);
    const question = await terminal.shows("Are you sure you want to continue connecting");
    expect(question).toContain("key fingerprint is SHA256:");
    terminal.enter("yes");
    expect(await terminal.shows("exit code")).toContain("exit code 0");
    expect(await push(laptop, project)).toContain("exit code 0");
  },
);

test("a wrong password is told by ssh, and three of them end the login", async () => {
  const laptop = asked("password");
  const project = aProject({ "a.py": "1\n" });
  using terminal = login(laptop, project);
  for (const time of [1, 2, 3]) {
    await terminal.shows(new RegExp(`(password: *\\n[^]*){${String(time - 1)}}password: *$`));
    terminal.enter("wrong");
  }
  const screen = await terminal.shows("exit code");
  expect(screen.trimEnd().replaceAll(/dino@[\d.]+/g, "dino@ADDRESS")).toMatchInlineSnapshot(`
    "apollo: ssh logs in
    dino@apollo's password: 
    Permission denied, please try again.
    dino@apollo's password: 
    Permission denied, please try again.
    dino@apollo's password: 
    dino@ADDRESS: Permission denied ().
    ✗ apollo: ssh did not log in
      → its words above say why; \`igor login --host apollo\` tries again
    exit code 1"
  `);
});

test("Ctrl-C at the question ends the login and leaves the other hosts alone", async () => {
  const laptop = asked("password");
  const project = aProject({ "a.py": "1\n" });
  using terminal = login(laptop, project, "-g", "cluster");
  await terminal.shows(/password: *$/m);
  terminal.keys("C-c");
  const screen = await terminal.shows("exit code");
  expect(screen).toContain("exit code 130");
  expect(screen).not.toContain("enterprise");
});

test("what Ctrl-C has ended ends the login also when igor hears of it later", async () => {
  const laptop = asked("password");
  const project = aProject({ "a.py": "1\n" });
  using terminal = login(laptop, project, "-g", "cluster");
  await terminal.shows(/password: *$/m);
  process.kill(childOf(childOf(terminal.pid)), "SIGINT");
  const screen = await terminal.shows("exit code");
  expect(screen).toContain("- cancelled\nexit code 130");
  expect(screen).not.toContain("enterprise");
});

test("a host that is not there does not keep the others from being opened", async () => {
  const laptop = onLaptop("Port 9");
  const project = aProject({ "a.py": "1\n" });
  using terminal = login(laptop, project, "-g", "cluster");
  const screen = await terminal.shows("exit code");
  expect(screen.trimEnd().replaceAll(/connect to host [\d.]+/g, "connect to host ADDRESS"))
    .toMatchInlineSnapshot(`
    "apollo: ssh logs in
    ssh: connect to host ADDRESS port 9: Connection refused
    ✗ apollo: ssh did not log in
      → its words above say why; \`igor login --host apollo\` tries again
    enterprise: ssh logs in
    enterprise: logged in; no command asks again until it was unused for 10 min
    exit code 1"
  `);
});

test("a connection that the user's own ssh configuration shares is opened as it says there", async () => {
  const path = join(place, "cm-%C");
  const laptop = asked(
    "password",
    "ControlMaster auto",
    `ControlPath ${path}`,
    "ControlPersist 120",
  );
  const project = aProject({ "a.py": "1\n" });
  using terminal = login(laptop, project);
  await terminal.shows(/password: *$/m);
  terminal.enter(password);
  expect(await terminal.shows("exit code")).toContain(
    "until it was unused for 2 min, as your ssh configuration says",
  );
  expect(await push(laptop, project)).toContain("exit code 0");
});

test("nobody is asked for a login that the user's own ssh configuration would not keep", async () => {
  const path = join(place, "none-%C");
  const laptop = asked("password", "ControlMaster auto", `ControlPath ${path}`);
  using terminal = login(laptop, aProject({ "a.py": "1\n" }));
  const screen = await terminal.shows("exit code");
  expect(screen.trimEnd()).toMatchInlineSnapshot(`
    "✗ apollo: your ssh configuration ends a shared connection with its last command, so every command
      would ask again
      ~/.ssh/config: ControlMaster and ControlPath for apollo, with ControlPersist no
      → set \`ControlPersist 10m\` there, or keep \`ssh apollo\` open in another terminal while you work
    exit code 1"
  `);
});

test("without a terminal nobody can be asked, which is told", async () => {
  const { exitCode, stderr } = await onLaptop().igor(aProject({}), ["login"]);
  expect(`${stderr}exit code ${String(exitCode)}`).toMatchInlineSnapshot(`
    "✗ igor login needs a terminal: ssh asks there, and a person answers
      → run \`igor login\` in a terminal, without a pipe; afterwards scripts need none
    exit code 2"
  `);
});
