import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { aDesk } from "../support/run-igor.ts";
import type { Desk } from "../support/run-igor.ts";

const hosts = [{ host: "apollo", dir: "~/d" }];
const more = {
  mounts: [
    { source: "/data", target: "/data" },
    { source: "~/my sets", target: "/sets", readonly: true },
  ],
  docker_args: ["--privileged", "--label", "a b"],
  network: "host",
  env: { WANDB_API_KEY: null, MODE: "fast" },
};
const secret = { WANDB_API_KEY: "wandb-0123456789" };

/** A project with an ssh that notes how it is called and reaches nothing. */
function aProject(config: Readonly<Record<string, unknown>>): Desk {
  const desk = aDesk({
    ".igor/config.json": configOf(config),
    Dockerfile: "FROM scratch\n",
    "../home/bin/ssh":
      '#!/bin/sh\n[ "$1" != -G ] || exec /usr/bin/ssh "$@"\necho "$*" >>"$HOME/asked"\nexit 255\n',
  });
  chmodSync(join(desk.env["HOME"] ?? "", "bin/ssh"), 0o755);
  return desk;
}

const configOf = (config: Readonly<Record<string, unknown>>) =>
  JSON.stringify({ host_groups: { dev: { hosts }, other: { hosts } }, ...config }, null, 2);

/** How a setup ended, and whether ssh was called for it. */
async function setup(desk: Desk, words: readonly string[] = [], env = secret) {
  const home = desk.env["HOME"] ?? "";
  rmSync(join(home, "asked"), { force: true });
  const path = { PATH: `${home}/bin:${desk.env["PATH"] ?? ""}` };
  const ran = await desk.igor(["docker", "setup", ...words], { env: { ...env, ...path } });
  const said = (ran.stdout + ran.stderr).replaceAll(desk.root, "/home/me/toy");
  return { exitCode: ran.exitCode, said, connects: existsSync(join(home, "asked")) };
}

const trusted = { connects: true, exitCode: 1 };
const refused = { connects: false, exitCode: 2 };

/** The names of all files of igor's state, but for its journals. */
function stateFiles(desk: Desk): readonly string[] {
  const directory = desk.env["XDG_STATE_HOME"] ?? "";
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true, encoding: "utf8" })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("journal"))
    .map(({ name }) => name);
}

describe("a configuration that asks for more than its own container", () => {
  test("is shown before anything is sent, and refused", async () => {
    using desk = aProject(more);
    const ran = await setup(desk);
    expect(ran).toMatchObject(refused);
    expect(ran.said).toMatchInlineSnapshot(`
      "✗ the configuration asks for more of apollo than the project's own container
        /home/me/toy/.igor/config.json
        | mounts: /data of apollo at /data, writable
        | mounts: '~/my sets' of apollo at /sets, read-only
        | docker_args: --privileged --label 'a b'
        | network: host
        | env: WANDB_API_KEY of this machine
        → in a terminal igor asks whether you trust that; when you have read it, the same command with --trust agrees without a question
      "
    `);
    expect(stateFiles(desk)).toEqual([]);
  });

  test("is obeyed with --trust, and from then on", async () => {
    using desk = aProject(more);
    expect(await setup(desk, ["--trust"])).toMatchObject(trusted);
    expect(stateFiles(desk)).toEqual(["trust.json"]);
    expect(await setup(desk)).toMatchObject(trusted);
    expect(await setup(desk, ["--host", "apollo"])).toMatchObject(trusted);
  });

  test.each<[string, object]>([
    ["a mount", { mounts: [{ source: "/", target: "/data" }] }],
    ["a word of docker_args", { docker_args: ["--privileged", "--label", "b"] }],
    ["the network", { network: "container:db" }],
    ["a variable", { env: { WANDB_API_KEY: null, HOME: null } }],
    ["a host", { host_groups: { dev: { hosts: [{ host: "evil", dir: "~/d" }] } } }],
    ["its directory", { host_groups: { dev: { hosts: [{ host: "apollo", dir: "~/e" }] } } }],
  ])("is shown again when %s has changed", async (_, changed) => {
    using desk = aProject(more);
    await setup(desk, ["--trust"]);
    desk.write({ ".igor/config.json": configOf({ ...more, ...changed }) });
    expect(await setup(desk)).toMatchObject(refused);
    desk.write({ ".igor/config.json": configOf(more) });
    expect(await setup(desk)).toMatchObject(trusted);
  });

  test("is told to programs as an event, without the value", async () => {
    using desk = aProject(more);
    const { said, ...ran } = await setup(desk, ["--json"]);
    expect(ran).toEqual(refused);
    expect(JSON.parse(said)).toMatchObject({
      type: "failed",
      failure: { reason: "not-trusted", asked: { network: "host", env: ["WANDB_API_KEY"] } },
    });
    expect(said).not.toContain(secret.WANDB_API_KEY);
  });

  test("may be looked at with --plan, and does not keep from a build", async () => {
    using desk = aProject(more);
    const planned = await setup(desk, ["--plan"], {} as typeof secret);
    expect(planned).toMatchObject({ exitCode: 0, connects: false });
    expect(planned.said).toContain("WANDB_API_KEY");
    const { stderr } = await desk.igor(["docker", "build"], {
      env: { PATH: `${desk.env["HOME"] ?? ""}/bin:${desk.env["PATH"] ?? ""}` },
    });
    expect(stderr).not.toContain("--trust");
  });

  test("says so when what was agreed to cannot be noted, and begins nothing", async () => {
    using desk = aProject(more);
    desk.write({ "../home/state": "" });
    const ran = await setup(desk, ["--trust"]);
    expect(ran).toMatchObject({ connects: false, exitCode: 1 });
    expect(ran.said).toContain("/state/igor/projects");
  });
});

test("a configuration that asks for nothing more is not asked about, and nothing is noted of it", async () => {
  using desk = aProject({ env: { MODE: "fast" }, ports: [6006], network: "mine" });
  mkdirSync(join(desk.env["HOME"] ?? "", "state"), { recursive: true });
  expect(await setup(desk)).toMatchObject(trusted);
  expect(await setup(desk, ["--trust"])).toMatchObject(trusted);
  expect(stateFiles(desk)).toEqual([]);
});

describe("a variable that has its value from the environment", () => {
  const config = {
    env: { WANDB_API_KEY: null, HF_TOKEN: null, A: "1", EMPTY: null },
  };

  test("and is not set is told before anything is sent, with all others and where they are", async () => {
    using desk = aProject(config);
    const ran = await setup(desk, ["--trust"], { EMPTY: "" } as unknown as typeof secret);
    expect(ran).toMatchObject(refused);
    expect(ran.said).toMatchInlineSnapshot(`
      "✗ the container is to get 2 variables of this machine that are not set here
        | /home/me/toy/.igor/config.json:21: WANDB_API_KEY
        | /home/me/toy/.igor/config.json:22: HF_TOKEN
        → export them where you call igor, or write values in place of null
      "
    `);
    const one = await setup(desk, [], { ...secret, EMPTY: "" } as typeof secret);
    expect(one.said).toMatchInlineSnapshot(`
      "✗ the container is to get HF_TOKEN of this machine, which is not set here
        /home/me/toy/.igor/config.json:22
        → export it where you call igor, or write a value in place of null
      "
    `);
  });

  test("is in the configuration that counts by its name alone, and missed by its check", async () => {
    using desk = aProject(config);
    const env = { ...secret, EMPTY: "" };
    const shown = await desk.igor(["config", "show"], { env });
    expect(shown.stdout.split("\n").filter((line) => line.startsWith("env")))
      .toMatchInlineSnapshot(`
      [
        "env.WANDB_API_KEY                environment",
        "env.HF_TOKEN                     environment",
        "env.A                            line 23      "1"",
        "env.EMPTY                        environment",
      ]
    `);
    const asJson = await desk.igor(["config", "show", "--json"], { env });
    const { settings } = JSON.parse(asJson.stdout) as { readonly settings: readonly object[] };
    expect(settings).toContainEqual({
      key: "env.WANDB_API_KEY",
      value: null,
      from: "environment",
      line: expect.any(Number) as number,
    });
    const checked = await desk.igor(["config", "check"], { env });
    expect(checked.stderr).toMatchInlineSnapshot(`
      "warning: env.HF_TOKEN is to have the value of this machine, where it is not set: igor docker setup will refuse; export it, or write a value in place of null
      "
    `);
    for (const { stdout, stderr } of [shown, asJson, checked])
      expect(stdout + stderr).not.toContain(secret.WANDB_API_KEY);
  });

  test("is in no plan, in no journal and no event by its value", async () => {
    using desk = aProject({ env: { WANDB_API_KEY: null } });
    const said = [
      await setup(desk, ["--plan"]),
      await setup(desk, ["--plan", "--json"]),
      await setup(desk, ["--plan", "--verbose"]),
      await setup(desk, ["--trust", "--json"]),
    ].map((ran) => ran.said);
    for (const text of said.slice(0, 3)) expect(text).toContain("WANDB_API_KEY");
    const kept = readdirSync(desk.env["HOME"] ?? "", { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name), "utf8"));
    expect(kept.length).toBeGreaterThan(3);
    expect([...said, ...kept].join("\n")).not.toContain(secret.WANDB_API_KEY);
  });
});
