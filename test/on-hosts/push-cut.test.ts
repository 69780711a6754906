import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { hostAddress, onHost } from "../hosts/bed.ts";
import { startRelay } from "../hosts/relay.mjs";
import { told } from "../support/docker-project.ts";
import { holdLock } from "../support/hold-lock.ts";
import { digestsHere, digestsOnHost } from "../support/host-tree.ts";
import type { Digests } from "../support/host-tree.ts";
import { aLaptop, aProject, ended } from "../support/laptop.ts";
import type { Laptop, TestProject } from "../support/laptop.ts";
import {
  whileNoRsyncThere,
  whileOpenrsyncThere,
  withOpenrsyncHere,
  withoutRsyncHere,
} from "../support/other-rsync.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const relay = await startRelay({ target: { host: await hostAddress("apollo"), port: 22 } });
/** Its line to apollo can be cut. */
const laptop = aLaptop({ through: { apollo: relay.port } });
const plain = aLaptop();
afterAll(async () => {
  await laptop.close();
  await plain.close();
  await relay.close();
});

/** With so many bytes in each, 1100 files are too much for one frame, the first time, too. */
const tooMuchEach = 4000;

/** New content for every file, which does not compress. */
function save(project: TestProject, files: number, bytes: number): void {
  for (let index = 0; index < files; index += 1) {
    const path = join(project.root, `d${String(index % 7)}`, `f${String(index)}`);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, randomBytes(bytes));
  }
}

/** Every file on the host is whole: what it was before, or what it is here. */
async function expectWhole(project: TestProject, before: Digests): Promise<void> {
  const here = digestsHere(project.root);
  for (const [path, state] of Object.entries(await digestsOnHost("apollo", project.hostDir))) {
    expect([before[path], here[path]], path).toContain(state);
  }
}

async function expectHealed(project: TestProject, by: Laptop = plain): Promise<void> {
  const { exitCode, stderr } = await by.igor(project, ["push"]);
  expect(`${String(exitCode)} ${stderr}`).toMatch(/^0 /);
  expect(await digestsOnHost("apollo", project.hostDir)).toEqual(digestsHere(project.root));
  const kept = await onHost("apollo", [
    "sh",
    "-c",
    'ls "$1/.igor/host/conflicts" 2>/dev/null',
    "sh",
    project.hostDir,
  ]);
  expect(`${stderr}${kept.stdout}`).not.toMatch(/kept|^[0-9a-f]{16}$/m);
  expect((await onHost("apollo", ["ls", `${project.hostDir}/.igor/host`])).stdout).not.toContain(
    "lock",
  );
}

/** Pushes, and ends igor for good as soon as it would try again. */
async function pushOnce(project: TestProject): Promise<number | null> {
  const child = laptop.start(project, ["push"]);
  child.stderr?.on("data", (chunk: Buffer) => {
    if (/trying again|lost/.test(chunk.toString())) child.kill("SIGKILL");
  });
  return (await ended(child)).exitCode;
}

describe("a line that is cut", () => {
  test("at any byte of a small push leaves whole files, and the next push heals", async () => {
    const project = aProject({ "a.py": "1\n" });
    save(project, 30, 2000);
    await expectHealed(project, laptop);
    const whole = relay.stat();
    const total = whole.up.bytes + whole.down.bytes;
    let cuts = 0;
    for (let bytes = 500; bytes < total; bytes += Math.ceil(total / 8)) {
      save(project, 30, 2000);
      await laptop.close();
      const before = await digestsOnHost("apollo", project.hostDir);
      relay.cutAfter(bytes);
      if ((await pushOnce(project)) !== 0) cuts += 1;
      await expectWhole(project, before);
      relay.cut();
      await expectHealed(project, laptop);
    }
    expect(cuts).toBeGreaterThan(3);
  });

  test("at any byte of a big first push, and of a big later one", async () => {
    for (const [bytes, each] of [
      [30_000, 400],
      [300_000, tooMuchEach],
    ] as const) {
      const project = aProject({ "a.py": "1\n" });
      save(project, 1100, each);
      for (const before of [{}, undefined]) {
        await laptop.close();
        relay.cutAfter(bytes);
        await pushOnce(project);
        relay.cut();
        if (
          before === undefined ||
          (await onHost("apollo", ["test", "-d", project.hostDir])).exitCode === 0
        ) {
          await expectWhole(project, before ?? (await digestsOnHost("apollo", project.hostDir)));
        }
        await expectHealed(project, laptop);
        save(project, 1100, each);
      }
    }
  });

  test("or stands still for 3 seconds is waited for without a word", async () => {
    const project = aProject({ "a.py": "1\n" });
    await expectHealed(project, laptop);
    for (const bytes of [20, tooMuchEach]) {
      save(project, 1100, bytes);
      relay.reset();
      let isOver = false;
      const push = laptop.igor(project, ["push"]).finally(() => (isOver = true));
      await until("it to be on its way", () => relay.stat().up.bytes > 10_000);
      relay.freeze();
      await pause(3000);
      expect(isOver).toBe(false);
      relay.thaw();
      expect(told(await push, project)).toMatch(
        /^push toy done on apollo in 1 s: 1100 files pushed \(1 kB\)\nexit code 0$/,
      );
    }
    await expectHealed(project, laptop);
  });

  test("and comes back is noticed, and the push goes on by itself", async () => {
    const project = aProject({ "a.py": "1\n" });
    await expectHealed(project, laptop);
    save(project, 30, 20_000);
    relay.cutAfter(200_000);
    const { exitCode, stderr } = await laptop.igor(project, ["push"]);
    expect(`${String(exitCode)} ${stderr}`).toMatch(/^0 [^]*connection was lost/);
    expect(await digestsOnHost("apollo", project.hostDir)).toEqual(digestsHere(project.root));
  });
});

describe("igor that is killed", () => {
  test("at any moment of a big push leaves whole files, and the next push heals", async () => {
    const project = aProject({ "a.py": "1\n" });
    save(project, 1100, 400);
    await expectHealed(project);
    for (const afterMs of [350, 600, 900]) {
      save(project, 1100, 400);
      const before = await digestsOnHost("apollo", project.hostDir);
      const child = plain.start(project, ["push"]);
      const end = ended(child);
      const timer = setTimeout(() => child.kill("SIGKILL"), afterMs);
      await end;
      clearTimeout(timer);
      await expectWhole(project, before);
      await expectHealed(project);
    }
  });

  test("after the host is done and before it heard so needs no second look at all files", async () => {
    const project = aProject({ "a.py": "1\n" });
    await expectHealed(project, laptop);
    const generation = async () =>
      (await onHost("apollo", ["cat", `${project.hostDir}/.igor/host/generation`])).stdout;
    const before = await generation();
    project.write({ "a.py": "2\n" });
    relay.setDelay(400);
    const child = laptop.start(project, ["push"]);
    const end = ended(child);
    await until("the host to be done", async () => (await generation()) !== before);
    child.kill("SIGKILL");
    expect((await end).signal).toBe("SIGKILL");
    relay.setDelay(0);
    project.write({ "b.py": "3\n" });
    const { exitCode, stderr } = await laptop.igor(project, ["push"]);
    expect(`${String(exitCode)} ${stderr}`).toMatch(/^0 /);
    expect(stderr).not.toMatch(/compar|reconcil/);
    await expectHealed(project, laptop);
  });
});

describe("a big push by tar", () => {
  test.each([
    ["a line that is cut", /^0 [^]*connection was lost/],
    ["Ctrl-C", /^130 [^]*cancelled/],
    ["SIGKILL", /^null/],
  ] as const)("that is broken off by %s says so, and the next push heals", async (how, said) => {
    await whileNoRsyncThere(async () => {
      const project = aProject({ "a.py": "1\n" });
      await expectHealed(project, laptop);
      save(project, 1100, 16_000);
      const before = await digestsOnHost("apollo", project.hostDir);
      relay.reset();
      relay.setRate(6_000_000);
      const child = laptop.start(project, ["push"]);
      const end = ended(child);
      await until("a part of it", () => relay.stat().up.bytes > 4_000_000);
      if (how === "Ctrl-C") child.kill("SIGINT");
      else if (how === "SIGKILL") child.kill("SIGKILL");
      else relay.cut();
      relay.setRate(0);
      const { exitCode, stderr } = await end;
      expect(`${String(exitCode)} ${stderr}`).toMatch(said);
      await expectWhole(project, before);
      await expectHealed(project, laptop);
    });
  });
});

describe("a host", () => {
  const onSmallDisk = async (name: string, size: string): Promise<TestProject> => {
    const base = `/home/dino/small-${name}`;
    await onHost(
      "apollo",
      `mkdir -p ${base}; mountpoint -q ${base} || mount -t tmpfs -o ${size},mode=777 small ${base}`,
    );
    const project = aProject(
      { "a.py": "1\n" },
      { host_groups: { dev: { hosts: [{ host: "apollo", dir: base }] } } },
    );
    return { ...project, hostDir: `${base}/${project.name}` };
  };
  afterAll(() => onHost("apollo", "umount /home/dino/small-*; rmdir /home/dino/small-*"));

  /** What the user sees, whichever files did not fit, and however many. */
  const seen = (stderr: string, project: TestProject): string =>
    told({ exitCode: 1, signal: null, stdout: "", stderr }, project)
      .replaceAll(/\bd\d\/\.?f\d+(\.\w{6})?/g, "FILE")
      .replaceAll(/\bd\d: Cannot mkdir/g, "FILE: Cannot open")
      .replace(/\bd\d$/m, "DIRECTORY")
      .replace(/(\n {2}\| .*)\1+/, "$1")
      .replace(/and \d+ more/, "and N more");
  const noSpace = (complaint: string): string => `\
✗ apollo: no space left on the disk there
${complaint}
  → make room (\`ssh apollo 'df -h; df -i'\` shows where space or inodes ran out; \`igor docker clean --images\` removes this project's images) and run the same command again
push toy failed on apollo after 1 s: no space left on the disk there
exit code 1`;

  test.each([
    ["frame", "2m", 3, 1_200_000, "  | tar: f/FILE: Cannot write: No space left on device"],
    [
      "rsync",
      "12m",
      1100,
      16_000,
      `\
  apollo:/home/dino/small-rsync/toy/FILE
  | rsync: [receiver] write failed on "/home/dino/small-rsync/toy/.igor/host/stage/ID/f/FILE": No space left on device (28)`,
    ],
    [
      "tar",
      "12m",
      1100,
      16_000,
      "  | tar: FILE: Cannot write: No space left on device\n  | ... and N more of these",
    ],
  ])(
    "whose disk is full keeps what it has, says so, and the next push heals (%s)",
    async (name, size, files, bytes, complaint) => {
      const project = await onSmallDisk(name, `size=${size}`);
      const fill = async (): Promise<void> => {
        await expectHealed(project);
        save(project, files, bytes);
        const before = await digestsOnHost("apollo", project.hostDir);
        const { exitCode, stderr } = await plain.igor(project, ["push"]);
        expect(exitCode).toBe(1);
        expect(seen(stderr, project).replace(/^apollo: warning: .*\n/, "")).toBe(
          noSpace(complaint),
        );
        expect(await digestsOnHost("apollo", project.hostDir)).toEqual(before);
        save(project, files, 40);
        await expectHealed(project);
      };
      await (name === "tar" ? whileNoRsyncThere(fill) : fill());
    },
  );

  test.each([
    ["frame", 90, "  | tar: f/FILE: Cannot open: No space left on device"],
    [
      "rsync",
      1100,
      `\
  apollo:/home/dino/small-inodes-rsync/toy/DIRECTORY
  | rsync: [receiver] mkstemp "/home/dino/small-inodes-rsync/toy/.igor/host/stage/ID/f/FILE" failed: No space left on device (28)`,
    ],
  ])(
    "whose inodes have run out keeps what it has, says so, and the next push heals (%s)",
    async (name, files, complaint) => {
      const project = await onSmallDisk(`inodes-${name}`, "size=12m,nr_inodes=100");
      await expectHealed(project);
      save(project, files, 10);
      const before = await digestsOnHost("apollo", project.hostDir);
      const { exitCode, stderr } = await plain.igor(project, ["push"]);
      expect(exitCode).toBe(1);
      expect(seen(stderr, project)).toBe(noSpace(`${complaint}\n  | ... and N more of these`));
      expect(await digestsOnHost("apollo", project.hostDir)).toEqual(before);
      await onHost("apollo", ["mount", "-o", "remount,nr_inodes=9000", dirname(project.hostDir)]);
      await expectHealed(project);
    },
  );

  test("whose disk is read-only is told", async () => {
    const project = await onSmallDisk("read-only", "size=2m");
    await expectHealed(project);
    const remount = (how: string): Promise<unknown> =>
      onHost("apollo", ["mount", "-o", `remount,${how}`, dirname(project.hostDir)]);
    await remount("ro");
    project.write({ "a.py": "2\n" });
    const refused = await plain.igor(project, ["push"]).finally(() => remount("rw"));
    expect(told(refused, project).replace(/\.t: \d+: /, ".t: 1: ")).toMatchInlineSnapshot(`
      "✗ apollo: /home/dino/small-read-only/toy/.igor/host cannot be written
        apollo:/home/dino/small-read-only/toy/.igor/host
        | /tmp/igor.ID/1.t: 1: /tmp/igor.ID/push.kept: cannot create /home/dino/small-read-only/toy/.igor/host/lock.apollo.ID: Read-only file system
        → its file system is mounted read-only, as Linux does after an error of the disk: ask who looks after apollo (\`ssh apollo dmesg\` may say why), or choose another \`dir\` in .igor/config.json
      push toy failed on apollo after 1 s: /home/dino/small-read-only/toy/.igor/host cannot be written
      exit code 1"
    `);
    await expectHealed(project);
  });

  test("without rsync gets the files by tar", async () => {
    await whileNoRsyncThere(async () => {
      const project = aProject({
        "a.py": "1\n",
        "with space\nand line": "2\n",
        link: { to: "a.py" },
      });
      chmodSync(join(project.root, "a.py"), 0o755);
      save(project, 1100, tooMuchEach);
      await expectHealed(project);
      save(project, 1100, tooMuchEach);
      await expectHealed(project);
    });
  });

  test("whose startup file prints gets the files by tar, and igor says why", async () => {
    const noisy = "/home/dino/.bashrc";
    await onHost(
      "apollo",
      `cp ${noisy} ${noisy}.away; (echo 'echo welcome; printf "no newline"'; cat ${noisy}.away) >${noisy}`,
    );
    try {
      const project = aProject({ "a.py": "1\n" });
      save(project, 1100, tooMuchEach);
      const pushed = await plain.igor(project, ["push"]);
      expect(told(pushed, project)).toMatchInlineSnapshot(`
        "apollo: comparing all files: first push from here
        apollo: warning: trying once more: a startup file there, e.g. ~/.bashrc, prints, and rsync cannot bear that; the files go by tar
        push toy done on apollo in 1 s: 1102 files pushed (1 kB)
        exit code 0"
      `);
      await expectHealed(project);
    } finally {
      await onHost("apollo", `mv ${noisy}.away ${noisy}`);
    }
  });

  test("where the directory is not writable says so", async () => {
    const project = aProject({ "a.py": "1\n", "d/b.py": "1\n" });
    await expectHealed(project);
    await onHost("apollo", ["chmod", "555", `${project.hostDir}/d`]);
    project.write({ "a.py": "2\n", "d/b.py": "2\n" });
    const without = await plain.igor(project, ["push"]);
    await onHost("apollo", ["chmod", "755", `${project.hostDir}/d`]);
    await expectHealed(project);
    // As a container of root leaves it.
    await onHost("apollo", ["chown", "root:root", `${project.hostDir}/d`]);
    project.write({ "d/b.py": "3\n" });
    const rooted = await plain.igor(project, ["push"]);
    expect(told(rooted, project)).toBe(told(without, project));
    expect(told(rooted, project)).toMatchInlineSnapshot(`
      "✗ apollo: d/b.py cannot be written
        apollo:d/b.py
        | mv: cannot move '/home/dino/igor tests/toy/.igor/host/stage/ID/f/d/b.py' to './d/b.py': Permission denied
        → somebody else may own it, as what a container of root made: \`igor doctor\` lists such files, and how they become yours; else choose another \`dir\` in .igor/config.json
      push toy failed on apollo after 1 s: d/b.py cannot be written
      exit code 1"
    `);
    await onHost("apollo", ["chown", "dino:dino", `${project.hostDir}/d`]);
    await expectHealed(project);
    await onHost("apollo", "mkdir -p -m 755 /srv/foreign");
    const foreign = aProject(
      { "a.py": "1\n" },
      { host_groups: { dev: { hosts: [{ host: "apollo", dir: "/srv/foreign" }] } } },
    );
    const refused = await plain.igor(foreign, ["push"]);
    expect(told(refused, foreign)).toMatchInlineSnapshot(`
      "✗ apollo: /srv/foreign cannot be written
        apollo:/srv/foreign
        | mkdir: cannot create directory '/srv/foreign/toy': Permission denied
        → somebody else may own it, as what a container of root made: \`igor doctor\` lists such files, and how they become yours; else choose another \`dir\` in .igor/config.json
      push toy failed on apollo after 1 s: /srv/foreign cannot be written
      exit code 1"
    `);
  });
});

test("Ctrl-C at what does not end there is told, and a second one leaves at once", async () => {
  const project = aProject({ "a.py": "1\n" });
  await expectHealed(project);
  const letGo = await holdLock(project);
  project.write({ "a.py": "2\n" });
  const child = plain.start(project, ["push"]);
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const end = ended(child);
  await until("what it waits for", () => said.includes("another igor"));
  // As a program whose disk hangs.
  const waiting = "pgrep -u dino -f '/tmp/igor[.][^/]*/[0-9]*[.]t'";
  try {
    expect((await onHost("apollo", `kill -STOP $(${waiting})`)).exitCode).toBe(0);
    child.kill("SIGINT");
    const begin = performance.now();
    await until("the wait to be told", () => said.includes("Ctrl-C again"));
    expect(performance.now() - begin).toBeLessThan(6000);
    const again = performance.now();
    child.kill("SIGINT");
    expect((await end).exitCode).toBe(130);
    expect(performance.now() - again).toBeLessThan(2000);
  } finally {
    await onHost("apollo", `kill -CONT $(${waiting})`);
    await letGo();
  }
  expect(said.replaceAll(/\d+/g, "1")).toMatchInlineSnapshot(`
    "apollo: another igor (process 1) is writing to this directory
    apollo: ending what runs there; Ctrl-C again leaves at once
    "
  `);
  await expectHealed(project);
});

test("a transfer that ends while something holds its pipes is over", async () => {
  const bin = temporaryDirectory("igor-held-");
  // As a shared connection does whose far end never answers.
  writeFileSync(
    join(bin, "rsync"),
    `#!/bin/sh\n[ "$1" = --version ] && exec /usr/bin/rsync "$@"\nsleep 60 &\necho $! >>"${bin}/pids"\necho "rsync error: timeout in data send/receive (code 30) at io.c(204)" >&2\nexit 30\n`,
    { mode: 0o755 },
  );
  const many = Array.from(
    { length: 1100 },
    (_, index) => [`f${String(index)}`, "text".repeat(tooMuchEach / 4)] as const,
  );
  try {
    const env = { PATH: `${bin}:${plain.env["PATH"] ?? ""}` };
    const startedAt = Date.now();
    const project = aProject(Object.fromEntries(many));
    const { exitCode, stderr } = await plain.igor(project, ["push"], { env });
    expect(`${String(exitCode)} ${stderr}`).toMatch(/^1 /);
    expect(Date.now() - startedAt).toBeLessThan(30_000);
  } finally {
    for (const pid of readFileSync(join(bin, "pids"), "utf8").trim().split("\n"))
      process.kill(Number(pid));
  }
});

test("what comes into the project while many files are on their way for the first time is not sent with them", async () => {
  const project = aProject({ ".gitignore": "secret\n" });
  execFileSync("git", ["init", "-q"], { cwd: project.root });
  save(project, 1100, tooMuchEach);
  const bin = temporaryDirectory("igor-late-");
  const said = join(bin, "said");
  // The list is made by then.
  writeFileSync(
    join(bin, "rsync"),
    `#!/bin/sh
case " $* " in *" --files-from=- "*) ;; *) exec /usr/bin/rsync "$@" ;; esac
cat >"${bin}/list"
tr '\\0' '\\n' <"${bin}/list" | wc -l >>"${said}"
[ -e d1/secret ] || echo 1 >d1/secret
exec /usr/bin/rsync "$@" <"${bin}/list"
`,
    { mode: 0o755 },
  );
  const env = { PATH: `${bin}:${plain.env["PATH"] ?? ""}` };
  const { exitCode, stderr } = await plain.igor(project, ["push"], { env });
  expect(`${String(exitCode)} ${stderr}`).toMatch(/^0 /);
  const there = await digestsOnHost("apollo", project.hostDir);
  const here = Object.entries(digestsHere(project.root)).filter(
    ([path]) => !path.startsWith(".git/") && path !== "d1/secret",
  );
  expect(there).toEqual(Object.fromEntries(here));
  // Directories first, then each file by its name.
  expect(readFileSync(said, "utf8").trim().split("\n").map(Number)).toEqual([
    Object.keys(there).length - 1100 + 7,
    Object.keys(there).length,
  ]);
});

test("an rsync that is killed there is begun again, or told", async () => {
  const project = aProject({ "a.py": "1\n" });
  save(project, 1100, 40_000);
  const end = ended(plain.start(project, ["push"]));
  await until("rsync to run there", async () => {
    const killed = await onHost("apollo", "pkill -KILL -u dino -x rsync && echo killed || :");
    return killed.stdout.includes("killed");
  });
  const { exitCode, stderr } = await end;
  expect(`${String(exitCode)} ${stderr}`).toMatch(
    /^0 [^]*trying once more: the connection was lost|^1 [^]*rsync/,
  );
  await expectHealed(project);
});

describe("openrsync, which lacks the options that igor needs,", () => {
  const sayings = (stderr: string): readonly string[] =>
    stderr.split("\n").filter((line) => line.includes("by tar"));

  test("on the laptop: many files go by tar, and that is said once", async () => {
    const project = aProject({ "a.py": "1\n" });
    save(project, 1100, tooMuchEach);
    const { exitCode, stderr } = await plain.igor(project, ["push"], withOpenrsyncHere(plain));
    expect(`${String(exitCode)} ${stderr}`).toMatch(/^0 /);
    expect(sayings(stderr)).toEqual([
      "apollo: warning: the files go by tar, and rsync would send less: that of this machine is openrsync, which lacks options that igor needs",
    ]);
    await expectHealed(project);
  });

  test("on the host: as well", async () => {
    await whileOpenrsyncThere(async () => {
      const project = aProject({ "a.py": "1\n" });
      save(project, 1100, tooMuchEach);
      const { exitCode, stderr } = await plain.igor(project, ["push"]);
      expect(`${String(exitCode)} ${stderr}`).toMatch(/^0 /);
      expect(sayings(stderr)).toEqual([
        "apollo: warning: the files go by tar, and rsync would send less: that of apollo is openrsync, which lacks options that igor needs",
      ]);
      await expectHealed(project);
    });
  });
});

test("a laptop without rsync sends many files by tar, says so, and gets large ones by tar", async () => {
  const without = withoutRsyncHere(plain);
  const project = aProject({ "a.py": "1\n" }, { outputs: ["runs"] });
  save(project, 1100, tooMuchEach);
  expect(told(await plain.igor(project, ["push"], without), project)).toMatchInlineSnapshot(`
    "apollo: comparing all files: first push from here
    apollo: warning: the files go by tar, and rsync would send less: it is not installed on this machine
    push toy done on apollo in 1 s: 1102 files pushed (1 kB)
    exit code 0"
  `);
  await expectHealed(project);
  const large = "mkdir runs && head -c 300000 /dev/urandom >'runs/a b' && sha256sum <'runs/a b'";
  const sum = await onHost("apollo", `cd '${project.hostDir}' && ${large}`);
  expect(told(await plain.igor(project, ["pull"], without), project)).toMatchInlineSnapshot(`
    "pull toy done on apollo in 1 s: 1 file pulled (1 kB)
    exit code 0"
  `);
  const brought = createHash("sha256").update(readFileSync(join(project.root, "runs/a b")));
  expect(`${brought.digest("hex")}  -\n`).toBe(sum.stdout);
});

test("files from the past and the future are sent once", async () => {
  const project = aProject({ past: "1\n", future: "1\n" });
  utimesSync(join(project.root, "past"), 1, 1);
  utimesSync(join(project.root, "future"), 4e9, 4e9);
  await expectHealed(project);
  utimesSync(join(project.root, "future"), 4e9 + 1, 4e9 + 1);
  project.write({ past: "2\n" });
  utimesSync(join(project.root, "past"), 0, 0);
  await expectHealed(project);
});

test("a file that is saved again and again while a big push is under way is right in the end", async () => {
  const project = aProject({ "a.py": "1\n" });
  save(project, 1100, tooMuchEach);
  let count = 0;
  const saving = setInterval(() => project.write({ "busy.log": `${String((count += 1))}\n` }), 30);
  const { exitCode } = await plain.igor(project, ["push"]);
  clearInterval(saving);
  expect(exitCode).toBe(0);
  await expectHealed(project);
});

describe("an rsync that is stopped on the host", () => {
  /** On apollo, rsync stops once it has put its first file into the stage of this project. */
  async function stopping(project: TestProject, work: () => Promise<void>): Promise<void> {
    const wrapper = `#!/bin/sh
case "$*" in
  *--server*) echo $$ >>/tmp/stopped-rsync; (until ls '${project.hostDir}'/.igor/host/stage/*/f/d*/f*; do sleep 0.01; done; kill -STOP $$) >/dev/null 2>&1 </dev/null & ;;
esac
exec /usr/bin/rsync "$@"
`;
    await onHost("apollo", "cat >/usr/local/bin/rsync; chmod +x /usr/local/bin/rsync", {
      input: wrapper,
    });
    try {
      await work();
    } finally {
      await onHost(
        "apollo",
        "rm /usr/local/bin/rsync; kill -KILL $(cat /tmp/stopped-rsync); rm /tmp/stopped-rsync",
      );
    }
  }

  test("is told as what igor waits for, and Ctrl-C ends the wait at once", async () => {
    const project = aProject({ "a.py": "1\n" });
    save(project, 1100, tooMuchEach);
    await stopping(project, async () => {
      const child = plain.start(project, ["push"]);
      let said = "";
      child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
      const end = ended(child);
      await until("what it waits for", () => said.includes("waiting for rsync there"));
      const cancelledAt = Date.now();
      child.kill("SIGINT");
      expect((await end).exitCode).toBe(130);
      expect(Date.now() - cancelledAt).toBeLessThan(3000);
    });
    await expectHealed(project);
  });
});
