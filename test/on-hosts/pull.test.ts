import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hostAddress, onHost } from "../hosts/bed.ts";
import { startRelay } from "../hosts/relay.mjs";
import { told } from "../support/docker-project.ts";
import { aLaptop, aProject, ended, igorProgram } from "../support/laptop.ts";
import type { TestProject } from "../support/laptop.ts";
import { whileOpenrsyncThere, withOpenrsyncHere } from "../support/other-rsync.ts";
import { openTerminal } from "../support/terminal.ts";
import { until } from "../support/until.ts";

const relay = await startRelay({ target: { host: await hostAddress("apollo"), port: 22 } });
const laptop = aLaptop();
/** Its line to apollo can be cut. */
const afar = aLaptop({ through: { apollo: relay.port } });
afterAll(async () => {
  await laptop.close();
  await afar.close();
  await relay.close();
});

const outputs = { outputs: ["runs/", "checkpoints/*.pt"] };

async function pull(project: TestProject, ...words: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await laptop.igor(project, ["pull", ...words]);
  return `${String(exitCode)} ${stdout}${stderr}`;
}

/** Runs a script in the project's directory on a host, which it makes. */
async function there(
  { hostDir }: TestProject,
  script: string,
  {
    host = "apollo",
    input = "",
  }: { readonly host?: string; readonly input?: string | Buffer } = {},
): Promise<string> {
  const words = ["sh", "-ec", `mkdir -p "$1"; cd "$1"; ${script}`, "sh", hostDir];
  const { exitCode, stdout, stderr } = await onHost(host, words, { user: "dino", input });
  expect(`${String(exitCode)} ${stderr}`).toMatch(/^0 /);
  return stdout;
}

const here = (project: TestProject, path: string): string =>
  readFileSync(join(project.root, path), "utf8");

/** Everything in the project here, but what igor and git keep. */
function filesHere({ root }: TestProject): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1))
    .filter((path) => !path.startsWith(".igor/"))
    .sort();
}

/** What an igor that is not at work has left in its own directory. */
function leftovers({ root }: TestProject): readonly string[] {
  const stage = join(root, ".igor/pull/stage");
  return existsSync(stage) ? readdirSync(stage) : [];
}

describe("a pull", () => {
  test("brings what is new and what changed there, with its time and mode, and then nothing", async () => {
    const project = aProject({ "a.py": "1\n" }, outputs);
    await there(
      project,
      `mkdir -p runs/1 checkpoints; echo log >runs/1/log; chmod 750 runs/1/log; touch -d @1600000000.123456789 runs/1/log
       head -c 600000 /dev/urandom >checkpoints/a.pt; echo no >checkpoints/a.txt; ln -s 1 runs/latest`,
    );
    expect(await pull(project)).toMatch(/^0 .*: 3 files pulled \(600 kB\)\n$/s);
    expect(filesHere(project)).toEqual(["a.py", "checkpoints/a.pt", "runs/1/log", "runs/latest"]);
    expect(readlinkSync(join(project.root, "runs/latest"))).toBe("1");
    const { mode, mtimeNs } = lstatSync(join(project.root, "runs/1/log"), { bigint: true });
    expect(mode & 0o777n).toBe(0o750n);
    expect(Number(mtimeNs / 1000n) / 1e6).toBeCloseTo(1_600_000_000.123456, 5);
    expect(await pull(project)).toMatch(/^0 .*: nothing to pull \(3 files up to date\)\n$/s);
    await there(project, "echo more >>runs/1/log; ln -sfn 2 runs/latest; rm checkpoints/a.pt");
    expect(await pull(project)).toMatch(/^0 .*: 2 files pulled \(9 B\)\n$/s);
    expect(here(project, "runs/1/log")).toBe("log\nmore\n");
    expect(filesHere(project)).toContain("checkpoints/a.pt");
    expect(leftovers(project)).toEqual([]);
    // What came is an output, and no part of what is pushed.
    const pushed = await laptop.igor(project, ["push", "--adopt"]);
    expect(pushed.stderr).toContain("2 files pushed");
  });

  test("of named paths is relative to where one is, also outside the outputs", async () => {
    const project = aProject({ "src/a.py": "1\n" }, outputs);
    await there(project, "mkdir -p src/out; echo 1 >src/out/x.csv; echo 2 >src/out/y.txt");
    const inside = { root: join(project.root, "src") };
    const run = await laptop.igor(inside, ["pull", "out/*.csv"]);
    expect(run.exitCode).toBe(0);
    expect(filesHere(project)).toEqual(["src/a.py", "src/out/x.csv"]);
    await there(project, "mkdir résumé; echo 1 >résumé/ä.txt; echo 2 >résumé/b.txt");
    expect(await pull(project, "r?sum?/[!b].txt")).toMatch(/^0 .*1 file pulled/s);
    expect(filesHere(project)).toEqual(["résumé/ä.txt", "src/a.py", "src/out/x.csv"]);
    expect(await pull(project, "rnus")).toMatch(/^1 .*apollo: nothing there matches rnus/s);
    expect(await pull(project, "../x")).toMatch(/^2 .*\.\.\/x is outside of the project/s);
    expect(await pull(aProject({}))).toMatch(
      /^2 .*names no outputs\n {2}\/.*\.igor\/config\.json:1\n.*"outputs"/s,
    );
    expect(await pull(project)).toMatch(/^0 .*nothing to pull: there is no runs or checkpoints/s);
  });

  test("with --plan tells what would come, and touches nothing", async () => {
    const project = aProject({ "runs/mine": "mine\n" }, outputs);
    await there(project, "mkdir runs; echo 1 >runs/a; echo other >runs/mine; mkfifo runs/pipe");
    const plan = await pull(project, "--plan");
    expect(plan).toMatch(/^0 .*1 file to bring \(2 B\)\n {4}\+ 2 B {2}runs\/a\n/s);
    expect(plan).toMatch(/you changed or made it here\n {4}- runs\/mine\n.*- runs\/pipe\n/s);
    expect(filesHere(project)).toEqual(["runs/mine"]);
    expect(existsSync(join(project.root, ".igor/pull"))).toBe(false);
    const json = await laptop.igor(project, ["pull", "--plan", "--json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({ lanes: [{ files: [{ path: "runs/a" }] }] });
    const events = await laptop.igor(project, ["pull", "--json"]);
    const lines = events.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    expect(lines).toContainEqual(
      expect.objectContaining({ decision: { kind: "pulled", files: 1, bytes: 2 } }),
    );
    expect(lines.at(-1)).toMatchObject({ type: "plan-ended" });
  });
});

describe("what was changed here", () => {
  test("stays and is told; with --overwrite it is moved aside; the same content is no change", async () => {
    const project = aProject({ "runs/same": "equal\n", "runs/new": "mine\n" }, outputs);
    await there(
      project,
      "mkdir runs; echo 1 >runs/log; echo equal >runs/same; echo theirs >runs/new",
    );
    expect(await pull(project)).toMatch(
      /^1 .*1 file pulled \(2 B\), 1 file left as it is\n.*you changed or made it here: runs\/new\n.*--overwrite/s,
    );
    project.write({ "runs/log": "edited here\n" });
    await there(project, "echo 2 >>runs/log");
    expect(await pull(project)).toMatch(/^1 .*2 files left as they are.*runs\/log, runs\/new/s);
    expect(here(project, "runs/log")).toBe("edited here\n");
    expect(here(project, "runs/new")).toBe("mine\n");
    expect(await pull(project, "--overwrite")).toMatch(
      /^0 .*yours moved aside: runs\/log, runs\/new \(in \.igor\/pull\/conflicts\/.*2 files pulled/s,
    );
    expect(here(project, "runs/log")).toBe("1\n2\n");
    const [stamp = ""] = readdirSync(join(project.root, ".igor/pull/conflicts"));
    expect(here(project, `.igor/pull/conflicts/${stamp}/runs/log`)).toBe("edited here\n");
    expect(here(project, `.igor/pull/conflicts/${stamp}/runs/new`)).toBe("mine\n");
    expect(await pull(project)).toMatch(/^0 .*nothing to pull/s);
    await there(project, "rm runs/new; mkdir runs/new; echo in >runs/new/in; echo 3 >runs/log");
    expect(await pull(project)).toMatch(/^1 .*1 file pulled.*runs\/new\/in/s);
    expect(await pull(project, "--overwrite")).toMatch(/^0 .*yours moved aside: runs\/new/s);
    expect(here(project, "runs/new/in")).toBe("in\n");
  });

  test("is asked about on a terminal", async () => {
    const project = aProject({ "runs/log": "mine\n" }, outputs);
    await there(project, "mkdir runs; echo theirs there >runs/log");
    const shell = ["sh", "-c", `cd '${project.root}'; exec "$0" "$@"`];
    const argv = [...shell, process.execPath, igorProgram, "pull"];
    using terminal = openTerminal(argv, laptop.env);
    await terminal.shows(
      /Move your runs\/log to \.igor\/pull\/conflicts\/, and take that of apollo/,
    );
    expect(here(project, "runs/log")).toBe("mine\n");
    terminal.keys("y", "Enter");
    await terminal.shows("1 file pulled");
    expect(here(project, "runs/log")).toBe("theirs there\n");
  });
});

describe("names and links", () => {
  test("of any kind come as they are, and none leaves the project", async () => {
    const project = aProject({}, outputs);
    const names = [
      "with space",
      "new\nline",
      "quo'te",
      "$(touch x)",
      "-rf",
      "back\\slash",
      "*",
      "#a#",
    ];
    const program = `
import os, sys, json
os.makedirs('runs/sub/.git')
for name in json.load(sys.stdin): open('runs/' + name, 'w').write(name)
open(b'runs/caf\\xe9', 'w').write('x')
open('runs/sub/.git/config', 'w').write('x')
os.mkfifo('runs/pipe')
for name, to in (('out', '../..'), ('abs', '/etc/passwd'), ('up', 'sub/../../../x'), ('in', '../src'), ('odd\\nlink', 'sub')): os.symlink(to, 'runs/' + name)`;
    await there(
      project,
      `python3 -c "$(cat <<'END'\n${program.replace("json.load(sys.stdin)", JSON.stringify(names))}\nEND\n)"`,
    );
    const said = await pull(project);
    expect(said).toMatch(/^0 /);
    expect(said).toContain("runs/pipe (a pipe, a socket or a device)");
    expect(said).toMatch(/runs\/abs, runs\/out, runs\/up \(links that lead out of the project\)/);
    expect(said).toContain("its name is not UTF-8");
    expect(filesHere(project)).toEqual(
      [...names, "in", "odd\nlink"].map((name) => `runs/${name}`).sort(),
    );
    for (const name of names) expect(here(project, `runs/${name}`)).toBe(name);
    // The same by rsync.
    const large = aProject({}, { outputs: ["runs"] });
    await there(large, `cp -r '${project.hostDir}/runs' .; head -c 300000 /dev/zero >runs/big`);
    expect(await pull(large)).toMatch(/^0 /);
    expect(filesHere(large)).toEqual([...filesHere(project), "runs/big"].sort());
    for (const name of names) expect(here(large, `runs/${name}`)).toBe(name);
  });

  test("a link on the way is followed on neither side", async () => {
    const project = aProject({}, { outputs: ["runs", "data/x"] });
    const outside = join(dirname(project.root), "outside");
    mkdirSync(outside);
    symlinkSync(outside, join(project.root, "runs"));
    await there(
      project,
      "mkdir -p ../elsewhere runs; echo secret >../elsewhere/x; ln -s ../elsewhere data; echo 1 >runs/a",
    );
    const said = await pull(project);
    expect(said).toMatch(/^1 .*data \(a symbolic link on apollo.*symbolic link here.*runs\/a/s);
    expect(readdirSync(outside)).toEqual([]);
    expect(await pull(project, "--overwrite")).toMatch(/^1 .*symbolic link here/s);
    expect(readdirSync(outside)).toEqual([]);
    rmSync(join(project.root, "runs"));
    symlinkSync(outside, join(project.root, ".igor/pull"));
    expect(await pull(project)).toMatch(
      /^1 .*\.igor\/pull is a symbolic link; igor writes through none/s,
    );
    expect(readdirSync(outside)).toEqual([]);
    rmSync(join(project.root, ".igor/pull"));
    mkdirSync(join(project.root, ".igor/pull"));
    symlinkSync(outside, join(project.root, ".igor/pull/conflicts"));
    project.write({ "runs/a": "mine\n" });
    expect(await pull(project, "--overwrite")).toMatch(
      /^1 .*\.igor\/pull\/conflicts is a symbolic link; igor writes through none/s,
    );
    expect(here(project, "runs/a")).toBe("mine\n");
    expect(readdirSync(outside)).toEqual([]);
  });
});

test("files of one name that differ come from no host until one is chosen", async () => {
  const project = aProject({}, outputs);
  const all = ["-g", "cluster"];
  for (const host of ["apollo", "enterprise"])
    await there(
      project,
      `mkdir runs; echo ${host} >runs/log; echo 1 >runs/${host}; echo 2 >runs/same`,
      { host },
    );
  const said = await pull(project, ...all);
  expect(said).toMatch(
    /^1 .*not the same on all hosts of the group: runs\/log\n.*-g cluster --host apollo`/s,
  );
  expect(filesHere(project)).toEqual(["runs/apollo", "runs/enterprise", "runs/same"]);
  // What igor advises is for the same group, the same host and the same paths.
  const advised = (text: string, about: RegExp): Promise<string> =>
    pull(project, ...(about.exec(text)?.[1] ?? "").split(" "));
  expect(await advised(said, /`igor pull ([^`]+ enterprise)`/)).toMatch(/^0 .*2 files pulled/s);
  expect(here(project, "runs/log")).toBe("enterprise\n");
  project.write({ "runs/log": "mine\n", "runs/apollo": "mine\n" });
  const changed = await pull(project, ...all, "--host", "apollo", "runs/log");
  expect(await advised(changed, /`igor pull ([^`]+)`/)).toMatch(/^0 .*moved aside: runs\/log /s);
  expect(here(project, "runs/log")).toBe("apollo\n");
  expect(here(project, "runs/apollo")).toBe("mine\n");
});

test("what may not be read there is told, and the rest comes", async () => {
  const project = aProject({}, outputs);
  await there(
    project,
    "mkdir -p runs/closed; echo 1 >runs/a; echo 2 >runs/key; echo 3 >runs/closed/b",
  );
  await onHost(
    "apollo",
    `cd '${project.hostDir}/runs' && chown root key closed && chmod 600 key && chmod 700 closed`,
  );
  expect(await pull(project)).toMatch(
    /^1 .*1 file pulled \(2 B\), 2 files left.*you may not read them on apollo: runs\/closed, runs\/key/s,
  );
  await there(project, "head -c 300000 /dev/zero >runs/big");
  expect(await pull(project)).toMatch(/^1 .*1 file pulled \(300 kB\), 2 files left.*runs\/key/s);
  await onHost("apollo", `chown -R dino '${project.hostDir}/runs'`);
});

describe("without rsync there", () => {
  beforeAll(() => onHost("apollo", "mv /usr/bin/rsync /usr/bin/rsync.away"));
  afterAll(() => onHost("apollo", "mv /usr/bin/rsync.away /usr/bin/rsync"));

  test("files come by tar, also one that has two names", async () => {
    const project = aProject({}, outputs);
    await there(
      project,
      "mkdir runs; head -c 3000000 /dev/urandom >runs/big; ln runs/big runs/other; echo 1 >runs/small",
    );
    expect(await pull(project)).toMatch(/^0 .*3 files pulled \(6\.0 MB\)/s);
    const sum = await there(project, "sha256sum <runs/big");
    expect(await sumHere(project, "runs/big")).toBe(sum);
    expect(await sumHere(project, "runs/other")).toBe(sum);
    expect(await pull(project)).toMatch(/^0 .*nothing to pull/s);
  });

  test.each([
    ["the link", /^0 .*trying once more.*pulled/s],
    ["SIGINT", /^130 .*cancelled/s],
    ["SIGKILL", /^null /],
  ] as const)(
    "a pull that is cut by %s leaves nothing half, and the next one brings the rest",
    async (how, said) => {
      const project = aProject({}, outputs);
      const input = randomBytes(9_000_000);
      await there(project, "mkdir runs; cat >runs/a; for i in b c; do cp runs/a runs/$i; done", {
        input,
      });
      await afar.close();
      relay.reset();
      relay.setRate(12_000_000);
      const child = afar.start(project, ["pull"]);
      const end = ended(child);
      await until("a part of it", () => relay.stat().down.bytes > input.length * 1.5);
      if (how === "the link") relay.cut();
      else child.kill(how);
      relay.setRate(0);
      const { exitCode, stderr } = await end;
      expect(`${String(exitCode)} ${stderr}`).toMatch(said);
      await afar.close();
      const healed = await afar.igor(project, ["pull"]);
      expect(`${String(healed.exitCode)} ${healed.stderr}`).toMatch(/^0 /);
      expect(filesHere(project)).toEqual(["runs/a", "runs/b", "runs/c"]);
      for (const path of filesHere(project))
        expect(readFileSync(join(project.root, path)).equals(input), path).toBe(true);
      expect(leftovers(project)).toEqual([]);
    },
  );
});

describe("with openrsync, which refuses the options that igor needs,", () => {
  const make = `mkdir -p "runs/a b"; echo 1 >"runs/a b/it's \\$x"; echo 2 >"runs/a b/ü\n"`;

  test("here: few files come, many by tar, and what changed", async () => {
    const openrsync = withOpenrsyncHere(laptop);
    const brought = async (project: TestProject): Promise<string> =>
      told(await laptop.igor(project, ["pull"], openrsync), project);
    const project = aProject({}, outputs);
    await there(project, make);
    expect(await brought(project)).toBe(
      "pull toy done on apollo in 1 s: 2 files pulled (1 kB)\nexit code 0",
    );
    await there(
      project,
      'head -c 300000 /dev/urandom >"runs/a b/large one"; echo 11 >"runs/a b/ü\n"',
    );
    expect(await brought(project)).toBe(
      "pull toy done on apollo in 1 s: 2 files pulled (1 kB)\nexit code 0",
    );
    expect(filesHere(project)).toEqual(
      ["it's $x", "large one", "ü\n"].map((name) => `runs/a b/${name}`),
    );
    expect(here(project, "runs/a b/ü\n")).toBe("11\n");
    expect(await sumHere(project, "runs/a b/large one")).toBe(
      await there(project, 'sha256sum <"runs/a b/large one"'),
    );
    expect(await brought(project)).toMatch(/nothing to pull/);
  });

  test("there: as well", async () => {
    const project = aProject({}, outputs);
    await there(project, `${make}; head -c 300000 /dev/urandom >"runs/a b/large one"`);
    const said = await whileOpenrsyncThere(() => pull(project));
    expect(said).toMatch(/^0 pull \S+ done on apollo in .*: 3 files pulled \(300 kB\)\n$/);
    expect(await sumHere(project, "runs/a b/large one")).toBe(
      await there(project, 'sha256sum <"runs/a b/large one"'),
    );
  });
});

async function sumHere(project: TestProject, path: string): Promise<string> {
  const { createHash } = await import("node:crypto");
  const content = readFileSync(join(project.root, path));
  return `${createHash("sha256").update(content).digest("hex")}  -\n`;
}

test("a log that is written to comes as it is, and is told", async () => {
  const project = aProject({}, outputs);
  await there(project, "mkdir runs; head -c 2000000 /dev/urandom >runs/log");
  await there(
    project,
    "(i=0; while [ $i -lt 400 ]; do echo more >>runs/log; i=$((i + 1)); sleep 0.01; done) >/dev/null 2>&1 &",
  );
  expect(await pull(project)).toMatch(
    /^0 .*runs\/log changed on apollo while being read.*1 file pulled/s,
  );
  expect(statSync(join(project.root, "runs/log")).size).toBeGreaterThan(2_000_000);
});

describe("a pull that is cut", () => {
  const bytes = 12_000_000;

  /** Pulls a large file through the relay until a part has come, and ends it in some way. */
  async function cutShort(project: TestProject, how: "link" | "SIGKILL" | "SIGINT"): Promise<void> {
    await there(project, "mkdir -p runs checkpoints; cat >checkpoints/a.pt; echo 1 >runs/a", {
      input: randomBytes(bytes),
    });
    relay.reset();
    relay.setRate(12_000_000);
    const child = afar.start(project, ["pull"]);
    const end = ended(child);
    await until("half of it", () => relay.stat().down.bytes > bytes / 2);
    if (how === "link") relay.cut();
    child.kill(how === "link" ? "SIGKILL" : how);
    await end;
    relay.cut();
    relay.setRate(0);
    expect(filesHere(project)).not.toContain("checkpoints/a.pt");
  }

  async function expectHealed(project: TestProject): Promise<void> {
    await afar.close();
    relay.reset();
    const healed = await afar.igor(project, ["pull"]);
    expect(`${String(healed.exitCode)} ${healed.stderr}`).toMatch(/^0 /);
    // The rest, and not what had come.
    expect(relay.stat().down.bytes).toBeLessThan(bytes * 0.75);
    expect(await sumHere(project, "checkpoints/a.pt")).toBe(
      await there(project, "sha256sum <checkpoints/a.pt"),
    );
    expect(filesHere(project)).toEqual(["checkpoints/a.pt", "runs/a"]);
    expect(leftovers(project)).toEqual([]);
  }

  test.each(["SIGKILL", "SIGINT", "link"] as const)(
    "by %s, and the end of igor, leaves nothing half, and the next one goes on where it was",
    async (how) => {
      const project = aProject({}, outputs);
      await cutShort(project, how);
      await expectHealed(project);
    },
  );

  test("by the link goes on by itself", async () => {
    const project = aProject({}, outputs);
    await there(project, "mkdir checkpoints; cat >checkpoints/a.pt", { input: randomBytes(bytes) });
    await afar.close();
    relay.reset();
    relay.cutAfter(bytes / 2);
    const { exitCode, stderr } = await afar.igor(project, ["pull"]);
    expect(`${String(exitCode)} ${stderr}`).toMatch(/^0 .*trying once more.*1 file pulled/s);
    expect(relay.stat().down.bytes).toBeLessThan(bytes * 1.3);
  });
});

test("a pull that cannot write midway takes nothing of its own for the user's afterwards", async () => {
  const project = aProject({}, outputs);
  await there(project, "mkdir -p runs/m; for i in a m/x z; do echo 1 >runs/$i; done");
  expect(await pull(project)).toMatch(/^0 .*3 files pulled/s);
  await there(project, "for i in a m/x z; do echo 22 >runs/$i; done");
  const saved = join(dirname(project.root), "saved");
  execFileSync("cp", ["-p", join(project.root, "runs/z"), saved]);
  // Root may write everywhere, but not where something is mounted for reading.
  const closed = join(project.root, "runs/m");
  execFileSync("mount", ["--bind", "-r", closed, closed]);
  try {
    expect(await pull(project)).toMatch(/^1 .*read-only file system.*runs\/m\/x/s);
  } finally {
    execFileSync("umount", [closed]);
  }
  expect(here(project, "runs/a")).toBe("22\n");
  expect(await pull(project)).toMatch(/^0 .*2 files pulled/s);
  for (const path of ["a", "m/x", "z"]) expect(here(project, `runs/${path}`)).toBe("22\n");
  // What was replaced is the user's when it comes back.
  execFileSync("mv", [saved, join(project.root, "runs/z")]);
  expect(await pull(project)).toMatch(/^1 .*you changed or made it here: runs\/z/s);
});

test("two pulls at once bring the same, whole", async () => {
  const project = aProject({}, outputs);
  await there(
    project,
    "mkdir runs; head -c 5000000 /dev/urandom >runs/big; for i in 1 2 3 4 5 6 7 8 9; do echo $i >runs/$i; done",
  );
  const said = await Promise.all([pull(project), pull(project), pull(project)]);
  expect(said.filter((each) => !each.startsWith("0 "))).toEqual([]);
  expect(await sumHere(project, "runs/big")).toBe(await there(project, "sha256sum <runs/big"));
  expect(filesHere(project)).toHaveLength(10);
  expect(leftovers(project)).toEqual([]);
});
