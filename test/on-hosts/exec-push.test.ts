import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hostAddress, onHost } from "../hosts/bed.ts";
import { startRelay } from "../hosts/relay.mjs";
import type { Relay } from "../hosts/relay.mjs";
import {
  aDockerProject,
  containerOf,
  inHostDir,
  removeDockerProjects,
  told,
} from "../support/docker-project.ts";
import { aLaptop, ended } from "../support/laptop.ts";
import type { IgorResult, Laptop } from "../support/laptop.ts";
import { processes, token } from "../support/run-session.ts";
import { quietLine } from "../support/quiet-line.ts";
import { until } from "../support/until.ts";

let relay: Relay;
let laptop: Laptop;
const project = aDockerProject({ "a.py": "1\n" });

beforeAll(async () => {
  others = await traces();
  relay = await startRelay({
    target: { host: await hostAddress("apollo"), port: 22 },
    oneWayMs: 40,
  });
  laptop = aLaptop({ through: { apollo: relay.port } });
  for (const group of ["dev", "cluster"])
    expect(told(await laptop.igor(project, ["docker", "setup", "-g", group]), project)).toMatch(
      /exit code 0$/,
    );
});
afterAll(async () => {
  await laptop.close();
  await relay.close();
  await removeDockerProjects(["apollo", "enterprise"]);
});

const exec = (...words: readonly string[]): Promise<IgorResult> =>
  laptop.igor(project, ["docker", "exec", "--push", ...words]);

/** What was there before. */
let others = "";

/** What sessions leave on the host while they are there; that one was ended is known for a day. */
const traces = async (): Promise<string> => {
  const script =
    'for d in /tmp/igor-session.*; do [ ! -d "$d" ] || [ -e "$d/outcome" ] || echo "$d"; done';
  const { stdout } = await onHost("apollo", script);
  return stdout.replace(/.+\n/g, (line) => (others.includes(line) ? "" : line));
};

test("exec --push runs on what was just saved, and on what did not change", async () => {
  for (const text of ["2\n", "3\n", "3\n"]) {
    project.write({ "a.py": text });
    expect(await exec("cat", "a.py")).toMatchObject({ exitCode: 0, stdout: text, stderr: "" });
  }
  project.write({ "a.py": "4\n" });
  const both = await exec("-g", "cluster", "cat", "a.py");
  expect([both.exitCode, both.stdout.match(/: 4$/gm)?.length]).toEqual([0, 2]);
  await until("nothing to be left", async () => (await traces()) === "");
});

// Two for the session and the host shell, which open side by side, and one for the frame; the guard and the end of the
// session are two more, for which nothing waits.
test("exec --push costs one round trip more than exec", async () => {
  project.write({ "a.py": "5\n" });
  await quietLine(relay);
  relay.reset();
  expect(await exec("cat", "a.py")).toMatchObject({ exitCode: 0, stdout: "5\n" });
  expect(relay.stat().turns).toBeLessThanOrEqual(5);
});

test("a command waits for a push that takes long, and reads its input then", async () => {
  for (let index = 0; index < 1500; index += 1)
    writeFileSync(join(project.root, `f${String(index)}`), `${String(index)}\n`);
  const counted = await laptop.igor(
    project,
    ["docker", "exec", "--push", "sh", "-c", "ls f* | wc -l; cat"],
    {
      input: "typed\n",
    },
  );
  expect(counted).toMatchObject({ exitCode: 0, stdout: "1500\ntyped\n" });
});

test("a command whose push fails never begins, and exit code 125 says so", async () => {
  const mark = token();
  await inHostDir(project, "mkdir elsewhere && ln -s elsewhere d");
  project.write({ "d/x": "1\n" });
  const { exitCode, stdout, stderr } = await exec("sh", "-c", `echo begun; : ${mark}`);
  expect([exitCode, stdout]).toEqual([125, ""]);
  expect(stderr).toContain("apollo: d is a symbolic link");
  project.remove("d");
  await inHostDir(project, "rm d");
  await until("nothing to be left", async () => (await traces()) === "");
});

test("a command whose push fails on this machine ends with 125, too", async () => {
  const unnameable = Buffer.concat([Buffer.from(`${project.root}/caf`), Buffer.from([0xe9])]);
  writeFileSync(unnameable, "1\n");
  const { exitCode, stdout, stderr } = await exec("echo", "begun");
  rmSync(unnameable);
  expect([exitCode, stdout]).toEqual([125, ""]);
  expect(stderr).toContain("caf");
});

test("what a push left for a command that was given up goes after a day", async () => {
  const old = "touch -d '2 days ago'";
  const made = `cd /tmp && mkdir igor-session.old igor-session.busy && ${old} igor-session.old/released igor-session.busy/released igor-session.busy/pid`;
  await onHost("apollo", made, { user: "dino" });
  expect((await exec("true")).exitCode).toBe(0);
  await until("that to go", async () => (await traces()) === "/tmp/igor-session.busy\n");
  await onHost("apollo", "rm -r /tmp/igor-session.busy");
});

test("a command without a container says so, when the files are there", async () => {
  const other = aDockerProject({ "a.py": "1\n" });
  const { exitCode, stderr } = await laptop.igor(other, ["docker", "exec", "--push", "true"]);
  expect([exitCode, stderr]).toEqual([125, expect.stringContaining("igor docker setup")]);
  expect(await inHostDir(other, "cat a.py")).toBe("1\n");
});

test.each(["SIGINT", "SIGKILL"] as const)(
  "%s while a command waits leaves nothing",
  async (signal) => {
    const mark = token();
    others += await traces();
    // Somebody else holds the tree.
    const holder = onHost(
      "apollo",
      [
        "sh",
        "-c",
        'cd "$1/.igor/host" && echo "$$ - - elsewhere" >lock && sleep 8; rm -f lock',
        "sh",
        project.hostDir,
      ],
      { user: "dino" },
    );
    await until("the lock", async () =>
      (await inHostDir(project, "ls .igor/host")).includes("lock\n"),
    );
    project.write({ "a.py": `${mark}\n` });
    const child = laptop.start(project, [
      "docker",
      "exec",
      "--push",
      "sh",
      "-c",
      `sleep 600; : ${mark}`,
    ]);
    const end = ended(child);
    await until("the session to wait", async () => (await traces()) !== "");
    child.kill(signal);
    expect((await end).exitCode).toBe(signal === "SIGINT" ? 130 : null);
    await holder;
    await until("nothing to be left", async () => (await traces()) === "", 60_000);
    expect(await processes(mark, { container: containerOf(project) })).toEqual([]);
  },
);
