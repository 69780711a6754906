// @ts-check
// The main job before the user's eyes: each command as one would type it, with its own output on the real terminal.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runInSight, Stopped } from "./stage.mjs";
import { dim, heading, prompt, say } from "./words.mjs";

/** @typedef {import("../bench/sandbox.mjs").Sandbox} Sandbox */

/** What is typed into the REPL: [the prompt that is waited for, the line]. */
const typed = [
  ["In [1]: ", "from spirals.data import make_spirals"],
  ["In [2]: ", "points, label = make_spirals(400); points.shape"],
  ["In [3]: ", "1 + 1"],
  ["In [4]: ", "exit"],
];

/**
 * Copies the demo's project to a directory of its own, as a git repository.
 * @param {Sandbox} sandbox
 * @param {string} name
 * @returns {Promise<string>} the project's directory
 */
export async function makeProject({ home, env }, name) {
  const project = join(home, name);
  rmSync(project, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  cpSync(join(import.meta.dirname, "project"), project, {
    recursive: true,
    filter: (path) => !/__pycache__|\.pytest_cache/.test(path),
  });
  const identity = ["-c", "user.name=dino", "-c", "user.email=dino@laptop"];
  for (const words of [
    ["init", "-q", "-b", "main"],
    ["add", "-A"],
    [...identity, "commit", "-qm", "Begin"],
  ]) {
    const code = await runInSight(["git", ...words], { cwd: project, env });
    if (code !== 0) throw new Stopped(`git ${words.join(" ")} failed`, "Its words are above.");
  }
  return project;
}

/**
 * @param {Sandbox} sandbox
 * @param {string} project
 */
export async function show(sandbox, project) {
  /**
   * @param {string} line as typed
   * @param {readonly string[]} [argv] what is run, where that is not the line's words
   */
  const type = async (line, argv = line.split(" ")) => {
    prompt(line);
    const startedAt = performance.now();
    const code = await runInSight(argv, { cwd: project, env: sandbox.env });
    if (argv.includes("igor")) console.log(dim(`(${seconds(performance.now() - startedAt)} s)`));
    if (code === 0) return;
    throw new Stopped(
      `${line}: exit code ${code}`,
      "What it said is above. The same command with --verbose shows every step.",
    );
  };

  heading("Push");
  say(
    "The project's files, to the host apollo. The first push logs in; later ones send only what changed.",
  );
  await type("igor push");
  await type("igor push");

  heading("Build");
  say("The image, on both hosts at once, each with its own Docker daemon.");
  await type("igor docker build -g cluster");

  heading("Set up");
  say("A container on apollo: the code is mounted in it, and its files belong to you.");
  await type("igor docker setup");

  heading("Run");
  await type("igor docker exec pytest -q");
  await type("igor docker exec python -m spirals.train");

  heading("Edit, and run again");
  say("Two hidden units are too few: an edit makes them 32. setup brings it, and builds nothing.");
  edit(join(project, "spirals/train.py"), "HIDDEN = 2", "HIDDEN = 32");
  await type("git diff -U0", ["git", "--no-pager", "diff", "-U0"]);
  await type("igor docker setup");
  await type("igor docker exec python -m spirals.train");

  heading("A REPL");
  say("In the container, on your terminal. The demo types.");
  const typist = join(import.meta.dirname, "type.py");
  const typing = ["/usr/bin/python3", typist, JSON.stringify(typed)];
  // Without a terminal to draw on, a line editor would fill a log with its drawing.
  const repl = process.stdout.isTTY
    ? "igor docker repl"
    : "igor docker repl ipython --simple-prompt";
  await type(repl, [...typing, ...repl.split(" ")]);

  heading("Both hosts");
  await type("igor docker setup -g cluster");
  await type("igor docker exec -g cluster python -m spirals.train");

  heading("Clean up");
  await type("igor docker clean -g cluster");
  await type("igor docker clean");
}

/**
 * @param {string} file
 * @param {string} from
 * @param {string} to
 */
function edit(file, from, to) {
  const text = readFileSync(file, "utf8");
  if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
  writeFileSync(file, text.replace(from, to));
}

/** @param {number} ms */
export function seconds(ms) {
  return (ms / 1000).toFixed(2);
}
