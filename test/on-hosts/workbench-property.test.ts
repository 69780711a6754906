import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { chanceOf } from "../support/chance.ts";
import type { Chance } from "../support/chance.ts";
import { digestsHere, digestsOnHost } from "../support/host-tree.ts";
import { aLaptop, aProject } from "../support/laptop.ts";
import type { TestProject } from "../support/laptop.ts";
import { aWorkbench } from "../support/workbench.mjs";

/** How long the runs go on; more by IGOR_PROPERTY_SECONDS. A failure prints its seed, for IGOR_PROPERTY_SEED. */
const seconds = Number(process.env["IGOR_PROPERTY_SECONDS"] ?? "8");
const seed = Number(process.env["IGOR_PROPERTY_SEED"] ?? Math.floor(Math.random() * 1e9));

const laptop = aLaptop();
const bench = await aWorkbench(laptop);
afterAll(async () => {
  await bench.end();
  await laptop.close();
});

/** Few names, so that they meet as file, directory and link. The last two may be ignored. */
const names = ["a", "b", "d/a", "d/b", "f/x", "f/x/y", "d", "n/o/p/q", "g h", "d/e/a", "keep.log"];
const mayBeIgnored = /\.log$|^d\/e\//;

/** One change, by the shortest way that a program has; what cannot be done is not. */
function edit(root: string, chance: Chance, text: string): string {
  const path = chance.one(names);
  const file = join(root, path);
  const ways: Readonly<Record<string, () => void>> = {
    write: () => {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    },
    replace: () => {
      rmSync(file, { recursive: true, force: true });
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(`${file}~`, text);
      renameSync(`${file}~`, file);
    },
    append: () => appendFileSync(file, text),
    // The same size and, mostly, the same time.
    twice: () => {
      writeFileSync(file, `${text} 1`);
      writeFileSync(file, `${text} 2`);
    },
    empty: () => writeFileSync(file, ""),
    delete: () => rmSync(file, { recursive: true, force: true }),
    rename: () => renameSync(file, join(root, chance.one(names))),
    link: () => symlinkSync(chance.one(["a", "nowhere"]), file),
    mode: () => chmodSync(file, chance.one([0o644, 0o755, 0o600])),
    ignore: () => writeFileSync(join(root, ".gitignore"), chance.one(["", "*.log\n", "d/e/\n"])),
  };
  const way = chance.one(Object.keys(ways));
  try {
    ways[way]?.();
    return `${way} ${path}`;
  } catch (error) {
    return `no ${way} ${path}: ${String(error)}`;
  }
}

/** Many changes, or some while the process stands still, or what other programs do. */
const others: readonly ((project: TestProject, chance: Chance) => Promise<string> | string)[] = [
  ({ root }, chance) => {
    const directory = join(root, `burst${String(chance.number(3))}`);
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory);
    const files = chance.one([40, 700, 3000]);
    for (let file = 0; file < files; file += 1) writeFileSync(join(directory, String(file)), "1\n");
    return `burst of ${String(files)}`;
  },
  ({ root }, chance) => {
    // More than the system keeps for a process that does not look.
    bench.child.kill("SIGSTOP");
    for (let file = 0; file < 9000; file += 1)
      writeFileSync(join(root, `s${String(file % 2)}`), "1");
    const last = edit(root, chance, "while it stood still");
    bench.child.kill("SIGCONT");
    return `stood still: ${last}`;
  },
  async (project) => {
    await laptop.igor(project, ["push"]);
    return "igor push";
  },
  ({ root }) => {
    execFileSync("git", ["add", "-f", "."], { cwd: root });
    return "git add -f";
  },
];

/** What git says is to be sent, and is there. */
function sentFrom({ root }: TestProject): Record<string, string> {
  const words = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const listed = execFileSync("git", words, { cwd: root, encoding: "utf8" }).split("\0");
  const here = digestsHere(root);
  return Object.fromEntries(
    listed.flatMap((path) => (here[path] === undefined ? [] : [[path, here[path]]])),
  );
}

test(
  `what was changed before a push is on the host after it (${String(seconds)} s)`,
  { timeout: (seconds + 120) * 1000 },
  async () => {
    const chance = chanceOf(seed);
    const project = aProject({ a: "start", "d/a": "start", ".gitignore": "" });
    execFileSync("git", ["init", "-q"], { cwd: project.root });
    const log: string[] = [];
    const begin = performance.now();
    let pushes = 0;
    while (performance.now() - begin < seconds * 1000) {
      for (let edits = 1 + chance.number(4); edits > 0; edits -= 1)
        log.push(
          edit(project.root, chance, `${String(log.length)} ${"x".repeat(chance.number(3))}`),
        );
      if (chance.number(12) === 0) log.push(await chance.one(others)(project, chance));
      const { done } = await bench.igor(["push"], project.root);
      const there = await digestsOnHost("apollo", project.hostDir);
      const here = sentFrom(project);
      const said = `seed ${String(seed)}, push ${String((pushes += 1))}:\n${log.slice(-9).join("\n")}`;
      expect(done, said).toEqual({ apollo: {} });
      const stays = (path: string): boolean => path in here || mayBeIgnored.test(path);
      const gone = Object.keys(there).filter(
        (path) => !stays(path) && path !== ".igor/config.json",
      );
      const other = Object.keys(here)
        .filter((path) => there[path] !== here[path])
        .map((path) => `${path}: ${here[path] ?? ""}, there ${there[path] ?? "nothing"}`);
      expect({ gone, other }, said).toEqual({ gone: [], other: [] });
    }
    expect(pushes).toBeGreaterThan(seconds);
  },
);
