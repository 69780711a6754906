// @ts-check
// `npm run bench`: igor beside a plain script (bench/naive/igor) and raw rsync, at several round-trip times.
//
//   npm run bench                      everything: about an hour
//   npm run bench -- --quick           a few minutes
//   --rtt 0,20,50,100   --files 2000,50000   --hosts 1,2,4,8,16,32   --runs 5   --out FILE   --keep
//   --steps push                       only what has that in its title, e.g. `--steps debug --hosts 1`
//
// The hosts are a bed of their own (IGOR_BED, default igor-bench), reached over tun-relay.py, so that TCP itself feels
// the delay. All contenders take turns within a round, so that whatever else the machine does hits them alike. The
// result is a page of Markdown and a picture in bench/results/. It is no test: nothing here fails for being slow.
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { cpus, loadavg, release } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { contendersOn, sharingSsh, steps } from "./contenders.mjs";
import { debugFiles, debugPrints, debugSteps } from "./debug.mjs";
import { anEditor } from "./editor.mjs";
import { processorTimeOf, startWatching, timeOf } from "./measure.mjs";
import { pageOf } from "./page.mjs";
import { pictureOf } from "./picture.mjs";
import { disconnect, onHost, openFarLine, raise, remove, root, sandboxOf } from "./sandbox.mjs";
import { commitTree, makeTree } from "./tree.mjs";

/** @typedef {import("./contenders.mjs").Contender} Contender */
/** @typedef {import("./contenders.mjs").Step} Step */
/** @typedef {import("./page.mjs").Sample} Sample */

const names = [
  "apollo",
  "enterprise",
  "gemini",
  "voyager",
  "pioneer",
  "viking",
  "galileo",
  "cassini",
  ...Array.from({ length: 24 }, (_, index) => `probe${index + 1}`),
];
/** More engines than that are too much for one machine; what only pushes needs none. */
const mostEngines = 4;
const wanted = optionsOf(process.argv.slice(2));
const sandbox = sandboxOf(process.env["IGOR_BED"] ?? "igor-bench");
const contenders = contendersOn(sandbox.home);
const hosts = names.slice(0, Math.max(...wanted.hosts));
const trees = join(sandbox.home, "trees");
/** One disk for all hosts, which slows down when much was written, would be measured with everything else. */
const emptyInMemory = `cd /home/dino; su dino -c 'mkdir -p bench'; mountpoint -q bench || mount -t tmpfs -o mode=755,uid=$(id -u dino),gid=$(id -g dino) igor-bench bench; find bench -mindepth 1 -delete`;
/** Where the contenders' projects are while one tree is measured. */
const desk = join(sandbox.home, "desk");

/** @type {Sample[]} */
const samples = [];
const loadBefore = loadavg()[0] ?? NaN;
const startedAt = new Date();
let isEnding = false;
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => (isEnding = true));

process.exitCode = await main();

async function main() {
  if (process.getuid?.() !== 0) {
    console.error("bench: the hosts are made by root: run it as root, or with sudo");
    return 1;
  }
  if (!existsSync(join(root, "dist", "cli.cjs"))) {
    console.error("bench: igor is not built: npm ci");
    return 1;
  }
  if ((await raise(sandbox, hosts.slice(0, mostEngines))) !== 0) return 1;
  const others = hosts.slice(mostEngines);
  if (others.length > 0 && (await raise(sandbox, others, ["--no-docker"])) !== 0) return 1;
  const lines = await Promise.all(hosts.map((host) => openFarLine(sandbox, host)));
  const setRoundTrip = async (/** @type {number} */ ms) => {
    await Promise.all(lines.map((line) => line.setRoundTrip(ms)));
  };
  try {
    await measureStart();
    if (!wanted.steps.startsWith("debug"))
      for (const files of wanted.files) await measureTree(files, setRoundTrip, lines[0]);
    if (wanted.hosts.length > 1) await measureHosts(setRoundTrip);
    if ("debug".startsWith(wanted.steps)) await measureDebug(setRoundTrip);
    console.log(readFileSync(write(), "utf8"));
    console.log(`Written to ${wanted.out}`);
    return 0;
  } catch (error) {
    if (!isEnding) throw error;
    tell(`Interrupted. What was measured is in ${write()}\n`);
    return 130;
  } finally {
    await Promise.all(lines.map((line) => line.close()));
    if (!wanted.keep) await remove(sandbox);
  }
}

/** @param {string[]} args */
function optionsOf(args) {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: "boolean", default: false },
      keep: { type: "boolean", default: false },
      rtt: { type: "string" },
      files: { type: "string" },
      hosts: { type: "string" },
      runs: { type: "string" },
      steps: { type: "string", default: "" },
      out: { type: "string" },
    },
  });
  const numbers = (
    /** @type {string | undefined} */ text,
    /** @type {string} */ full,
    /** @type {string} */ quick,
  ) => (text ?? (values.quick ? quick : full)).split(",").map(Number);
  const shown = args
    .filter((_, index) => ![args[index], args[index - 1]].includes("--out"))
    .join(" ");
  return {
    keep: values.keep,
    command: `npm run bench${shown === "" ? "" : ` -- ${shown}`}`,
    rtt: numbers(values.rtt, "0,20,50,100", "0,50"),
    files: numbers(values.files, "2000,50000", "2000"),
    hosts: numbers(values.hosts, "1,2,4,8,16,32", "1,2"),
    runs: numbers(values.runs, "5", "3")[0] ?? 5,
    steps: values.steps,
    out: values.out ?? join(import.meta.dirname, "results", `${startedAtDay()}.md`),
  };
}

function startedAtDay() {
  return new Date().toISOString().slice(0, 10);
}

/** How long it takes until a program of Node does anything at all. */
async function measureStart() {
  const commands = [
    ["node -e 0", [process.execPath, "-e", "0"]],
    ["igor --version", ["igor", "--version"]],
    ["igor help", ["igor", "help"]],
  ];
  for (let run = 0; run < wanted.runs * 4; run += 1) {
    for (const [title, argv] of /** @type {[string, string[]][]} */ (commands)) {
      const ms = await timeOf({ argv, cwd: root, env: sandbox.env });
      samples.push({ part: "start", title, contender: "", files: 0, rtt: 0, hosts: 0, ms });
    }
  }
}

/**
 * @param {number} files
 * @param {(ms: number) => Promise<void>} setRoundTrip
 * @param {import("./sandbox.mjs").FarLine | undefined} line to the first host
 */
async function measureTree(files, setRoundTrip, line) {
  await setUpDesk(files, setRoundTrip);
  const runs = files > 10_000 ? Math.max(2, wanted.runs - 2) : wanted.runs;
  for (const rtt of wanted.rtt) {
    await setRoundTrip(rtt);
    for (const step of steps.filter(({ title }) => title.includes(wanted.steps))) {
      for (let run = 0; run < (step.first ? Math.min(3, runs) : runs); run += 1) {
        await measureRound({ step, run, rtt, files, hosts: 1 });
      }
    }
    if ("push --watch".includes(wanted.steps)) await measureWatch({ files, rtt, runs });
    await measureEditor({ files, rtt, runs });
  }
  if (line !== undefined) await measureCosts(files, line);
}

/**
 * How long a save takes to be on the host.
 * @param {{ files: number, rtt: number, runs: number }} scene
 */
async function measureWatch({ files, rtt, runs }) {
  const [igor] = contenders;
  if (igor === undefined) return;
  await warm(igor, "hosts1");
  tell(`${files} files, RTT ${rtt} ms: push --watch`);
  const argv = ["igor", "push", "--watch", "--json", "-g", "hosts1"];
  const watching = await startWatching(commandOf(igor, argv));
  for (let run = -1; run < runs * 2; run += 1) {
    const save = () => edit(`watch ${rtt} ${run}`);
    await pause(300);
    const ms = await watching.synced(save);
    const sample = {
      title: "a save with push --watch",
      contender: igor.title,
      files,
      rtt,
      hosts: 1,
    };
    // The first one finds everything cold.
    if (run >= 0) samples.push({ part: "tree", ...sample, ms });
  }
  await watching.end();
}

/**
 * The same in Neovim: from the key to its message on the screen.
 * @param {{ files: number, rtt: number, runs: number }} scene
 */
async function measureEditor({ files, rtt, runs }) {
  const [igor] = contenders;
  const inEditor = [
    { title: "a push in Neovim, one file changed", keys: "\\ip", verb: "push", edits: true },
    { title: "a setup in Neovim with nothing to do", keys: "\\ids", verb: "setup" },
  ].filter(({ title }) => title.includes(wanted.steps));
  if (igor === undefined || inEditor.length === 0) return;
  const editor = await anEditor({ ...commandOf(igor, []), file: "main.py" });
  for (const { title, keys, verb, edits } of inEditor) {
    tell(`${files} files, RTT ${rtt} ms: ${title}`);
    // The first ones open everything.
    for (let run = -2; run < runs * 2; run += 1) {
      if (edits) await editor.type(`# editor ${rtt} ${run}`);
      await pause(300);
      const ms = await editor.press(keys, `igor: ${verb}: `);
      const sample = { title, contender: igor.title, files, rtt, hosts: 1, ms };
      if (run >= 0) samples.push({ part: "tree", ...sample });
    }
  }
  const megabytes = Math.round(editor.memory() / 1e6);
  tell(`${files} files: igor's process in Neovim has ${megabytes} MB\n`);
  await editor.quit();
}

/**
 * What a push costs beside time: the laptop's processor, and bytes on the line.
 * @param {number} files
 * @param {import("./sandbox.mjs").FarLine} line
 */
async function measureCosts(files, line) {
  for (const step of steps.filter(({ does, first }) => does === "push" && first !== true)) {
    if (step.edits) edit("cost");
    for (const contender of contenders.filter(({ isWarm }) => isWarm)) {
      const argv = contender.argv(step.does, "hosts1");
      if (argv === undefined) continue;
      await warm(contender, "hosts1");
      await line.bytes();
      const cpu = processorTimeOf(commandOf(contender, argv));
      const sample = { title: step.title, contender: contender.title, files, rtt: 0, hosts: 1 };
      samples.push({ part: "cost", ...sample, ms: cpu, bytes: await line.bytes() });
    }
  }
}

/**
 * A line more in a file of every contender's project.
 * @param {string} line
 */
function edit(line) {
  for (const { project } of contenders)
    appendFileSync(join(desk, project, "main.py"), `# ${line}\n`);
}

/**
 * The same on more and more hosts, at one round-trip time.
 * @param {(ms: number) => Promise<void>} setRoundTrip
 */
async function measureHosts(setRoundTrip) {
  const files = Math.min(...wanted.files);
  await setUpDesk(files, setRoundTrip);
  const rtt = wanted.rtt.includes(50) ? 50 : Math.max(...wanted.rtt);
  const chosen = steps.filter(({ does, edits }) => edits && does !== "push-exec");
  for (const count of wanted.hosts) {
    const verbs = count > mostEngines ? ["push"] : ["push", "setup"];
    await setRoundTrip(0);
    for (const contender of contenders)
      await once(contender, count > mostEngines ? "push" : "setup", `hosts${count}`);
    await setRoundTrip(rtt);
    for (const step of chosen.filter(({ does }) => verbs.includes(does))) {
      for (let run = 0; run < Math.min(3, wanted.runs); run += 1) {
        await measureRound({ step, run, rtt, files, hosts: count, part: "hosts" });
      }
    }
    const [igor] = contenders;
    if (igor === undefined) continue;
    edit(`cost ${count}`);
    const ms = processorTimeOf(commandOf(igor, ["igor", "push", "-g", `hosts${count}`]));
    const sample = { title: "push, one file changed", contender: igor.title, files, rtt };
    samples.push({ part: "cost", ...sample, hosts: count, ms });
  }
}

/**
 * `igor dap` beside debugpy's own adapter over ssh with a shared connection, in the same container.
 * @param {(ms: number) => Promise<void>} setRoundTrip
 */
async function measureDebug(setRoundTrip) {
  await setRoundTrip(0);
  const project = join(desk, "bench-debug");
  rmSync(project, { recursive: true, force: true });
  mkdirSync(join(project, ".igor"), { recursive: true });
  mkdirSync(join(sandbox.home, ".ssh"), { recursive: true, mode: 0o700 });
  const config = { user: "dino", host_groups: { dev: { hosts: [placeOf("apollo")] } } };
  writeFileSync(join(project, ".igor", "config.json"), JSON.stringify(config));
  for (const [name, text] of Object.entries(debugFiles)) writeFileSync(join(project, name), text);
  await onHost(sandbox, "apollo", emptyInMemory);
  const place = { cwd: project, env: sandbox.env };
  tell("debug: setting up");
  await timeOf({ ...place, argv: ["igor", "docker", "setup"] });
  const container = "dino-bench-debug-dev";
  const adapter = ["docker", "exec", "-i", container, "python3", "-m", "debugpy.adapter"];
  const argvs = {
    igor: ["igor", "dap"],
    "debugpy over ssh": [...sharingSsh(sandbox.home), "dino@apollo-far", ...adapter],
  };
  for (const rtt of wanted.rtt) {
    await setRoundTrip(rtt);
    for (let run = -1; run < wanted.runs; run += 1) {
      for (const [contender, argv] of Object.entries(argvs)) {
        if (isEnding) throw new Error("interrupted");
        tell(`RTT ${rtt} ms: debug, ${contender}`);
        const { toBreakpoint, steps: stepMs } = await debugSteps({ ...place, argv }, 10);
        const printsMs = await debugPrints({ ...place, argv });
        // The first one opens the connection.
        if (run < 0) continue;
        const put = (/** @type {string} */ title, /** @type {number} */ ms) =>
          samples.push({ part: "debug", title, contender, files: 0, rtt, hosts: 1, ms });
        put("debug: command to breakpoint", toBreakpoint);
        for (const ms of stepMs) put("debug: a step", ms);
        put("debug: 30,000 lines printed", printsMs);
      }
    }
  }
}

/**
 * All contenders once, beginning with another one each time.
 * @param {{ step: Step, run: number, rtt: number, files: number, hosts: number, part?: "tree" | "hosts" }} round
 */
async function measureRound({ step, run, rtt, files, hosts: count, part = "tree" }) {
  const turn = run % contenders.length;
  if (step.edits) edit(`${rtt} ${count} ${run} ${step.does}`);
  for (const contender of [...contenders.slice(turn), ...contenders.slice(0, turn)]) {
    if (isEnding) throw new Error("interrupted");
    const group = `hosts${count}`;
    const argv = contender.argv(step.does, group);
    if (argv === undefined || (part === "hosts" && !argv.includes(group))) continue;
    if (step.cold && !argv.includes(group)) continue;
    if (step.first) await forget(contender);
    if (step.cold) await disconnect(sandbox);
    else if (contender.isWarm) await warm(contender, group);
    tell(`${files} files, ${count} host(s), RTT ${rtt} ms: ${step.title}, ${contender.title}`);
    const ms = await timeOf(commandOf(contender, argv));
    samples.push({
      part,
      title: step.title,
      contender: contender.title,
      files,
      rtt,
      hosts: count,
      ms,
    });
    if (step.first) await once(contender, "setup", "hosts1");
  }
}

/**
 * @param {Contender} contender
 * @param {readonly string[]} argv
 */
function commandOf({ project, env }, argv) {
  return { argv, cwd: join(desk, project), env: { ...sandbox.env, ...env } };
}

/**
 * Does something unmeasured, when the contender can.
 * @param {Contender} contender
 * @param {Step["does"]} does
 * @param {string} group
 */
async function once(contender, does, group) {
  const argv = contender.argv(does, group);
  if (argv !== undefined) await timeOf(commandOf(contender, argv));
}

/**
 * Makes sure of the connections that this contender keeps, without touching what is measured.
 * @param {Contender} contender
 * @param {string} group
 */
async function warm(contender, group) {
  const place = join(sandbox.home, ".cache", "igor", "s");
  const count = Number(group.replace("hosts", ""));
  if (contender.title !== "igor") {
    for (const host of hosts.slice(0, count)) {
      const argv = [...sharingSsh(sandbox.home), `dino@${host}-far`, "true"];
      await timeOf({ argv, cwd: desk, env: sandbox.env });
    }
  } else if (!existsSync(place) || readdirSync(place).length < count) {
    // Whether there is a container to run it in does not matter.
    await once(contender, "exec", group).catch(() => undefined);
  }
}

/**
 * As if it had never pushed.
 * @param {Contender} contender
 */
async function forget({ project }) {
  if (project === "bench-igor")
    rmSync(join(sandbox.home, ".local", "state", "igor"), { recursive: true, force: true });
  const containers = `docker ps -aq --filter name=dino-${project}- | xargs -r docker rm -f`;
  await onHost(sandbox, "apollo", `${containers} >/dev/null; rm -rf /home/dino/bench/${project}`);
}

/**
 * Every contender's project with a tree of so many files, pushed and set up.
 * @param {number} files
 * @param {(ms: number) => Promise<void>} setRoundTrip
 */
async function setUpDesk(files, setRoundTrip) {
  tell(`${files} files: making the tree`);
  await setRoundTrip(0);
  rmSync(desk, { recursive: true, force: true });
  rmSync(join(sandbox.home, ".local"), { recursive: true, force: true });
  const tree = join(trees, String(files));
  if (!existsSync(tree)) {
    mkdirSync(`${tree}.new`, { recursive: true });
    makeTree(`${tree}.new`, files);
    renameSync(`${tree}.new`, tree);
  }
  mkdirSync(desk);
  mkdirSync(join(sandbox.home, ".ssh"), { recursive: true, mode: 0o700 });
  const groups = wanted.hosts.map((count) => [
    `hosts${count}`,
    { hosts: hosts.slice(0, count).map(placeOf) },
  ]);
  const config = {
    user: "dino",
    // Nobody types a group in Neovim: `dev` is that of its keys.
    host_groups: Object.fromEntries([
      ...["dev", "hosts1"].map((name) => [name, { hosts: [placeOf("apollo")] }]),
      ...groups,
    ]),
  };
  for (const host of hosts) {
    await onHost(
      sandbox,
      host,
      `${hosts.indexOf(host) < mostEngines ? "docker ps -aq | xargs -r docker rm -f >/dev/null; " : ""}${emptyInMemory}`,
    );
  }
  for (const { project } of contenders) {
    const directory = join(desk, project);
    execFileSync("cp", ["-a", "--reflink=auto", tree, directory]);
    mkdirSync(join(directory, ".igor"));
    writeFileSync(join(directory, ".igor", "config.json"), JSON.stringify(config, undefined, 2));
  }
  for (const contender of contenders) {
    if (contender.title === "igor") commitTree(join(desk, contender.project), sandbox.env);
    tell(`${files} files: setting up ${contender.title}`);
    await once(contender, "push", "hosts1");
    await once(contender, "setup", "hosts1");
  }
}

/** @param {string} host */
function placeOf(host) {
  return { host: `${host}-far`, dir: "/home/dino/bench" };
}

/** @param {string} text */
function tell(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
  else process.stderr.write(`${text}\n`);
}

/** Writes the page; its file. */
function write() {
  const git = (/** @type {string[]} */ ...args) =>
    execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
  const page = pageOf(samples, {
    command: wanted.command,
    day: startedAt.toISOString().slice(0, 10),
    minutes: Math.round((Date.now() - startedAt.getTime()) / 60_000),
    commit: git("rev-parse", "--short", "HEAD"),
    machine: `Debian, Linux ${release().split(".").slice(0, 2).join(".")}, ${cpus().length} CPUs shared by laptop and hosts, Node ${process.version}`,
    load: `${loadBefore.toFixed(1)} before, ${(loadavg()[0] ?? NaN).toFixed(1)} after`,
  });
  mkdirSync(join(wanted.out, ".."), { recursive: true });
  writeFileSync(wanted.out, page);
  const picture = pictureOf(samples);
  if (picture !== undefined) writeFileSync(wanted.out.replace(/(?:\.md)?$/, ".svg"), picture);
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  return wanted.out;
}
