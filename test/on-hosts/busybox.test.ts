import { randomBytes } from "node:crypto";
import { chmodSync, readdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bedDown, onHost } from "../hosts/bed.ts";
import { busyboxUp } from "../support/busybox-host.ts";
import { eventsOf, execWithBytes, igorInTerminal, says, told } from "../support/docker-project.ts";
import { digestsHere, digestsOnHost } from "../support/host-tree.ts";
import { aLaptop, aProject, ended } from "../support/laptop.ts";
import type { Files, IgorResult, TestProject } from "../support/laptop.ts";
import { endedByNow, sessionsIn, token, until } from "../support/run-session.ts";

const laptop = aLaptop();

beforeAll(() => busyboxUp("tiny"), 60_000);
afterAll(async () => {
  await laptop.close();
  await bedDown(["tiny"]);
});

const directory = "/home/dino/igor tests";
const dockerfile = "FROM igor-demo/busybox:1\nCOPY requirements.txt /\n";

/** A project on a host that has busybox and docker, and nothing else. */
function aTinyProject(files: Files, config: Readonly<Record<string, unknown>> = {}): TestProject {
  const hosts = [{ host: "tiny", dir: directory }];
  return aProject(files, { repl_cmd: "sh", host_groups: { dev: { hosts } }, ...config });
}

const igor = (project: TestProject, ...words: string[]): Promise<IgorResult> =>
  laptop.igor(project, words);

async function expectPushed(project: TestProject): Promise<string> {
  const { exitCode, stderr } = await igor(project, "push");
  if (exitCode !== 0) throw new Error(stderr);
  expect(await digestsOnHost("tiny", project.hostDir)).toEqual(digestsHere(project.root));
  return stderr;
}

/** Soon, as a watch brings it. */
async function expectThere(project: TestProject): Promise<void> {
  const here = digestsHere(project.root);
  await until(
    () => digestsOnHost("tiny", project.hostDir),
    (there) => Object.entries(here).every(([path, state]) => there[path] === state),
  );
}

const sh = async (text: string): Promise<string> =>
  (await onHost("tiny", text, { user: "dino" })).stdout;

describe("a host with busybox and no other program", () => {
  test("gets files whole, with names, links and modes, and keeps aside what is not igor's", async () => {
    const project = aTinyProject({ "a b/ü'\n.py": "1\n", link: { to: "a b" }, "run.sh": "echo\n" });
    chmodSync(join(project.root, "run.sh"), 0o775);
    await expectPushed(project);
    project.write({ "new/x": "2\n", "run.sh": "2\n" });
    project.remove("link");
    await expectPushed(project);
    await sh(`cd '${project.hostDir}' && echo theirs >new/x && mkdir out && echo log >out/log`);
    project.write({ "new/x": "3\n" });
    expect((await igor(project, "push")).stderr).toContain("kept aside 1 file");
    expect(
      await sh(`cd '${project.hostDir}' && cat new/x out/log .igor/host/conflicts/*/new/x`),
    ).toBe("3\nlog\ntheirs\n");
  });

  test("gets many files by tar, the first time and later", async () => {
    const many = (text: string): Files =>
      Object.fromEntries(
        Array.from({ length: 1100 }, (_, index) => [
          `d${String(index % 7)}/f${String(index)}`,
          text,
        ]),
      );
    const project = aTinyProject(many("too much for one frame".repeat(200)));
    chmodSync(join(project.root, "d0/f0"), 0o664);
    await expectPushed(project);
    expect(await sh(`cd '${project.hostDir}' && stat -c %a d0 .igor/host`)).toBe("755\n700\n");
    project.write(many("23\n"));
    await expectPushed(project);
  });

  test("is pulled from: what is new, what changed, by tar too, with links, times and modes", async () => {
    const project = aTinyProject({ "a.py": "1\n" }, { outputs: ["runs", "models/*.pt"] });
    await expectPushed(project);
    const there = (script: string) => sh(`cd '${project.hostDir}' && ${script}`);
    const pull = async () => told(await igor(project, "pull"), project);
    await there(
      `mkdir runs models && echo 1 >'runs/a b' && ln -s 'a b' runs/last && echo no >models/log
       echo 1 >models/a.pt && chmod 750 models/a.pt && touch -d '2020-01-02 03:04:05' models/a.pt`,
    );
    expect(await pull()).toMatch(/: 3 files pulled \(1 kB\)\nexit code 0$/);
    const { mode, mtime } = statSync(join(project.root, "models/a.pt"));
    expect([mode & 0o777, mtime.toISOString()]).toEqual([0o750, "2020-01-02T03:04:05.000Z"]);
    expect(readdirSync(join(project.root, "models"))).toEqual(["a.pt"]);
    expect(await pull()).toMatch(/: nothing to pull \(3 files up to date\)\nexit code 0$/);
    await there(
      "echo 22 >'runs/a b' && ln -sfn b runs/last && head -c 3000000 /dev/urandom >runs/big; for i in $(seq 450); do echo $i >\"runs/it's \\$ $i\"; done",
    );
    expect(await pull()).toMatch(/: 453 files pulled \(1 kB\)\nexit code 0$/);
    expect(await digestsOnHost("tiny", `${project.hostDir}/runs`)).toEqual(
      digestsHere(join(project.root, "runs")),
    );
  });

  test("is watched for: saves arrive, large ones by tar, and nothing is left there after Ctrl-C", async () => {
    const project = aTinyProject({ "a.py": "1\n" });
    const child = laptop.start(project, ["push", "--watch"]);
    child.stdin?.end();
    const end = ended(child);
    await says(child, "watching");
    const script = `ls -d /srv/busybox/tmp/igor.* '${project.hostDir}'/.igor/host/stage/* 2>/dev/null; pgrep -u dino -x sh`;
    const left = async (): Promise<string> => (await onHost("tiny", script)).stdout;
    expect(await left()).toMatch(/igor\.[^]*\n\d+\n/);
    // First what goes in a frame, then what goes by tar.
    project.write({ "a.py": "2\n", "new/b.py": "1\n" });
    await expectThere(project);
    // Whole at once: half of it might go in a frame.
    project.write({ ".igor/pull/large": randomBytes(4_000_000).toString("hex") });
    renameSync(join(project.root, ".igor/pull/large"), join(project.root, "new/large"));
    await expectThere(project);
    child.kill("SIGINT");
    expect(told(await end, project)).toMatch(
      /^tiny: watching 2 files\n[^]*\ntiny: warning: the files go by tar, [^]*; then \d saves\nexit code 130$/,
    );
    await until(left, (seen) => seen === "");
  });

  describe("and a container", () => {
    const project = aTinyProject({ Dockerfile: dockerfile, "requirements.txt": "1\n" });

    test("has it set up, and commands run in it, with stdin, both outputs and the exit code", async () => {
      const ran = await igor(project, "docker", "setup");
      expect(told(ran, project)).toMatch(/container started: there was none on tiny\nexit code 0$/);
      const bytes = randomBytes(300_000);
      const script = 'id -u >&2; echo "$1" >&2; tee made; exit 5';
      const words = ["sh", "-c", script, "sh", "it's $1"];
      const made = await execWithBytes({ laptop, project }, words, bytes);
      expect(made).toMatchObject({ exitCode: 5, stderr: "1000\nit's $1\n" });
      expect(made.stdout.equals(bytes)).toBe(true);
      expect(await sh(`stat -c '%U %s' '${project.hostDir}/made'`)).toBe("dino 300000\n");
    });

    test("is looked at by logs, status and doctor", async () => {
      const log = await igor(project, "docker", "logs");
      expect(log.stdout).toMatch(/^Sending build context[^]*\nSuccessfully tagged .*\n$/);
      expect(told({ ...log, stdout: "" }, project)).toBe(
        "tiny: log of the setup JOB, begun 1 s ago, which went well\nexit code 0",
      );
      expect((await igor(project, "status")).stdout).toMatch(
        /nothing to send\n.* is up to date, built .*\n.* has run for /,
      );
      const { exitCode, stdout } = await igor(project, "doctor", "--json");
      const unwell = eventsOf(stdout).filter(
        ({ verdict, host }) => verdict !== "ok" && host !== undefined,
      );
      expect(exitCode).toBe(0);
      expect(unwell.map(({ name, verdict }) => `${String(name)} ${String(verdict)}`)).toEqual([
        "transfer warn",
        "builder warn",
        "storage not-checked",
        "python warn",
        "debugpy not-checked",
      ]);
    });

    test("has commands listed and stopped: they are asked to end, and killed when they do not", async () => {
      const tidies = `trap 'echo tidied >tidy; exit 0' TERM`;
      const commands = [tidies, "trap '' TERM"].map(
        (begin) => `${begin}; echo ready; while :; do sleep 0.2; done`,
      );
      const ends = commands.map(async (command) => {
        const child = laptop.start(project, ["docker", "exec", "sh", "-c", command]);
        child.stdin?.end();
        const end = ended(child);
        await says(child, "ready");
        return { end };
      });
      const begun = await Promise.all(ends);
      const listed = (await igor(project, "docker", "ps")).stdout;
      for (const command of commands) expect(listed).toContain(`sh -c ${command}`);
      const stopped = await igor(project, "stop");
      expect(told(stopped, project).match(/stopped sh -c trap/g)).toHaveLength(2);
      const codes = await Promise.all(begun.map(async ({ end }) => (await end).exitCode));
      expect(codes).toEqual([0, 137]);
      expect(await sh(`cat '${project.hostDir}/tidy'`)).toBe("tidied\n");
      expect((await igor(project, "docker", "ps")).stdout).toContain("nothing runs in it");
    });

    test("has a session at a terminal, and its container replaced and removed", async () => {
      using terminal = igorInTerminal(laptop, project, ["docker", "repl"]);
      await terminal.shows("/workspace $");
      terminal.type("exit 3\r");
      await terminal.shows("code 3");
      project.write({ "requirements.txt": "2\n" });
      expect((await igor(project, "docker", "setup")).stderr).toContain(
        "container replaced: new image",
      );
      expect((await igor(project, "docker", "clean", "--images")).stderr).toMatch(/removed image/);
    });
  });

  test("is left with nothing that runs when igor is killed, and when a build is cancelled", async () => {
    const project = aTinyProject({ Dockerfile: dockerfile, "requirements.txt": "1\n" });
    await igor(project, "docker", "setup");
    const mark = token();
    const words = ["sh", "-c", `echo begun; env -i sleep ${mark} & sleep ${mark}`];
    const child = laptop.start(project, ["docker", "exec", ...words]);
    const end = ended(child);
    await says(child, "begun");
    await until(
      () => sh("ls /srv/busybox/tmp/igor-session.*"),
      (seen) => seen.includes("guarded"),
    );
    child.kill("SIGKILL");
    await end;
    const left = `pgrep -af 'sleep ${mark}|igor-sessio[n]' | grep -v pgrep; ${sessionsIn("/srv/busybox/tmp")}`;
    await until(
      () => sh(left),
      (seen) => !/sleep|igor-session/.test(seen),
      endedByNow,
    );
    project.write({ Dockerfile: `${dockerfile}RUN echo begun; sleep ${mark}\n` });
    const build = laptop.start(project, ["docker", "build", "--json"]);
    const buildEnd = ended(build);
    await says(build, '"line":"begun"');
    build.kill("SIGINT");
    const { exitCode, stdout } = await buildEnd;
    expect(exitCode).toBe(130);
    expect(eventsOf(stdout).at(-2)).toMatchObject({ failure: { reason: "cancelled" } });
    await until(
      () => sh(left),
      (seen) => !seen.includes("sleep"),
    );
    await igor(project, "docker", "clean", "--images");
  });
});
