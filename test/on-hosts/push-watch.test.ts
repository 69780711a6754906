import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { cutLink, hostAddress, onHost, restoreLink } from "../hosts/bed.ts";
import { startRelay } from "../hosts/relay.mjs";
import { digestsHere, digestsOnHost } from "../support/host-tree.ts";
import { aLaptop, aProject, ended, igorProgram } from "../support/laptop.ts";
import type { IgorResult, TestProject } from "../support/laptop.ts";
import { whileNoRsyncThere } from "../support/other-rsync.ts";
import { until } from "../support/until.ts";

const relay = await startRelay({ target: { host: await hostAddress("apollo"), port: 22 } });
const laptop = aLaptop({ through: { apollo: relay.port } });
const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});
afterAll(async () => {
  await laptop.close();
  await relay.close();
});

interface Watch {
  readonly child: ChildProcess;
  readonly ended: Promise<IgorResult>;
  readonly said: () => string;
}

/** What a file holds; nothing when it went away meanwhile. */
function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** Starts to watch, and waits until everything is there. */
function watching(project: TestProject): Promise<Watch> {
  return watchingBy(laptop.start(project, ["push", "--watch"]));
}

async function watchingBy(child: ChildProcess): Promise<Watch> {
  started.push(child);
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const watch = { child, ended: ended(child), said: () => said };
  await until("the first push", () => said.includes("watching"));
  return watch;
}

/** A git project in which `*.log` and `ignored/` are ignored. */
function gitProject(files: Readonly<Record<string, string>>): TestProject {
  const project = aProject({ ".gitignore": "*.log\nignored/\n", ...files });
  execFileSync("git", ["init", "-q"], { cwd: project.root });
  return project;
}

/** What is here and not ignored. */
function sentFrom({ root }: TestProject): Record<string, string> {
  const all = Object.entries(digestsHere(root));
  return Object.fromEntries(all.filter(([path]) => !/(^|\/)(\.git|ignored)\/|\.log$/.test(path)));
}

/** Soon: before igor looks at everything once more, which brings what the watch missed. */
async function expectSame(project: TestProject, withinMs = 2500): Promise<void> {
  let there = {};
  const here = JSON.stringify(Object.entries(sentFrom(project)).sort());
  await until(
    "the host to hold what is here",
    async () => {
      // A file that goes while it is looked at.
      there = await digestsOnHost("apollo", project.hostDir).catch(() => ({}));
      return JSON.stringify(Object.entries(there).sort()) === here;
    },
    withinMs,
  ).catch(() => expect(there).toEqual(sentFrom(project)));
}

describe("push --watch", () => {
  const kinds = [
    ["a git project", gitProject],
    [
      "a project without git",
      (files: Record<string, string>) => aProject({ ".igorignore": "*.log\nignored/\n", ...files }),
    ],
  ] as const;
  test.each(kinds)("brings every kind of change of %s to the host", async (_, make) => {
    const project = make({
      "a.py": "1\n",
      "src/b.py": "1\n",
      "src/deep/c.py": "1\n",
      "old/x": "1",
      "odd \n'$(x)/-n": "1",
    });
    mkdirSync(join(project.root, "empty"));
    const { said } = await watching(project);
    const changes: readonly (() => void)[] = [
      () => writeFileSync(join(project.root, "a.py"), "2\n"),
      () => writeFileSync(join(project.root, "odd \n'$(x)/-n"), "2\n"),
      // As editors save: a new file takes the place of the old one.
      () => {
        writeFileSync(join(project.root, "src/b.py~"), "2\n");
        renameSync(join(project.root, "src/b.py~"), join(project.root, "src/b.py"));
      },
      () => chmodSync(join(project.root, "a.py"), 0o755),
      () => project.write({ "src/new.py": "1\n" }),
      () => project.write({ "empty/first.py": "1\n" }),
      () => project.write({ "made/at/once/d.py": "1\n", "made/e.py": "1\n" }),
      () => mkdirSync(join(project.root, "made/later/still"), { recursive: true }),
      () => project.write({ "made/later/still/f.py": "1\n" }),
      () => renameSync(join(project.root, "src"), join(project.root, "lib")),
      () => project.write({ "lib/deep/c.py": "2\n" }),
      () => project.write({ "x.log": "1", "ignored/y": "1", "lib/ignored/z": "1" }),
      () => symlinkSync("lib", join(project.root, "link")),
      () => project.remove("link"),
      () => project.remove("old"),
      () => project.write({ old: "a file now\n" }),
      () => project.remove("old"),
      () => project.write({ "old/again": "a directory now\n" }),
    ];
    for (const change of changes) {
      change();
      await expectSame(project);
    }
    expect(said()).not.toContain("not pushed");
    expect(said()).toContain("apollo: a.py pushed");
    expect(said()).not.toMatch(/\.log|ignored/);
  });

  test("keeps nothing aside of what is saved again and again while it is packed", async () => {
    const project = gitProject({});
    const { said } = await watching(project);
    for (const round of ["a", "b", "c", "d", "e"]) {
      const many = Array.from({ length: 900 }, (_, index) => [`ignored/${round}/${index}`, "1\n"]);
      project.write(Object.fromEntries(many) as Record<string, string>);
      // Read last, as it is new, too.
      project.write({ [`z-${round}`]: `${round}\n` });
      renameSync(join(project.root, "ignored", round), join(project.root, round));
      for (let save = 0; save < 12; save += 1) {
        await pause(40);
        project.write({ [`z-${round}`]: `${round}${"x".repeat(save)}\n` });
      }
      await expectSame(project, 20_000);
    }
    expect(said()).not.toContain("kept aside");
  });

  test("sends what is no longer ignored, and releases what is ignored now", async () => {
    const project = gitProject({ "a.py": "1\n", "x.log": "1\n" });
    await watching(project);
    project.write({ ".gitignore": "ignored/\n" });
    await until(
      "the file",
      async () => "x.log" in (await digestsOnHost("apollo", project.hostDir)),
    );
    project.write({ ".gitignore": "*.log\nignored/\n" });
    project.write({ "b.py": "1\n" });
    await until(
      "the next push",
      async () => "b.py" in (await digestsOnHost("apollo", project.hostDir)),
    );
    expect(await digestsOnHost("apollo", project.hostDir)).toHaveProperty(["x.log"]);
  });

  test("keeps up with a burst, and with another branch", async () => {
    const project = gitProject(
      Object.fromEntries(
        Array.from({ length: 700 }, (_, index) => [
          `d${String(index % 9)}/f${String(index)}`,
          "1\n",
        ]),
      ),
    );
    const git = (...words: readonly string[]) =>
      execFileSync("git", ["-c", "user.name=d", "-c", "user.email=d@x", ...words], {
        cwd: project.root,
      });
    git("add", "-A");
    git("commit", "-qm", "one");
    git("checkout", "-qb", "other");
    for (let index = 0; index < 700; index += 2)
      project.write({
        [`d${String(index % 9)}/f${String(index)}`]: "2\n",
        [`e${String(index)}/g`]: "2\n",
      });
    git("add", "-A");
    git("commit", "-qm", "two");
    const { said } = await watching(project);
    git("checkout", "-q", "-");
    await expectSame(project, 20_000);
    git("checkout", "-q", "other");
    for (let save = 0; save < 200; save += 1) project.write({ "d1/f1": `${String(save)}\n` });
    await expectSame(project, 20_000);
    expect(said()).not.toContain("not pushed");
  });

  test("brings what is saved in directories that the system will not watch, and says so", async () => {
    const directories = Array.from({ length: 40 }, (_, index) => `d${String(index)}`);
    const project = gitProject(Object.fromEntries(directories.map((name) => [`${name}/f`, "1\n"])));
    // A user of its own for the kernel, who may watch less than others.
    const limit = 'echo 20 >/proc/sys/user/max_inotify_watches && exec "$@"';
    const argv = [process.execPath, igorProgram, "push", "--watch"];
    const { said, child } = await watchingBy(
      spawn("unshare", ["-Ur", "sh", "-c", limit, "sh", ...argv], {
        cwd: project.root,
        env: laptop.env,
        stdio: "pipe",
      }),
    );
    await until("the limit to be told", () => said().includes("of the directories"));
    for (const text of ["2\n", "3\n"]) {
      project.write({ "d38/f": text, "d39/f": text });
      await expectSame(project, 12_000);
    }
    for (const name of directories.slice(0, 38)) project.remove(name);
    const watches = (): number => {
      const notes = `/proc/${String(child.pid)}/fdinfo`;
      const lines = readdirSync(notes).map((fd) => textOf(join(notes, fd)));
      return lines.join("").match(/^inotify wd/gm)?.length ?? 0;
    };
    // The root, .igor, and both that are left.
    await until("the rest to be watched", () => watches() === 4);
    project.write({ "d38/f": "4\n", "d39/f": "4\n" });
    await expectSame(project);
    expect(said()).not.toContain("not pushed");
    expect(said().match(/not watched, .*/g)).toEqual([
      "not watched, as this machine allows no more: 22 of the directories; what is saved there is pushed some seconds later (`sudo sysctl fs.inotify.max_user_watches=524288` allows more)",
    ]);
  });

  test("brings a large save to a host without rsync", async () => {
    await whileNoRsyncThere(async () => {
      const project = gitProject({ "a.py": "1\n" });
      const { said } = await watching(project);
      project.write({ large: randomBytes(4_000_000).toString("hex"), "a.py": "2\n" });
      await expectSame(project, 20_000);
      project.write({ large: randomBytes(4_000_000).toString("hex") });
      await expectSame(project, 20_000);
      expect(said().match(/files go by tar, .*: it is not installed on apollo$/gm)).toHaveLength(1);
      expect(said()).not.toContain("not pushed");
    });
  });

  test("opens a lost connection again, says so, and brings what was saved meanwhile", async () => {
    const project = gitProject({ "a.py": "1\n" });
    const { said } = await watching(project);
    relay.cut();
    await until("the loss to be told", () => said().includes("not pushed, will try again"));
    project.write({ "a.py": "2\n" });
    await expectSame(project, 20_000);
    expect(said()).toMatch(
      /not pushed, will try again: .*\n(.*\n)*apollo: (connected again|a\.py pushed)/,
    );
  });

  test("brings a save in one round trip, with less than a kilobyte beside it", async () => {
    const project = gitProject({ "a.py": "1\n" });
    const { said } = await watching(project);
    // A look at everything follows the first push; it sends nothing.
    await pause(500);
    relay.reset();
    const begin = performance.now();
    const saves = 5;
    for (let save = 1; save <= saves; save += 1) {
      project.write({ "a.py": `${String(save)}\n` });
      await until("the push", () => said().split("a.py pushed").length > save);
    }
    const pings = Math.ceil((performance.now() - begin) / 2000);
    const { turns, up } = relay.stat();
    expect(turns).toBeLessThanOrEqual(saves + pings);
    expect(up.bytes / saves).toBeLessThan(1024);
  });

  test.each([
    ["goes silent", () => relay.blackhole(), () => relay.thaw()],
    ["is unplugged", () => cutLink("apollo"), () => restoreLink("apollo")],
  ] as const)(
    "brings what was saved while the line %s, when it is back",
    { timeout: 120_000 },
    async (_, breakLine, mend) => {
      const project = gitProject({ "a.py": "1\n" });
      const { said } = await watching(project);
      await breakLine();
      try {
        project.write({ "a.py": "2\n" });
        await until("the loss to be told", () => said().includes("not pushed"), 40_000);
      } finally {
        await mend();
      }
      await expectSame(project, 60_000);
      project.write({ "a.py": "3\n" });
      await expectSame(project);
    },
  );

  test("brings what was saved while it slept", { timeout: 60_000 }, async () => {
    const project = gitProject({ "a.py": "1\n" });
    const { child } = await watching(project);
    // So long that the host has given igor up.
    child.kill("SIGSTOP");
    project.write({ "a.py": "2\n" });
    await pause(15_000);
    child.kill("SIGCONT");
    await expectSame(project, 20_000);
    project.write({ "a.py": "3\n" });
    await expectSame(project);
  });

  test.each(["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"] as const)(
    "leaves nothing on the host after %s",
    async (signal) => {
      const project = gitProject({ "a.py": "1\n" });
      const { child, ended: end } = await watching(project);
      const left = async () =>
        (
          await onHost("apollo", [
            "sh",
            "-c",
            'ls -d /tmp/igor.* 2>/dev/null; ls "$1/.igor/host/stage" 2>/dev/null; pgrep -u dino -x sh',
            "sh",
            project.hostDir,
          ])
        ).stdout;
      expect(await left()).not.toBe("");
      child.kill(signal);
      const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGKILL: null } as const;
      expect((await end).exitCode).toBe(codes[signal]);
      await until("the host to be as before", async () => (await left()) === "");
      const { stdout } = await laptop.igor(project, ["log", "--json"]);
      expect(JSON.parse(stdout.trim().split("\n").at(-1) ?? "")).toMatchObject(
        signal !== "SIGKILL"
          ? { ended: { outcome: "done" } }
          : { started: { project: project.name } },
      );
    },
  );
});
