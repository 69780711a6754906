import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { aDesk } from "../support/run-igor.ts";

const config = `{
  // The machines.
  "user": "dino",
  "docker_rebuild_files": ["requirements*.txt", "gone.txt"],
  "env": { "A": "1" },
  "host_groups": {
    "dev": { "hosts": [{ "host": "apollo", "dir": "~/d", "port": 2222 }] },
    "a.b": { "hosts": [{ "host": "gpu3", "dir": "/d", "user": "root" }] },
  },
}
`;

describe("igor config show", () => {
  test("tells of every key which value counts and where it comes from", async () => {
    using desk = aDesk({ ".igor/config.json": config, dockerfile: "FROM scratch\n" });
    const { stdout, stderr, exitCode } = await desk.igor(["config", "show"]);
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    expect(stdout.replaceAll(desk.root, "/home/me/toy")).toMatchInlineSnapshot(`
      "toy  /home/me/toy/.igor/config.json

      host_groups.dev.hosts[0].host     line 7     "apollo"
      host_groups.dev.hosts[0].dir      line 7     "~/d"
      host_groups.dev.hosts[0].port     line 7     2222
      host_groups.dev.hosts[0].user     as user    "dino"
      host_groups["a.b"].hosts[0].host  line 8     "gpu3"
      host_groups["a.b"].hosts[0].dir   line 8     "/d"
      host_groups["a.b"].hosts[0].user  line 8     "root"
      project                           default    "toy"
      user                              line 3     "dino"
      dockerfile                        default    "dockerfile"
      docker_rebuild_files              line 4     ["requirements*.txt","gone.txt"]
      build_args                        default    {}
      engine                            default    "docker"
      workspace                         default    "/workspace"
      python                            default    "python3"
      repl_cmd                          as python  "python3"
      debug_port                        not set
      gpus                              default    "auto"
      shm_size                          default    "8g"
      env.A                             line 5     "1"
      mounts                            default    []
      ports                             default    []
      container_user                    default    "host"
      network                           not set
      docker_args                       default    []
      exclude                           default    []
      outputs                           default    []
      shared                            default    []
      debug.path_mappings               default    []
      "
    `);
  });

  test("tells of one group only, and of one that is not there like every verb", async () => {
    using desk = aDesk({ ".igor/config.json": config });
    const { stdout } = await desk.igor(["config", "show", "-g", "dev"]);
    expect(stdout).toContain("host_groups.dev.hosts[0].dir");
    expect(stdout).not.toContain("gpu3");
    const refused = await desk.igor(["config", "show", "-g", "dve"]);
    expect(refused).toMatchObject({ exitCode: 2, stdout: "" });
    expect(refused.stderr).toContain("did you mean `dev`?");
  });

  test("gives programs the same as JSON", async () => {
    using desk = aDesk({ ".igor/config.json": config });
    const { stdout } = await desk.igor(["config", "show", "--json"]);
    const shown = JSON.parse(stdout) as { readonly settings: readonly { key: string }[] };
    const settings = new Map(shown.settings.map(({ key, ...setting }) => [key, setting]));
    expect(shown).toMatchObject({ version: 1, project: "toy" });
    expect(settings.get("docker_rebuild_files")).toEqual({
      value: ["requirements*.txt", "gone.txt"],
      from: "file",
      line: 4,
    });
    expect(settings.get("repl_cmd")).toEqual({ value: "python3", from: "key", fromKey: "python" });
    expect(settings.get("network")).toEqual({ from: "not-set" });
  });

  test("shows every mistake instead of a configuration that has some", async () => {
    using desk = aDesk({ ".igor/config.json": '{ "host_groups": {}, "usr": 1 }' });
    const { stdout, stderr, exitCode } = await desk.igor(["config", "show"]);
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
    expect(stderr).toContain("2 mistakes");
  });
});

describe("igor config check", () => {
  test("says in one line what it has checked", async () => {
    using desk = aDesk({
      ".igor/config.json": config.replace(', "gone.txt"', ""),
      Dockerfile: "FROM scratch\n",
      "requirements-dev.txt": "",
      "src/a.py": "",
    });
    const { stdout, stderr, exitCode } = await desk.igor(["config", "check"], { below: "src" });
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    expect(stdout.replaceAll(desk.root, "/home/me/toy")).toMatchInlineSnapshot(`
      "/home/me/toy/.igor/config.json of toy is fine: host groups dev (1 host), a.b (1 host); Dockerfile found; every entry of docker_rebuild_files found
      "
    `);
  });

  test("warns of what is valid and will not work", async () => {
    using desk = aDesk({ ".igor/config.json": config.replace('"dev"', '"prod"') });
    const { stdout, stderr, exitCode } = await desk.igor(["config", "check"]);
    expect(exitCode).toBe(0);
    expect((stdout + stderr).replaceAll(desk.root, "/home/me/toy")).toMatchInlineSnapshot(`
      "/home/me/toy/.igor/config.json of toy is valid, with 4 warnings: host groups prod (1 host), a.b (1 host)
      warning: there is no Dockerfile: igor docker build and setup will refuse; write it, or name another one in dockerfile
      warning: docker_rebuild_files: no file that is pushed matches requirements*.txt: igor docker build and setup will refuse; correct or remove it
      warning: docker_rebuild_files: no file that is pushed matches gone.txt: igor docker build and setup will refuse; correct or remove it
      warning: there is no host group dev, which is meant when none is named: each command will need -g with one of prod, a.b
      "
    `);
    const { stdout: json } = await desk.igor(["config", "check", "--json"]);
    expect(JSON.parse(json)).toMatchObject({
      version: 1,
      hostGroups: { prod: 1, "a.b": 1 },
      warnings: [
        { kind: "dockerfile-missing" },
        { kind: "rebuild-file-missing", pattern: "requirements*.txt" },
        { kind: "rebuild-file-missing", pattern: "gone.txt" },
        { kind: "no-default-group" },
      ],
    });
  });

  test("finds two hosts that are one machine with one directory, and asks no host", async () => {
    const hosts = ["one", "other", "elsewhere", "behind", "hind"].map((host) => ({
      host,
      dir: "/d",
    }));
    using desk = aDesk({
      ".igor/config.json": JSON.stringify({ host_groups: { dev: { hosts } } }),
      Dockerfile: "FROM scratch\n",
      "../home/ssh_config": [
        "CanonicalizeHostname yes",
        "Host one other\n  HostName 192.0.2.1",
        "Host elsewhere\n  HostName 192.0.2.2",
        "Host behind hind\n  HostName localhost\n  ProxyCommand ssh gate nc %n 22",
      ].join("\n"),
      "../home/bin/ssh":
        '#!/bin/sh\necho "$@" >>"$HOME/asked"\nexec /usr/bin/ssh -F "$HOME/ssh_config" "$@"\n',
    });
    chmodSync(join(desk.env["HOME"] ?? "", "bin/ssh"), 0o755);
    const env = { PATH: `${desk.env["HOME"] ?? ""}/bin:${desk.env["PATH"] ?? ""}` };
    const { stderr } = await desk.igor(["config", "check"], { env });
    expect(stderr).toBe(
      "warning: host_groups.dev: one and other are the same machine for ssh, and both have the dir /d: they would get in each other's way; give one of them another dir\n",
    );
    const asked = readFileSync(join(desk.env["HOME"] ?? "", "asked"), "utf8")
      .trim()
      .split("\n");
    expect(asked).toHaveLength(5);
    for (const words of asked) expect(words).toMatch(/^-o CanonicalizeHostname=no -G -- /);
  });

  test("shows every mistake at once, with exit code 2, to programs as an event", async () => {
    using desk = aDesk({ ".igor/config.json": '{\n  "host_groups": {},\n  "usr": 1\n}\n' });
    const { stdout, stderr, exitCode } = await desk.igor(["config", "check"]);
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
    expect(stderr).toMatch(/config\.json:2:\d+: host_groups.*\n(?:.*\n)*.*config\.json:3:3: usr/);
    const { stdout: json } = await desk.igor(["config", "check", "--json"]);
    expect(JSON.parse(json)).toMatchObject({
      type: "failed",
      failure: { reason: "config-invalid" },
    });
  });
});
