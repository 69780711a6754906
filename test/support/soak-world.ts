import { chmodSync } from "node:fs";
import { join } from "node:path";
import { onHost } from "../hosts/bed.ts";
import type { Chance } from "./chance.ts";
import { aDockerProject, containerOf } from "./docker-project.ts";
import { digestsHere, digestsOnHost } from "./host-tree.ts";
import type { Digests } from "./host-tree.ts";
import type { TestProject } from "./laptop.ts";
import { until } from "./until.ts";

/** A project here and on apollo, and what has happened to it. */
export interface World {
  readonly project: TestProject;
  readonly chance: Chance;
  readonly log: string[];
  /** Texts that somebody wrote on the host: each must be found there for ever. */
  readonly foreign: Set<string>;
  /** Paths that hold such a text until they change here. */
  readonly foreignPaths: Set<string>;
  readonly local: Set<string>;
  /** What others had left on the host before. */
  readonly before: Set<string>;
  count: number;
}

const config = {
  docker_rebuild_files: ["requirements.txt"],
  repl_cmd: "sh",
  gpus: "none",
  outputs: ["results"],
};
const names = Array.from({ length: 24 }, (_, index) => `d${String(index % 5)}/f${String(index)}`);
const many = Array.from({ length: 1100 }, (_, index) => `m${String(index % 9)}/f${String(index)}`);

/** A world at its beginning. */
export function aWorld(chance: Chance): World {
  const files = Object.fromEntries(names.slice(0, 12).map((name) => [name, "start\n"]));
  const project = aDockerProject(files, config);
  const local = new Set(names.slice(0, 12));
  const none = { foreign: new Set<string>(), foreignPaths: new Set<string>(), count: 0 };
  return { project, chance, log: [], local, before: new Set(), ...none };
}

/** Changes here: files come, change and go, sometimes very many; image and container are wanted in another way. */
export function editHere(world: World): void {
  const { project, chance, local, log } = world;
  const say = (what: string): void => void log.push(`here: ${what}`);
  for (let edits = chance.number(5); edits > 0; edits -= 1) {
    world.count += 1;
    const name = chance.one(names);
    if (chance.number(4) === 0 && local.delete(name)) {
      project.remove(name);
      say(`without ${name}`);
      continue;
    }
    write(world, name, `local ${String(world.count)}\n`);
    chmodSync(join(project.root, name), chance.one([0o644, 0o755]));
    say(name);
  }
  const text = String((world.count += 1));
  switch (chance.number(9)) {
    case 0:
      for (const name of many) write(world, name, `local ${text} ${name}\n`.repeat(20));
      say("very many files");
      break;
    case 1:
    case 2:
      project.write({ "requirements.txt": `${text}\n` });
      say("requirements.txt");
      break;
    case 3: {
      const steps = `RUN echo ${text}; sleep 1\nRUN sleep 1; echo ${text} >/text\n`;
      project.write({
        Dockerfile: `FROM igor-demo/busybox:1\nCOPY requirements.txt /\n${steps}`,
      });
      say("Dockerfile");
      break;
    }
    case 4:
      configure(project, { TEXT: text });
      say("the container's environment");
      break;
    default:
  }
}

function write({ project, local, foreignPaths }: World, name: string, text: string): void {
  project.write({ [name]: text });
  local.add(name);
  foreignPaths.delete(name);
}

function configure(project: TestProject, env: Readonly<Record<string, string>>): void {
  const hosts = [{ host: "apollo", dir: join(project.hostDir, "..") }];
  const words = { user: "dino", host_groups: { dev: { hosts } }, ...config, env };
  project.write({ ".igor/config.json": JSON.stringify(words) });
}

/** Somebody works on the host: new files, and changes of files that igor has put there. */
export async function editThere(world: World): Promise<void> {
  const { project, chance, local, foreign, foreignPaths, log } = world;
  if (chance.number(2) === 0) await makeResults(world);
  for (let edits = chance.number(3); edits > 0; edits -= 1) {
    world.count += 1;
    const text = `foreign-${String(world.count)}-end`;
    const isNew = chance.number(2) === 0;
    const candidates = [...local].filter((name) => !foreignPaths.has(name));
    const path = isNew || candidates.length === 0 ? `out/${text}` : chance.one(candidates);
    const script = 'cd "$1" && mkdir -p "$(dirname "$2")" && printf "%s\\n" "$3" >>"$2"';
    const words = ["sh", "-c", script, "sh", project.hostDir, path, text];
    const { exitCode } = await onHost("apollo", words, { user: "dino" });
    if (exitCode !== 0) continue;
    foreign.add(text);
    foreignPaths.add(path);
    log.push(`there: ${path} is ${text}`);
  }
}

/** A run on the host makes results, and more of those it made before. */
async function makeResults({ project, chance, log }: World): Promise<void> {
  const name = `results/${String(chance.number(6))}/model.bin`;
  const script = 'cd "$1" && mkdir -p "${2%/*}" && head -c "$3" /dev/urandom >>"$2"';
  const bytes = String(chance.one([10, 100_000, 8_000_000]));
  await onHost("apollo", ["sh", "-c", script, "sh", project.hostDir, name, bytes], {
    user: "dino",
  });
  log.push(`there: ${bytes} bytes more in ${name}`);
}

/** Which results of the host are not here as they are there, and what a pull has left that is not whole. */
export async function notPulled({ project }: World): Promise<readonly string[]> {
  const isResult = ([path]: readonly [string, string]): boolean => path.startsWith("results/");
  const sums = (digests: Digests): readonly string[] =>
    Object.entries(digests)
      .filter(isResult)
      .map(([path, state]) => `${path} ${state.split(" ")[1] ?? ""}`)
      .sort();
  const here = digestsHere(project.root);
  const there = sums(await digestsOnHost("apollo", project.hostDir));
  const stages = Object.keys(here).filter((path) => path.startsWith(".igor/pull/stage/"));
  return [...there.filter((line) => !sums(here).includes(line)), ...stages];
}

function pushedOf(tree: Digests): Digests {
  const isPulled = (path: string): boolean => /^(results|\.igor\/pull)\//.test(path);
  return Object.fromEntries(Object.entries(tree).filter(([path]) => !isPulled(path)));
}

/** What is wrong on the host, now that everything should be right; `pushed`: the files, too. */
export async function wrongs(world: World, pushed: boolean): Promise<readonly string[]> {
  const { project, foreign, foreignPaths, local } = world;
  const there = pushedOf(await digestsOnHost("apollo", project.hostDir));
  const here = pushedOf(digestsHere(project.root));
  const wrong: string[] = [];
  if (pushed) {
    for (const [path, state] of Object.entries(here))
      if (there[path] !== state && !foreignPaths.has(path)) wrong.push(`${path} differs there`);
    for (const path of Object.keys(there))
      if (!(path in here) && !path.startsWith("out/") && !foreignPaths.has(path))
        wrong.push(`${path} is still there`);
  }
  const texts = await inProject(
    project,
    "grep -rhoE 'foreign-[0-9]+-end' . ; grep -rLE 'foreign-[0-9]+-end' .igor/host/conflicts 2>/dev/null | sed 's/^/kept aside without need: /'; ls -d .igor/host/lock* 2>/dev/null",
  );
  const found = new Set(texts);
  for (const text of foreign) if (!found.has(text)) wrong.push(`${text} is lost`);
  wrong.push(...texts.filter((line) => !line.startsWith("foreign-")));
  for (const path of [...foreignPaths])
    if (!path.startsWith("out/") && !local.has(path) && there[path] === undefined)
      foreignPaths.delete(path);
  return wrong;
}

/** What still runs on the host, or is half made there, once nothing should be. */
export async function leftovers({ project }: World): Promise<readonly string[]> {
  const container = containerOf(project);
  return inProject(
    project,
    `for left in /tmp/igor.* /tmp/igor-session.*; do
       # That a command was ended is known for a day.
       [ ! -d "$left" ] || [ -e "$left/outcome" ] || [ "$(ls "$left")" = pushed ] || echo "$left"
     done
     for job in .igor/host/jobs/*; do [ ! -d "$job" ] || [ -e "$job/rc" ] || echo "no end: $job"; done
     docker ps -aq --filter status=exited --filter status=created
     docker ps -a --format '{{.Names}}' | grep '${container}' | grep -vx '${container}'
     docker top ${container} -eo pid,args | grep -v '2147483\\|PID\\|docker-init\\|igor-idle'
     ps -eo user,pid,args | grep '^dino ' | grep 'igor\\|rsync\\|tar -x\\|docker' | grep -v 'igor-idle\\|grep\\|docker top'`,
  );
}

/** Waits until nothing is left; the stages of pushes that died go with the next one. */
export async function expectQuiet(world: World, push: () => Promise<unknown>): Promise<void> {
  let last: readonly string[] = [];
  await until(
    "the host to be quiet",
    async () => {
      last = (await leftovers(world)).filter((line) => !world.before.has(line));
      return last.length === 0;
    },
    40_000,
  ).catch(() => {
    throw new Error(`left on the host:\n${last.join("\n")}`);
  });
  write(world, "quiet", `local ${String((world.count += 1))}\n`);
  await push();
  const stages = await inProject(world.project, "ls .igor/host/stage 2>/dev/null");
  if (stages.length > 0) throw new Error(`staged for nobody: ${stages.join(" ")}`);
}

async function inProject({ hostDir }: TestProject, text: string): Promise<readonly string[]> {
  const words = ["sh", "-c", `cd "$1" || exit 1\n${text}\ntrue`, "sh", hostDir];
  const { stdout, stderr, exitCode } = await onHost("apollo", words);
  if (exitCode !== 0) throw new Error(stderr);
  return stdout.split("\n").filter((line) => line !== "");
}
