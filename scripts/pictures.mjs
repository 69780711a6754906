// @ts-check
// `npm run pictures [-- NAME...]`: makes the pictures of the README, doc/pictures/NAME.svg, from a real Neovim in a real
// terminal that works with real hosts. IGOR_BED names a sandbox to use and to leave standing.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { onHost, raise, remove, root, sandboxOf } from "../bench/sandbox.mjs";
import { makeProject } from "../demo/show.mjs";
import { svgOfScreen } from "./screen-svg.mjs";

const sandbox = sandboxOf(process.env["IGOR_BED"] ?? "igor-pictures");
const hosts = ["apollo", "enterprise"];
const size = { columns: 110, rows: 28 };
const longestMs = 120_000;

/**
 * What a picture shows, and how one gets there.
 * @typedef {object} Scene
 * @property {string} title
 * @property {string} file that is opened, of the project
 * @property {(terminal: Terminal, project: string) => Promise<unknown>} play
 */

/** @type {Record<string, Scene>} */
const scenes = {
  float: {
    title: "igor builds the image on two hosts, in a float beside the code",
    file: "spirals/train.py",
    async play(terminal, project) {
      const requirements = join(project, "requirements.txt");
      const all = readFileSync(requirements, "utf8");
      writeFileSync(requirements, all.replace("pytest\n", ""));
      igor(project, "docker", "setup", "-g", "cluster");
      writeFileSync(requirements, all);
      await terminal.type("/EPOCHS\n");
      await terminal.type(":IgorSetup -g cluster\n");
      await terminal.shows(/(3\/\d .*\n.*requirements\.txt changed[^]*){2}/);
    },
  },
  repl: {
    title: "The project's REPL in its container, beside the code that is sent there",
    file: "look.py",
    async play(terminal, project) {
      igor(project, "docker", "setup");
      await terminal.type(":botright vertical IgorRepl\n");
      await terminal.shows("In [1]:");
      for (const cell of [2, 3, 4, 5]) {
        await terminal.type(" ");
        await terminal.shows(`In [${cell}]:`);
      }
    },
  },
  quickfix: {
    title: "A traceback of a container in the quickfix list, with the files of the laptop",
    file: "spirals/train.py",
    async play(terminal, project) {
      const data = join(project, "spirals/data.py");
      writeFileSync(data, readFileSync(data, "utf8").replace("axis=1", "axis=0"));
      igor(project, "docker", "setup");
      await terminal.type(":IgorExec --push python -m spirals.train\n");
      await terminal.shows("in the quickfix list");
      await terminal.type(':call feedkeys("\\<Plug>(igor-close)")\n');
      await terminal.type(":botright copen 8\n");
      await terminal.type("G\n");
      await terminal.type(":echo\n");
    },
  },
};

/** For the REPL: a file of cells. */
const look = `# How well does a network of 32 units do?
from spirals.data import make_spirals
from spirals.model import Network

# %% the data
x, y = make_spirals(400)
x.shape, y.mean()

# %% the network
network = Network(32)
for epoch in range(301):
    loss = network.step(x, y, 0.02)
    if epoch % 100 == 0:
        print(f"{epoch:3d}  loss {loss:.4f}")

# %% on points it has not seen
x, y = make_spirals(400, seed=1)
(network.predict(x) == y).mean()
`;

/** Neovim in a window of tmux. */
class Terminal {
  #socket = `igor-pictures-${process.pid}`;

  /** @param {readonly string[]} words of tmux */
  #tmux(...words) {
    return execFileSync("tmux", ["-L", this.#socket, "-f", "/dev/null", "-u", ...words], {
      env: sandbox.env,
      encoding: "utf8",
    });
  }

  /**
   * @param {readonly string[]} argv
   * @param {string} directory
   */
  open(argv, directory) {
    const sized = ["-x", String(size.columns), "-y", String(size.rows)];
    const options = ["set", "-g", "status", "off", ";", "set", "-g", "default-terminal"];
    this.#tmux(
      ...options,
      "tmux-256color",
      ";",
      "new-session",
      "-d",
      ...sized,
      "-c",
      directory,
      ...argv,
    );
  }

  /** @param {string} text with `\n` for Enter */
  async type(text) {
    for (const character of text)
      this.#tmux("send-keys", ...(character === "\n" ? ["Enter"] : ["-l", "--", character]));
    await this.rests();
  }

  /** @param {readonly string[]} keys as tmux names them */
  async keys(...keys) {
    this.#tmux("send-keys", ...keys);
    await this.rests();
  }

  screen() {
    return this.#tmux("capture-pane", "-p");
  }

  /** With its colours. */
  picture() {
    return this.#tmux("capture-pane", "-p", "-e", "-N");
  }

  /** @param {string | RegExp} text */
  async shows(text) {
    for (const deadline = Date.now() + longestMs; ; await pause(50)) {
      const seen = this.screen();
      if (typeof text === "string" ? seen.includes(text) : text.test(seen)) return;
      if (Date.now() > deadline) throw new Error(`${String(text)} does not appear:\n${seen}`);
    }
  }

  /** Waits until what was typed has been drawn. */
  async rests() {
    for (let before = ""; before !== this.screen(); await pause(150)) before = this.screen();
  }

  close() {
    this.#tmux("kill-server");
  }
}

/**
 * @param {string} project
 * @param {readonly string[]} words
 */
function igor(project, ...words) {
  execFileSync(join(root, "bin/igor"), words, { cwd: project, env: sandbox.env, stdio: "inherit" });
}

/** @param {string} name */
async function make(name) {
  const scene = scenes[name];
  if (scene === undefined) throw new Error(`there is no picture ${name}`);
  const project = await makeProject(sandbox, "spirals");
  writeFileSync(join(project, "look.py"), look);
  const init = join(sandbox.home, "init.lua");
  writeFileSync(
    init,
    `vim.opt.runtimepath:prepend(${JSON.stringify(root)})
    vim.o.termguicolors, vim.o.number, vim.o.swapfile, vim.o.ruler = true, true, false, false
    vim.keymap.set("n", "<Space>", "<Plug>(igor-send-cell-next)")
    vim.o.hlsearch, vim.g.loaded_python3_provider = false, 0
    vim.o.statusline = " %f %= %{v:lua.require'igor'.statusline()} "\n`,
  );
  const editors = execFileSync(join(root, "test/nvim/editors.sh"), { encoding: "utf8" }).trim();
  const terminal = new Terminal();
  terminal.open([join(editors, "0.12.4/bin/nvim"), "-u", init, scene.file], project);
  try {
    await terminal.rests();
    await scene.play(terminal, project);
    const svg = svgOfScreen(terminal.picture(), { ...size, title: scene.title });
    const names = [root, sandbox.home].filter((place) => svg.includes(place));
    if (names.length > 0) throw new Error(`the picture ${name} names ${names.join(", ")}`);
    const file = join(root, "doc/pictures", `${name}.svg`);
    mkdirSync(join(root, "doc/pictures"), { recursive: true });
    writeFileSync(file, svg);
    console.log(`doc/pictures/${name}.svg: ${(svg.length / 1000).toFixed(0)} kB`);
  } finally {
    terminal.close();
    for (const group of ["dev", "cluster"])
      igor(project, "docker", "clean", "--images", "-g", group);
    for (const host of hosts)
      await onHost(
        sandbox,
        host,
        "rm -rf /home/dino/dev_dsk/spirals /home/dino/data2/dev_dsk/spirals",
      );
  }
}

const names = process.argv.slice(2);
execFileSync(join(root, "scripts/provision.sh"), ["--for", "test"], { stdio: "inherit" });
const code = await raise(sandbox, hosts);
if (code !== 0) process.exit(code);
try {
  for (const name of names.length > 0 ? names : Object.keys(scenes)) await make(name);
} finally {
  if (process.env["IGOR_BED"] === undefined) await remove(sandbox);
}
