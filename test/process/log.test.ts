import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { journalFiles, readJournalFile } from "../../src/project/journal-read.ts";
import { aDesk } from "../support/run-igor.ts";
import type { Desk } from "../support/run-igor.ts";

// No name server is asked for this name, and nothing answers there.
const config = {
  ".igor/config.json": JSON.stringify({
    env: { HF_TOKEN: "hf_0123456789" },
    host_groups: { dev: { hosts: [{ host: "127.0.0.1", port: 9, dir: "~/d" }] } },
  }),
};

/** Where the journals of a desk's project are, as this process sees them. */
function filesOf(desk: Desk): readonly string[] {
  const before = process.env["XDG_STATE_HOME"];
  process.env["XDG_STATE_HOME"] = desk.env["XDG_STATE_HOME"];
  const files = journalFiles(desk.root);
  if (before === undefined) delete process.env["XDG_STATE_HOME"];
  else process.env["XDG_STATE_HOME"] = before;
  return files;
}

/** What igor printed, without what differs from run to run. */
const steady = (text: string, { root }: Desk): string =>
  text
    .replaceAll(root, "/home/me/toy")
    // The number of the process may have a digit less than that of another.
    .replace(/\d{8}-\d{6}\.\d{3}-\d+( *)/g, (_, spaces: string) => (spaces === "" ? "ID" : "ID  "))
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, "TIME")
    .replace(/\b(?:\d+\.\d s|[\d.]+ ms)\b/g, "1.0 s")
    .replace(/igor \d.*$/gm, "SYSTEM");

describe("igor log", () => {
  test("lists actions in a project, and outside of every project those of all", async () => {
    using desk = aDesk({ ...config, "../other/.igor/config.json": config[".igor/config.json"] });
    expect(await desk.igor(["log"])).toMatchObject({
      exitCode: 0,
      stdout: "",
      stderr: "igor has done nothing here yet.\n",
    });
    await desk.igor(["push"]);
    await desk.igor(["docker", "exec", "python", "--key", "abc"], { below: "../other" });
    const here = await desk.igor(["log"]);
    expect(steady(here.stdout, desk)).toBe("ID  TIME  1.0 s  failed  push  toy on 127.0.0.1\n");
    const everywhere = await desk.igor(["log"], { below: ".." });
    expect(steady(everywhere.stdout, desk)).toBe(
      "ID  TIME  1.0 s  failed  push                  toy on 127.0.0.1\n" +
        "ID  TIME  1.0 s  failed  docker exec python …  other on 127.0.0.1\n",
    );
    const json = await desk.igor(["log", "--json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      version: 1,
      started: { request: ["push"], project: "toy" },
      ended: { outcome: "failed" },
    });
  });

  test("shows an action again as it was shown, by --last, id or file, from everywhere", async () => {
    using desk = aDesk(config);
    const pushed = await desk.igor(["push"]);
    const again = await desk.igor(["log", "--last"]);
    expect(again).toMatchObject({ exitCode: 0, stderr: "" });
    expect(steady(again.stdout, desk)).toMatchInlineSnapshot(`
      "igor push  toy on 127.0.0.1
      TIME  ID  SYSTEM

      ✗ 127.0.0.1: nothing accepts ssh connections there (Connection refused)
        | ssh: connect to host 127.0.0.1 port 9: Connection refused
        → check that sshd runs, and Port/HostName of \`127.0.0.1\` in your ssh config
      push toy failed on 127.0.0.1 after 1.0 s: nothing accepts ssh connections there (Connection refused)
      "
    `);
    expect(steady(again.stdout, desk)).toContain(steady(pushed.stderr, desk));
    const [file = ""] = filesOf(desk);
    const id = /([^/]+)\.ndjson$/.exec(file)?.[1] ?? "";
    expect((await desk.igor(["log", id], { below: ".." })).stdout).toBe(again.stdout);
    expect((await desk.igor(["log", file], { below: ".." })).stdout).toBe(again.stdout);
  });

  test("prints the lines of the journal for programs, the same as those of the action", async () => {
    using desk = aDesk(config);
    const pushed = await desk.igor(["push", "--json"]);
    const { stdout } = await desk.igor(["log", "--last", "--json"]);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.slice(1, -1).join("\n")).toBe(pushed.stdout.trimEnd());
    expect(stdout).toBe(readFileSync(filesOf(desk)[0] ?? "", "utf8"));
  });

  test("refuses what it does not know", async () => {
    using desk = aDesk(config);
    for (const words of [["--last"], ["20261122-060258.123-8483"], ["./config.ndjson"]]) {
      const { stdout, exitCode } = await desk.igor(["log", ...words]);
      expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
    }
    expect(await desk.igor(["log", "a", "b"])).toMatchObject({ exitCode: 2 });
  });

  test("shows a journal of another igor as far as it understands it, and draws nothing dangerous", async () => {
    using desk = aDesk(config);
    await desk.igor(["push"]);
    const text = readFileSync(filesOf(desk)[0] ?? "", "utf8");
    const strange = [
      '{"type":"decided","host":"apollo","decision":{"kind":"teleported"},"at":1}',
      '{"type":"plan-started","title":"push","at":1}',
      '{"type":"dreamt","at":1}',
      "no JSON",
    ];
    const [first = "", ...others] = text.replace('"toy"', '"\\u001b[31mtoy"').split("\n");
    writeFileSync(join(desk.root, "sent.ndjson"), [first, ...strange, ...others].join("\n"));
    const { stdout, exitCode } = await desk.igor(["log", "sent.ndjson", "--verbose"]);
    expect(exitCode).toBe(0);
    expect(stdout).not.toContain("\u001b");
    expect(stdout).toContain("push toy failed on 127.0.0.1");
    expect(stdout).toContain("of the events are of another igor");
  });
});

describe("the journal", () => {
  test("holds no word of a command but its name, and nothing of the environment", async () => {
    using desk = aDesk(config);
    const words = ["docker", "exec", "-g", "dev", "--host=127.0.0.1", "env", "K=s3cret", "x"];
    await desk.igor(words, { env: { MY_TOKEN: "t0ken" } });
    const [file = ""] = filesOf(desk);
    const text = readFileSync(file, "utf8");
    expect(text).not.toMatch(/s3cret|t0ken|hf_0/);
    const read = readJournalFile(file);
    expect(read.ok && read.value.started.request).toEqual([
      ...["docker", "exec", "--host", "127.0.0.1", "env", "…"],
    ]);
  });

  test("tells of a bug of igor, with where it was, so that it alone is a report", async () => {
    using desk = aDesk(config);
    desk.write({
      "fault.cjs": `const tools = require("node:child_process");
const { spawn } = tools;
tools.spawn = (program, ...rest) => {
  if (program === "ssh") process.nextTick(() => { throw new TypeError("steps of hf_0123456789"); });
  return spawn(program, ...rest);
};
`,
    });
    const env = { NODE_OPTIONS: `--require ${join(desk.root, "fault.cjs")}` };
    const { exitCode, stderr } = await desk.igor(["push"], { env });
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("this is a bug of igor: TypeError: steps of"),
    });
    const { stdout } = await desk.igor(["log", "--last"]);
    expect(stdout).toContain("this is a bug of igor: TypeError: steps of");
    expect(stdout).toMatch(/at .*fault\.cjs:4/);
    expect(stdout).not.toContain("hf_0123456789");
    const lines = (await desk.igor(["log", "--last", "--json"])).stdout.trim().split("\n");
    expect(lines.slice(-2).map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { type: "failed", failure: { reason: "bug" } },
      { type: "action-ended", outcome: "failed" },
    ]);
  });

  test("is not written for what only looks", async () => {
    using desk = aDesk({ ...config, Dockerfile: "FROM scratch\n" });
    for (const words of ["push --plan", "config check", "log", "help", "docker setup -g nope"])
      await desk.igor(words.split(" "));
    expect(filesOf(desk)).toEqual([]);
  });

  test("of igors that run at once are one for each", async () => {
    using desk = aDesk(config);
    await Promise.all([1, 2, 3].map(() => desk.igor(["push"])));
    const ends = filesOf(desk).map((file) => {
      const read = readJournalFile(file);
      return read.ok ? read.value.ended?.outcome : undefined;
    });
    expect(ends).toEqual(["failed", "failed", "failed"]);
  });

  test("keeps what it has when the disk is full, and the action goes on", async () => {
    using desk = aDesk(config);
    const state = desk.env["XDG_STATE_HOME"] ?? "";
    mkdirSync(state);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=4k,nr_inodes=50", "none", state]);
    try {
      mkdirSync(join(state, "igor"));
      writeFileSync(join(state, "igor", "filling"), "x".repeat(4096));
      const ran = await desk.igor(["docker", "exec", "true"]);
      expect(ran.exitCode).toBe(125);
      expect(ran.stderr).toContain("127.0.0.1: nothing accepts ssh connections there");
      expect(filesOf(desk).map((file) => readFileSync(file, "utf8"))).toEqual([""]);
    } finally {
      execFileSync("umount", [state]);
    }
  });

  test("that cannot be written changes nothing of the action", async () => {
    using desk = aDesk({ ...config, "../home/state/igor": "" });
    const ran = await desk.igor(["docker", "exec", "true"]);
    expect(ran.exitCode).toBe(125);
    expect(ran.stderr).toContain("127.0.0.1");
  });
});
