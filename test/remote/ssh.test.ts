import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Host } from "../../src/model/project.ts";
import {
  anotherSessionArgv,
  checkSharingArgv,
  loginArgv,
  parseSettings,
  rsyncShell,
  sessionArgv,
  settingsArgv,
  stopSharingArgv,
  unshared,
} from "../../src/remote/ssh.ts";
import type { Connection, SshSettings } from "../../src/remote/ssh.ts";
import { aConnection } from "../support/connection.ts";

const directory = mkdtempSync(join(tmpdir(), "igor-ssh-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const host = (name: string, more: Partial<Host> = {}): Host => ({
  host: name,
  dir: "/srv",
  tag: undefined,
  user: undefined,
  port: undefined,
  ip: undefined,
  ...more,
});

/** What the real ssh says for a configuration. */
function settingsOf(config: string, of = host("apollo")): SshSettings {
  const file = join(directory, "config");
  writeFileSync(file, config);
  const [ssh, ...words] = settingsArgv(of);
  const { stdout, stderr } = spawnSync(ssh, ["-F", file, ...words], { encoding: "utf8" });
  expect(stderr.replace(/Pseudo-terminal.*\r?\n/, "")).toBe("");
  return parseSettings(stdout);
}

describe("the settings of ssh", () => {
  test("are those of every block that matches", () => {
    const config =
      "Host apollo\n HostName 10.99.0.11\nMatch originalhost apollo user eve\n HostName 10.99.0.12\nHost *\n User dino\n";
    expect(settingsOf(config)).toMatchObject({
      user: "dino",
      hostname: "10.99.0.11",
      multiplexes: false,
    });
    expect(settingsOf(config, host("apollo", { user: "eve" }))).toMatchObject({ user: "eve" });
  });

  test.each([
    ["auto", true],
    ["yes", true],
    ["autoask", true],
    ["no", false],
  ])("with ControlMaster %s share connections: %s", (master, multiplexes) => {
    const path = join(directory, "cm-%C");
    const settings = settingsOf(`ControlMaster ${master}\nControlPath ${path}\n`);
    expect(settings.multiplexes).toBe(multiplexes);
    expect(settings.controlPath).toMatch(/cm-[0-9a-f]{40}$/);
  });

  test.each([
    ["no", "no"],
    ["10m", 600],
    ["0", "yes"],
    ["yes", "yes"],
  ])("with ControlPersist %s keep a connection: %s", (persist, stays) => {
    expect(settingsOf(`ControlPersist ${persist}\n`).stays).toBe(stays);
  });

  test.each([
    ["", ["apollo"]],
    ["HostName 10.99.0.11\nPort 2222", ["[10.99.0.11]:2222", "10.99.0.11"]],
    ["HostName 10.99.0.11\nPort 2222\nHostKeyAlias gpu", ["gpu"]],
  ])("with %j know the host as %j", (config, names) => {
    expect(settingsOf(config).hostKey.names).toEqual(names);
  });

  test.each([
    ['UserKnownHostsFile "/a b/known" /c', ["/a b/known", "/c"]],
    ["UserKnownHostsFile none", []],
  ])("with %j know it from %j", (config, files) => {
    const all = settingsOf(`${config}\nGlobalKnownHostsFile /etc/known`).hostKey.files;
    expect(all).toEqual([...files, "/etc/known"]);
  });

  test.each([
    ["no", false],
    ["off", false],
    ["ask", true],
    ["accept-new", true],
    ["yes", true],
  ])("with StrictHostKeyChecking %s compare its key: %s", (word, isChecked) => {
    expect(settingsOf(`StrictHostKeyChecking ${word}\n`).hostKey).toMatchObject({ isChecked });
  });

  test("share nothing without a path", () => {
    expect(settingsOf("ControlMaster auto\n")).toMatchObject({
      multiplexes: false,
      controlPath: undefined,
    });
    expect(settingsOf("ControlMaster auto\nControlPath none\n")).toMatchObject({
      multiplexes: false,
      controlPath: undefined,
    });
  });
});

describe("the words for ssh", () => {
  const connection = (controlPath: string | undefined, of = host("apollo")): Connection =>
    aConnection({ host: of, controlPath });

  test("open a session that never asks, never forwards, and notices a dead link", () => {
    expect(
      sessionArgv(connection("/run/user/1000/igor/0123"), "exec /bin/sh", "no-tty").join(" "),
    ).toMatchInlineSnapshot(
      `"ssh -T -o BatchMode=yes -o LogLevel=INFO -o ConnectTimeout=5 -o ServerAliveInterval=3 -o ServerAliveCountMax=3 -o ClearAllForwardings=yes -o ForwardX11=no -o ForwardAgent=no -o RemoteCommand=none -o PermitLocalCommand=no -o EscapeChar=none -o ControlMaster=auto -o ControlPersist=600 -o ControlPath=/run/user/1000/igor/0123 -- apollo exec /bin/sh"`,
    );
    expect(sessionArgv(connection(undefined), "id", "tty")).toContain("-tt");
  });

  test.each([
    ["igor's own", connection("/run/igor/0123"), "/run/igor/0123"],
    [
      "the user's",
      { ...connection(undefined), settings: { ...aConnection().settings, controlPath: "/run/cm" } },
      "/run/cm",
    ],
  ])("ask for one more session on %s connection, and for no other way", (_, shared, path) => {
    const words = anotherSessionArgv(shared).join(" ");
    expect(words.replace(/(false) .* (--)/, "$1 ... $2")).toBe(
      `ssh -T -o ControlPath=${path} -o ControlMaster=no -o ProxyCommand=false ... -- apollo exit 0`,
    );
  });

  test("forward nothing, whatever the user's configuration forwards", () => {
    const config = join(directory, "forwards");
    writeFileSync(
      config,
      "ForwardAgent yes\nForwardX11 yes\nLocalForward 5000 localhost:5000\nRemoteForward 5001 localhost:5001\n",
    );
    const [ssh, ...words] = sessionArgv(connection(undefined), "id", "no-tty");
    const { stdout } = spawnSync(ssh, ["-G", "-F", config, ...words], { encoding: "utf8" });
    expect(stdout).toContain("\nclearallforwardings yes\n");
    expect(stdout).toContain("\nforwardagent no\n");
    expect(stdout).toContain("\nforwardx11 no\n");
  });

  test("never have the name of a host where an option could be", () => {
    const of = connection("/run/s", host("-oProxyCommand=id"));
    expect(settingsArgv(of.host).slice(-2)).toEqual(["--", "-oProxyCommand=id"]);
    expect(sessionArgv(of, "id", "no-tty").slice(-3)).toEqual(["--", "-oProxyCommand=id", "id"]);
    expect(stopSharingArgv(of).slice(-2)).toEqual(["--", "-oProxyCommand=id"]);
  });

  test("log in where ssh may ask, over the same connection as everything else", () => {
    const words = loginArgv(connection("/run/s"));
    expect(words).not.toContain("BatchMode=yes");
    expect(words.slice(-3)).toEqual(["--", "apollo", "exit 0"]);
    const session = sessionArgv(connection("/run/s"), "exit 0", "no-tty");
    expect(session.filter((word) => !words.includes(word))).toEqual(["BatchMode=yes"]);
    expect(checkSharingArgv(connection("/run/s")).slice(0, 3)).toEqual(["ssh", "-O", "check"]);
  });

  test("leave the user's own shared connection to the user, and can do without it", () => {
    expect(sessionArgv(connection(undefined), "id", "no-tty").join(" ")).not.toContain("Control");
    expect(sessionArgv(unshared(connection(undefined)), "id", "no-tty")).toContain(
      "ControlPath=none",
    );
    expect(stopSharingArgv(connection("/x")).slice(0, 3)).toEqual(["ssh", "-O", "stop"]);
  });

  test("name the login and the port only where the configuration of igor does", () => {
    const words = sessionArgv(
      connection(undefined, host("apollo", { user: "eve", port: 2222 })),
      "id",
      "no-tty",
    ).join(" ");
    expect(words).toContain("-l eve -p 2222 -- apollo id");
    expect(sessionArgv(connection(undefined), "id", "no-tty")).not.toContain("-l");
  });

  test("survive the real ssh, also with a path that has spaces, quotes and percent signs", () => {
    for (const path of [
      join(directory, "a b"),
      join(directory, "100%h"),
      join(directory, "it's"),
      join(directory, 'say "hi"'),
      join(directory, "back\\slash"),
    ]) {
      const [ssh, ...words] = sessionArgv(connection(path), "id", "no-tty");
      const { stdout } = spawnSync(ssh, ["-G", ...words], { encoding: "utf8" });
      expect(parseSettings(stdout).controlPath?.replaceAll("%%", "%")).toBe(path);
    }
  });

  test("are read by rsync as the same words", () => {
    writeFileSync(
      join(directory, "words"),
      `#!/bin/sh\nprintf '%s\\n' "$@" >'${directory}/said'\nexit 1\n`,
      { mode: 0o755 },
    );
    for (const path of [
      "/run/s/0123",
      "/run/a b/0123",
      "/run/it's here/0123",
      "/home/o'brien/0",
      '/run/say "hi"/0',
    ]) {
      const expected = sessionArgv(connection(path), "", "no-tty").slice(2, -3);
      const shell = rsyncShell(connection(path)).replace(/^ssh/, `${directory}/words`);
      spawnSync("rsync", ["-e", shell, "apollo:x", "/dev/null"]);
      const words = readFileSync(join(directory, "said"), "utf8").split("\n");
      expect(words.slice(0, expected.length)).toEqual(expected);
    }
  });
});
