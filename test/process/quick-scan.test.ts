import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { observe } from "../../src/app/observe.ts";
import type { Observation, Scene } from "../../src/app/observe.ts";
import { quickScan } from "../../src/app/quick-scan.ts";
import type { QuickScan } from "../../src/app/quick-scan.ts";
import { localTree, scan } from "../../src/app/scan.ts";
import type { Scan } from "../../src/app/scan.ts";
import { noteVouched } from "../../src/app/vouched.ts";
import type { Host, Project } from "../../src/model/project.ts";
import { fail } from "../../src/model/result.ts";
import { differenceOf } from "../../src/plan/difference.ts";
import type { Difference } from "../../src/plan/difference.ts";
import { ManifestStore } from "../../src/project/manifest-store.ts";
import { chanceOf } from "../support/chance.ts";

/** Just enough for git to be asked. */
const directories = 101;
const filesEach = 100;
const host = "apollo";

const base = realpathSync(mkdtempSync(join(tmpdir(), "igor-quick-")));
const root = join(base, "project");
const project = {
  root,
  image: { dockerfile: "Dockerfile", rebuildFiles: [], buildArgs: {} },
  sync: { exclude: ["*.excluded"], outputs: [], shared: [] },
} as unknown as Project;
const store = new ManifestStore(join(base, "state"), "dino@apollo:/srv/project");
const destination = { project, store };
let generation = 0;

const git = (...words: readonly string[]): string =>
  execFileSync("git", ["-c", "user.name=d", "-c", "user.email=d@x", ...words], {
    cwd: root,
    encoding: "utf8",
  });
const nameOf = (directory: number, file: number): string =>
  `directory_${String(directory)}/a_file_with_a_rather_long_name_${String(file)}.py`;
const at = (path: string): string => join(root, path);
const write = (path: string, text: string): void => {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), text);
};

beforeAll(async () => {
  vi.stubEnv("XDG_CACHE_HOME", join(base, "cache"));
  for (let directory = 0; directory < directories; directory += 1) {
    mkdirSync(join(root, `directory_${String(directory)}`), { recursive: true });
    for (let file = 0; file < filesEach; file += 1) write(nameOf(directory, file), "text\n");
  }
  write("Dockerfile", "FROM scratch\n");
  git("init", "-q");
  git("add", ".");
  await settle();
}, 60_000);
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(base, { recursive: true, force: true });
}, 60_000);

/** Git's index is trusted from its third second on. */
const settle = (): Promise<void> => pause(2100);

async function look(): Promise<Scan> {
  const found = await scan({
    project,
    named: [],
    known: () => store.load().tree,
    inThread: "nothing",
    ready: Promise.resolve(),
    now: Date.now,
  });
  if (!found.ok) throw new Error(JSON.stringify(found.failure));
  return found.value;
}

async function quickLook(): Promise<QuickScan | undefined> {
  const found = await quickScan(project, new Map([[host, store]]));
  if (!found.ok) throw new Error(JSON.stringify(found.failure));
  return found.value;
}

/** Notes that the host holds everything now. */
function push(scanned: Scan, { states }: Difference): void {
  generation += 1;
  const id = `g${String(generation)}`;
  store.addPending({ generation: id, changes: states });
  store.confirm(id);
  noteVouched(destination, scanned, id);
}

function differenceOfAll(scanned: Scan): Difference {
  const manifest = store.load();
  return differenceOf(localTree(scanned, project, { manifest, touched: undefined }), manifest);
}

function differenceOfPart({ scan: scanned, manifests }: QuickScan): Difference {
  const manifest = manifests.get(host)!;
  return differenceOf(localTree(scanned, project, { manifest, touched: undefined }), manifest);
}

/** Pushes after a look at everything, so that the next look can be a quick one. */
beforeEach(async () => {
  const scanned = await look();
  push(scanned, differenceOfAll(scanned));
  store.load();
});

/** Changed paths of a quick look that finds what a whole one finds; undefined when everything must be looked at. */
async function changed(): Promise<readonly string[] | undefined> {
  const quick = await quickLook();
  if (quick === undefined) return undefined;
  const part = differenceOfPart(quick);
  const all = await look();
  expect(shown(part)).toEqual(shown(differenceOfAll(all)));
  expect(quick.scan.files).toBe(all.files);
  push(quick.scan, part);
  return [...part.states.keys()].sort();
}

const shown = ({ changes, states }: Difference) => ({ changes, states: [...states].sort() });

test("nothing changed, and one file", async () => {
  expect(await changed()).toEqual([]);
  write(nameOf(3, 4), "changed\n");
  expect(await changed()).toEqual([nameOf(3, 4)]);
  expect(await changed()).toEqual([]);
});

test("a host that was asked again is told of what changed meanwhile, and so is one that was not", async () => {
  vi.stubEnv("XDG_STATE_HOME", join(base, "own-state"));
  const hosts = ["apollo", "enterprise"].map((name) => ({ host: name, dir: "/srv" }) as Host);
  const [apollo, enterprise] = hosts as [Host, Host];
  const scene = {
    request: { kind: "push", watch: false },
    subject: { project: { ...project, name: "project" }, group: { name: "cluster", hosts } },
    directory: root,
    terminal: undefined,
    shells: { connection: () => Promise.resolve(fail({ reason: "cancelled" })) },
    now: Date.now,
  } as unknown as Scene;
  const observation = async (): Promise<Observation> => {
    const observed = await observe(scene);
    if (!observed.ok) throw new Error(JSON.stringify(observed.failure));
    return observed.value;
  };
  /** What is to be sent to a host, and the generation that holds it. */
  const planned = async ({ observeHost }: Observation, to: Host) => {
    const facts = await observeHost(to, []);
    if (!facts.ok || facts.value.push === undefined) throw new Error("nothing was observed");
    const { local, manifest, generation: id } = facts.value.push;
    return { id, changes: differenceOf(local, manifest).states };
  };
  write("made_here.py", "1\n");
  await settle();
  const first = await observation();
  for (const to of hosts) {
    const { id, changes } = await planned(first, to);
    first.stores.get(to.host)!.addPending({ generation: id, changes });
    first.stores.get(to.host)!.confirm(id);
    first.stores.get(to.host)!.load();
    first.holdsAll(to, id);
  }

  const second = await observation();
  const isQuick = second.comparedWith(apollo)!;
  expect(isQuick.tree.size).toBeLessThan(isQuick.files);
  expect((await planned(second, apollo)).changes.size).toBe(0);
  expect((await planned(second, enterprise)).changes.size).toBe(0);
  rmSync(at("made_here.py"));
  await settle();
  // The link to apollo died: it is looked at again, and enterprise is through with the first look.
  const { id, changes } = await planned(second, apollo);
  expect([...changes.keys()]).toEqual(["made_here.py"]);
  second.stores.get("apollo")!.addPending({ generation: id, changes });
  second.stores.get("apollo")!.confirm(id);
  second.holdsAll(apollo, id);
  second.holdsAll(enterprise, undefined);

  const third = await observation();
  expect((await planned(third, apollo)).changes.size).toBe(0);
  expect([...(await planned(third, enterprise)).changes.keys()]).toEqual(["made_here.py"]);
}, 60_000);

test("a change that keeps size and time is seen by the ctime, and a change of the mode", async () => {
  const path = nameOf(5, 6);
  const { atime, mtime } = lstatSync(at(path));
  write(path, "TEXT\n");
  utimesSync(at(path), atime, mtime);
  chmodSync(at(nameOf(5, 7)), 0o600);
  expect(await changed()).toEqual([path, nameOf(5, 7)]);
});

test("what is new, and what goes again", async () => {
  write("new/file.py", "1\n");
  write("new/file.excluded", "1\n");
  expect(await changed()).toEqual(["new/file.py"]);
  write("new/file.py", "22\n");
  expect(await changed()).toEqual(["new/file.py"]);
  rmSync(at("new"), { recursive: true });
  rmSync(at(nameOf(7, 7)));
  expect(await changed()).toEqual([nameOf(7, 7), "new/file.py"]);
});

test("what git ignores now is released, not deleted", async () => {
  write("notes.txt", "1\n");
  expect(await changed()).toEqual(["notes.txt"]);
  write(".gitignore", "notes.txt\n");
  expect(await changed()).toEqual([".gitignore", "notes.txt"]);
  rmSync(at(".gitignore"));
  expect(await changed()).toEqual([".gitignore", "notes.txt"]);
});

test("files of which the index is told to say nothing, and those that are always sent", async () => {
  git("update-index", "--skip-worktree", nameOf(8, 8));
  git("update-index", "--assume-unchanged", nameOf(8, 9));
  write(".git/info/exclude", "Dockerfile\n");
  git("rm", "-q", "--cached", "Dockerfile");
  await settle();
  const scanned = await look();
  push(scanned, differenceOfAll(scanned));
  for (const path of [nameOf(8, 8), nameOf(8, 9), "Dockerfile"]) write(path, "changed here\n");
  expect(await changed()).toEqual(["Dockerfile", nameOf(8, 8), nameOf(8, 9)]);
});

test("everything is looked at when git's index is another", async () => {
  write(nameOf(9, 9), "changed\n");
  git("add", nameOf(9, 9));
  expect(await changed()).toBeUndefined();
});

test("everything is looked at when somebody adds a file while git is asked", async () => {
  write(nameOf(10, 10), "changed\n");
  const bin = join(base, "bin");
  mkdirSync(bin);
  const script = `#!/bin/sh\nPATH=\${PATH#*:}\ncase $* in *diff-files*) git add "${nameOf(10, 10)}" ;; esac\nexec git "$@"\n`;
  writeFileSync(join(bin, "git"), script, { mode: 0o755 });
  vi.stubEnv("PATH", `${bin}:${process.env["PATH"] ?? ""}`);
  try {
    expect(await quickLook()).toBeUndefined();
  } finally {
    vi.stubEnv("PATH", process.env["PATH"]?.slice(bin.length + 1));
  }
});

test("an index that was written a moment ago vouches for nothing yet", async () => {
  git("add", ".");
  git("update-index", "--force-write-index");
  expect((await look()).vouched).toBeUndefined();
  await settle();
  expect((await look()).vouched).toBeDefined();
});

test("everything is looked at when other files are pushed, or something else is known of the host", async () => {
  const { scan: scanned } = (await quickLook())!;
  write(".igorignore", "*.txt\n");
  expect(await quickLook()).toBeUndefined();
  rmSync(at(".igorignore"));
  expect(await quickLook()).toBeDefined();
  store.addPending({ generation: "other", changes: new Map([["x", undefined]]) });
  expect(await quickLook()).toBeUndefined();
  store.confirm("other");
  expect(await quickLook()).toBeUndefined();
  noteVouched(destination, scanned, "other");
  expect(await quickLook()).toBeDefined();
});

test("a repository inside is for its own git to tell", async () => {
  mkdirSync(at("inside"));
  execFileSync("git", ["init", "-q"], { cwd: at("inside") });
  write("inside/file.py", "1\n");
  expect(await quickLook()).toBeUndefined();
  expect((await look()).vouched).toBeUndefined();
  rmSync(at("inside"), { recursive: true });
});

test(
  "it finds what a look at everything finds, whatever is done",
  { timeout: 60_000 },
  async () => {
    const chance = chanceOf(20_261_122);
    const files = Array.from({ length: 12 }, (_, index) => nameOf(20 + (index % 3), index));
    const names = [...files, "new.py", "directory_20", "new/a.py", "new/b.excluded"];
    const clear = (path: string): void => rmSync(at(path), { recursive: true, force: true });
    const edits: readonly ((path: string) => void)[] = [
      (path) => write(path, `${String(chance.number(1000))}\n`),
      (path) => write(path, "same size\n"),
      (path) => clear(path),
      (path) => {
        clear(path);
        mkdirSync(dirname(at(path)), { recursive: true });
        symlinkSync(chance.one(["Dockerfile", "directory_30", "nowhere"]), at(path));
      },
      (path) => {
        if (existsSync(at(path))) chmodSync(at(path), chance.one([0o644, 0o755, 0o600]));
      },
      (path) => {
        clear(path);
        write(`${path}/below.py`, "1\n");
      },
      (path) => {
        if (existsSync(at(path))) renameSync(at(path), `${at(path)}.moved`);
      },
      (path) => {
        if (!existsSync(at(path)) || !lstatSync(at(path)).isFile()) return;
        const { atime, mtime } = lstatSync(at(path));
        const text = readFileSync(at(path), "utf8");
        writeFileSync(at(path), text.replaceAll(/[a-z0-9]/g, String(chance.number(10))));
        utimesSync(at(path), atime, mtime);
      },
      () => write(".gitignore", chance.number(2) === 0 ? "new.py\n*.moved\n" : "new/\n"),
    ];
    for (let round = 0; round < 24; round += 1) {
      for (let count = chance.number(4); count > 0; count -= 1) {
        try {
          chance.one(edits)(chance.one(names));
        } catch {
          // Something else stands in the way.
        }
      }
      expect(await changed(), `round ${String(round)}`).toBeDefined();
    }
  },
);
