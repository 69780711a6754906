// @ts-check
// `npm run demo`: makes two sandbox hosts on this machine and does igor's main job on them before your eyes.
//
//   npm run demo              everything; the hosts go at the end
//   npm run demo -- --brief   without the comparison
//   npm run demo -- --keep    the hosts and the project stay, and it is said how to use them by hand
//   npm run demo -- --down    removes every trace: namespaces, mounts, processes, links, project, connections
//
// IGOR_BED names the sandbox (default: igor-demo).
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { raise, remove, root, sandboxOf } from "../bench/sandbox.mjs";
import { compare } from "./compare.mjs";
import { whyBuild, whyInstall, whyNotHere } from "./prepare.mjs";
import { makeProject, show } from "./show.mjs";
import { goOn, Interrupted, runInSight, Stopped } from "./stage.mjs";
import { bold, complain, heading, mendTerminal, say } from "./words.mjs";

const startedAt = performance.now();
const words = process.argv.slice(2);
const options = optionsOf(words);
const sandbox = sandboxOf(process.env["IGOR_BED"] ?? "igor-demo");
const byHand = join(sandbox.home, "by-hand.sh");
const pidFile = join(sandbox.home, "demo.pid");
const isRoot = process.getuid?.() === 0;
/** Whether this is the second half of a demo that was not started by root. */
const isWithSudo = process.env["IGOR_DEMO_WITH_SUDO"] === "1";

process.exitCode = await main();

async function main() {
  try {
    const whyNot = whyNotHere();
    if (whyNot !== undefined) throw new Stopped("it cannot run here", whyNot);
    if (options.down) return await (isRoot ? takeDown() : withSudo());
    if (!isWithSudo) {
      introduce();
      await getReady();
    }
    return await (isRoot ? demo() : withSudo());
  } catch (error) {
    mendTerminal();
    if (error instanceof Interrupted) return 130;
    if (!(error instanceof Stopped)) throw error;
    complain(`The demo stopped: ${error.message}`);
    say(error.lookAt);
    return 1;
  }
}

/** @param {readonly string[]} args */
function optionsOf(args) {
  const flag = { type: /** @type {const} */ ("boolean"), default: false };
  try {
    return parseArgs({ args: [...args], options: { brief: flag, keep: flag, down: flag } }).values;
  } catch {
    console.error("usage: npm run demo [-- [--brief] [--keep] | --down]");
    process.exit(2);
  }
}

function introduce() {
  say(bold("igor: edit here; build and run on remote hosts, in the project's container."));
  say(
    "This demo installs what is missing, makes two sandbox hosts on this machine, each with its own network, sshd, home and Docker daemon, and does the main job on them with the real igor." +
      (options.brief
        ? ""
        : " Then a plain script of rsync, ssh and docker does the same, and their times are shown."),
  );
  say(
    options.keep
      ? "The hosts stay when it ends."
      : "The hosts go when it ends. To keep them: npm run demo -- --keep",
  );
}

/** What needs no root, but for packages that are missing. */
async function getReady() {
  heading("Get ready");
  await need(["bash", "scripts/provision.sh", "--for", "demo"], "packages could not be installed");
  const install = whyInstall();
  if (install !== undefined) {
    console.log(`npm ci, because ${install}`);
    await need(["npm", "ci", "--no-fund", "--no-audit"], "npm ci failed");
  }
  const build = whyBuild();
  if (build !== undefined) {
    console.log(`npm run build, because ${build}`);
    await need(["npm", "run", "--silent", "build"], "igor could not be built", "only-errors");
  }
  if (install === undefined && build === undefined)
    console.log("Packages, node_modules and dist are up to date.");
}

/**
 * @param {readonly string[]} argv
 * @param {string} failure
 * @param {"all" | "only-errors"} [output]
 */
async function need(argv, failure, output = "all") {
  const code = await runInSight(argv, { cwd: root, output });
  if (code !== 0)
    throw new Stopped(
      failure,
      `\`${argv.join(" ")}\` has said why, above. Begin again when it is mended: nothing else was changed.`,
    );
}

/** Hosts are made by root: the rest of the program, with sudo. */
async function withSudo() {
  console.log("\nMaking hosts needs root: sudo");
  const passed = ["IGOR_BED", "NO_COLOR", "TERM", "COLORTERM", "CI"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [`${name}=${value}`];
  });
  const env = ["env", ...passed, "IGOR_DEMO_WITH_SUDO=1", `PATH=${process.env["PATH"] ?? ""}`];
  return runInSight(["sudo", "--", ...env, process.execPath, import.meta.filename, ...words], {
    cwd: root,
  });
}

async function demo() {
  refuseWhileAnotherRuns();
  try {
    await raiseHosts();
    const project = await makeProject(sandbox, "spirals");
    writeByHand(project);
    await show(sandbox, project);
    if (!options.brief) await compare(sandbox);
  } catch (error) {
    mendTerminal();
    if (error instanceof Interrupted) {
      console.log("\nInterrupted. Taking the hosts down.");
      await takeDown();
    } else {
      console.log(
        `\nThe hosts are still up: \`. ${byHand}\` makes igor and their ssh work in your shell.`,
      );
      console.log("npm run demo begins anew; npm run demo -- --down removes them.");
    }
    throw error;
  }
  heading("The end");
  if (options.keep) explainUseByHand();
  else await takeDown();
  console.log(`The demo took ${((performance.now() - startedAt) / 1000).toFixed(0)} s.`);
  return 0;
}

function refuseWhileAnotherRuns() {
  if (!existsSync(pidFile)) return;
  const pid = readFileSync(pidFile, "utf8").trim();
  const commandLine = `/proc/${pid}/cmdline`;
  if (pid === String(process.pid) || !existsSync(commandLine)) return;
  if (!readFileSync(commandLine, "utf8").includes("demo/run.mjs")) return;
  throw new Stopped(`another one runs (process ${pid})`, "Wait for it, or end it with Ctrl-C.");
}

/** From nothing each time: what an earlier demo left, or was interrupted in, goes first. */
async function raiseHosts() {
  heading("Two hosts");
  if (existsSync(sandbox.home)) {
    console.log("Removing those of an earlier demo.");
    await takeDown();
  }
  goOn();
  const code = await raise(sandbox, ["apollo", "enterprise"]);
  goOn();
  if (code !== 0)
    throw new Stopped("the hosts did not start", "test/hosts/bed.sh has said why, above.");
  writeFileSync(pidFile, `${process.pid}\n`);
}

async function takeDown() {
  const code = await remove(sandbox);
  if (code !== 0)
    throw new Stopped("the hosts could not be removed", "test/hosts/bed.sh has said why, above.");
  console.log(
    "The hosts, the project and the connections are gone. The base image stays, in /var/cache/igor-bed.",
  );
  return 0;
}

/**
 * A file that makes a shell the laptop of the sandbox.
 * @param {string} project
 */
function writeByHand(project) {
  const names = ["PATH", "HOME", "USER", "LOGNAME", "IGOR_BED"];
  const exports = names.map((name) => `export ${name}='${sandbox.env[name]}'`);
  writeFileSync(byHand, `${exports.join("\n")}\ncd '${project}'\n`);
}

function explainUseByHand() {
  say("The hosts are up, and the project is ready to be changed:");
  console.log(`
  ${isWithSudo ? "sudo -s\n  " : ""}. ${byHand}
  igor docker setup          # and edit, and again
  igor docker repl
  igor docker exec python -m spirals.train
  igor docker setup -g cluster && igor docker exec -g cluster hostname
  ssh enterprise

In Neovim (0.10.4 or newer; without your own configuration and plugins: the home is the sandbox's):

  nvim --cmd 'set runtimepath^=${root}' spirals/train.py
  :IgorSetup                 " and :IgorExec python %, :vert IgorRepl, :help igor

When you are done: npm run demo -- --down
`);
}
