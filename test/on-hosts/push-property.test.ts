import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import type { Stats } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { onHost } from "../hosts/bed.ts";
import { chanceOf } from "../support/chance.ts";
import type { Chance } from "../support/chance.ts";
import { aLaptop, aProject, ended } from "../support/laptop.ts";
import type { Laptop, TestProject } from "../support/laptop.ts";
import { until } from "../support/until.ts";

/** How long the runs go on; more by IGOR_PROPERTY_SECONDS. A failure prints its seed, for IGOR_PROPERTY_SEED. */
const seconds = Number(process.env["IGOR_PROPERTY_SECONDS"] ?? "15");
const givenSeed = process.env["IGOR_PROPERTY_SEED"];

const first = aLaptop();
const second = aLaptop();
afterAll(async () => {
  await first.close();
  await second.close();
});

/** Few names, so that they meet as file, directory and link; one of them odd. */
const names = [
  "a",
  "b",
  "A",
  "d/a",
  "d/b",
  "d/e/a",
  "f/x",
  "f/x/y",
  "d",
  "odd \n'\\$(x)/-n",
  "keep.log",
  "g/h/i/j",
];

function statusOf(file: string): Stats | undefined {
  try {
    return lstatSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined; // a file stands where a directory was
  }
}

/** One change of a checkout. */
function editLocally({ root }: TestProject, chance: Chance, text: string): string {
  const path = chance.one(names);
  const file = join(root, path);
  const isBelowNoLink = path
    .split("/")
    .every(
      (_, depth, parts) =>
        depth === 0 || statusOf(join(root, ...parts.slice(0, depth)))?.isDirectory() === true,
    );
  const clear = (): void => {
    // What stands in the way of the path, above or at it.
    for (let parent = dirname(path); parent !== "."; parent = dirname(parent)) {
      const found = statusOf(join(root, parent));
      if (found !== undefined && !found.isDirectory()) rmSync(join(root, parent));
    }
    rmSync(file, { recursive: true, force: true });
    mkdirSync(dirname(file), { recursive: true });
  };
  switch (chance.number(8)) {
    case 0:
    case 1:
    case 2:
      clear();
      writeFileSync(file, text);
      return `write ${path}`;
    case 3:
      if (isBelowNoLink) rmSync(file, { recursive: true, force: true });
      return `delete ${path}`;
    case 4:
      clear();
      symlinkSync(chance.one(["a", "d", "g", "nowhere"]), file);
      return `link ${path}`;
    case 5:
      if (!isBelowNoLink || statusOf(file)?.isFile() !== true) return "nothing";
      chmodSync(file, chance.one([0o644, 0o755, 0o600, 0o444]));
      return `mode ${path}`;
    case 6: {
      const from = chance.one(names);
      if (
        from === path ||
        path.startsWith(`${from}/`) ||
        from.startsWith(`${path}/`) ||
        !existsSync(join(root, from))
      )
        return "nothing";
      clear();
      if (!existsSync(join(root, from))) return "nothing";
      renameSync(join(root, from), file);
      return `rename ${from} ${path}`;
    }
    default:
      writeFileSync(join(root, ".igorignore"), chance.one(["", "*.log\n", "d/e/\n", "b\n"]));
      return "ignore";
  }
}

/** One change by a user of the host, as a script; what it writes is told, because it must never be lost. */
function editOnHost(
  chance: Chance,
  text: string,
): { readonly script: string; readonly wrote: string | undefined } {
  const path = chance.one(names);
  const quoted = `'${path.replaceAll("'", `'\\''`)}'`;
  switch (chance.number(6)) {
    case 0:
    case 1:
    case 2:
      return {
        script: `mkdir -p "$(dirname ${quoted})" 2>/dev/null && [ ! -d ${quoted} ] && [ ! -L ${quoted} ] && printf %s '${text}' >${quoted} && echo wrote`,
        wrote: text,
      };
    case 3:
      return {
        script: `[ -d ${quoted} ] && printf %s '${text}' >${quoted}/artefact && echo wrote`,
        wrote: text,
      };
    case 4:
      return { script: `rm -rf ${quoted}`, wrote: undefined };
    default:
      return {
        script: `[ -e ${quoted} ] && rm -rf ${quoted} && mkdir -p ${quoted}/sub && printf %s '${text}' >${quoted}/sub/mine && echo wrote`,
        wrote: text,
      };
  }
}

/** Everything on the host, also what was kept aside: path to mode and content. */
async function hostFiles({ hostDir }: TestProject): Promise<Record<string, string>> {
  const program = `
import os, sys, json
found = {}
os.chdir(sys.argv[1])
for base, dirs, files in os.walk('.'):
    if base == './.igor/host': dirs[:] = [d for d in dirs if d == 'conflicts']; files = []
    for name in files + [d for d in dirs if os.path.islink(os.path.join(base, d))]:
        path = os.path.join(base, name)
        found[path[2:]] = 'l ' + os.readlink(path) if os.path.islink(path) else '%o %s' % (os.lstat(path).st_mode & 0o777, open(path, encoding='utf-8', newline='').read())
print(json.dumps(found))`;
  const { stdout, stderr } = await onHost("apollo", ["python3", "-c", program, hostDir]);
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as Record<string, string>;
}

/** What a push is to bring, by the rules of this test's ignore patterns. */
function localFiles({ root }: TestProject): Record<string, string> {
  const ignored = existsSync(join(root, ".igorignore"))
    ? readFileSync(join(root, ".igorignore"), "utf8").trim()
    : "";
  const isIgnored = (path: string) =>
    (ignored === "*.log" && path.split("/").some((part) => part.endsWith(".log"))) ||
    (ignored === "d/e/" && path.startsWith("d/e/")) ||
    (ignored === "b" && path.split("/").includes("b"));
  const found: Record<string, string> = {};
  const visit = (below: string): void => {
    for (const name of readdirSync(join(root, below))) {
      const path = below === "" ? name : `${below}/${name}`;
      const status = lstatSync(join(root, path));
      if (status.isDirectory()) visit(path);
      else if (!isIgnored(path)) {
        found[path] = status.isSymbolicLink()
          ? `l ${readlinkSync(join(root, path))}`
          : `${(status.mode & 0o777).toString(8)} ${readFileSync(join(root, path), "utf8")}`;
      }
    }
  };
  visit("");
  return found;
}

interface World {
  readonly checkouts: readonly (readonly [Laptop, TestProject])[];
  readonly chance: Chance;
  readonly log: string[];
  /** What users of the host wrote, and did not delete themselves. */
  readonly written: Set<string>;
  /** What each checkout pushed last, for its deletions. */
  readonly pushed: Map<TestProject, Record<string, string>>;
  count: number;
}

/** What the user of the host wrote and is nowhere any more; a later edit by hand may have removed it. */
function lostOf(world: World, host: Record<string, string>): readonly string[] {
  const texts = new Set(Object.values(host).map((text) => text.slice(text.indexOf(" ") + 1)));
  return [...world.written].filter((text) => !texts.has(text));
}

async function edit(world: World): Promise<void> {
  const { chance, checkouts, log } = world;
  const [, project] = checkouts[0]!;
  world.count += 1;
  if (chance.number(3) > 0) {
    const [, of] = chance.one(checkouts);
    log.push(
      `${of === project ? "first" : "second"}: ${editLocally(of, chance, `local ${String(world.count)} ${"x".repeat(chance.number(4))}`)}`,
    );
    return;
  }
  const { script, wrote } = editOnHost(chance, `host ${String(world.count)}`);
  const { stdout } = await onHost(
    "apollo",
    ["sh", "-c", `cd "$1" 2>/dev/null || exit 0; ${script}`, "sh", project.hostDir],
    { user: "dino" },
  );
  log.push(`host: ${script}`);
  // What the user's own hand has removed is not igor's to keep.
  const host = await hostFiles(project).catch((): Record<string, string> => ({}));
  const texts = new Set(Object.values(host).map((text) => text.slice(text.indexOf(" ") + 1)));
  for (const text of [...world.written]) if (!texts.has(text)) world.written.delete(text);
  if (wrote !== undefined && stdout.includes("wrote")) world.written.add(wrote);
}

async function killedPush(
  world: World,
  [laptop, project]: readonly [Laptop, TestProject],
): Promise<void> {
  const child = laptop.start(project, ["push"]);
  const end = ended(child);
  const timer = setTimeout(() => child.kill("SIGKILL"), 60 + world.chance.number(350));
  await end;
  clearTimeout(timer);
  world.log.push("push, killed");
  const quiet = "! ls -d /tmp/igor.* >/dev/null 2>&1";
  await until("the far end to notice", async () => (await onHost("apollo", quiet)).exitCode === 0);
  // What arrived all the same counts as pushed.
  const host = await hostFiles(project).catch((): Record<string, string> => ({}));
  expect(lostOf(world, host)).toEqual([]);
  const local = Object.entries(localFiles(project)).filter(([path, state]) => host[path] === state);
  world.pushed.set(project, { ...world.pushed.get(project), ...Object.fromEntries(local) });
}

async function checkedPush(
  world: World,
  [laptop, project]: readonly [Laptop, TestProject],
): Promise<void> {
  world.log.push(`push of ${project === world.checkouts[0]![1] ? "the first" : "the second"}`);
  const before = await hostFiles(project).catch((): Record<string, string> => ({}));
  const { exitCode, stderr } = await laptop.igor(project, ["push"]);
  const host = await hostFiles(project);
  expect(lostOf(world, host)).toEqual([]);
  if (exitCode !== 0) {
    // The one thing that a host's user can do to stop a push: a directory of the project is a link there.
    expect(stderr).toMatch(/is a symbolic link there that igor did not make/);
    world.log.push("refused");
    return;
  }
  const local = localFiles(project);
  for (const [path, state] of Object.entries(local)) {
    // On the fast path a change on the host of a file that did not change here is not seen.
    if (world.pushed.get(project)?.[path] === state && before[path] === host[path]) continue;
    expect([path, host[path]]).toEqual([path, state]);
  }
  for (const [path, state] of Object.entries(world.pushed.get(project) ?? {})) {
    if (path in local || statusOf(join(project.root, path)) !== undefined) continue;
    // Deleted here: gone there, unless it was somebody else's by then.
    if (before[path] === state) expect([path, host[path]]).toEqual([path, undefined]);
  }
  world.pushed.set(project, local);
}

async function run(seed: number, steps: number): Promise<void> {
  const chance = chanceOf(seed);
  const project = aProject({ a: "start", "d/a": "start" });
  const other = {
    ...aProject({ a: "other" }, { project: project.name }),
    hostDir: project.hostDir,
  };
  const world: World = {
    checkouts:
      chance.number(3) === 0
        ? [
            [first, project],
            [second, other],
          ]
        : [[first, project]],
    chance,
    log: [],
    written: new Set(),
    pushed: new Map(),
    count: 0,
  };
  try {
    for (let step = 0; step < steps; step += 1) {
      for (let edits = chance.number(6); edits > 0; edits -= 1) await edit(world);
      const checkout = chance.one(world.checkouts);
      if (chance.number(4) === 0) await killedPush(world, checkout);
      else await checkedPush(world, checkout);
    }
    await checkedPush(world, world.checkouts[0]!);
  } catch (error) {
    throw new Error(
      `seed ${String(seed)}:\n${world.log.join("\n")}\n${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

describe("whatever happens here and there", () => {
  test(
    `nothing of the host is lost, and what is pushed arrives (${String(seconds)} s)`,
    { timeout: (seconds + 120) * 1000 },
    async () => {
      const begin = performance.now();
      let seed = givenSeed === undefined ? Math.floor(Math.random() * 1e9) : Number(givenSeed);
      do {
        await run(seed, 6);
        seed += 1;
      } while (givenSeed === undefined && performance.now() - begin < seconds * 1000);
    },
  );
});
