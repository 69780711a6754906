// @ts-check
// A real Neovim with igor, its screen, and how long that takes to show what a key leads to.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { transform } from "esbuild";
import { root } from "./sandbox.mjs";

const { attach } = createRequire(import.meta.url)("neovim");
const screenFile = join(root, "test", "support", "editor-screen.ts");
/** Nothing takes that long: it failed. */
const mostMs = 60_000;

/**
 * An editor whose keys are pressed.
 * @typedef {object} Editor
 * @property {(line: string) => Promise<void>} type Appends a line to the file, and writes it.
 * @property {(keys: string, text: string) => Promise<number>} press Milliseconds from the key to a screen with this text.
 * @property {() => number} memory Of igor's process, in bytes.
 * @property {() => Promise<void>} quit
 */

/**
 * Opens a file of a project in a Neovim that has igor, its suggested keys, and no other plugin.
 * @param {{ cwd: string, env: Readonly<Record<string, string>>, file: string }} where
 * @returns {Promise<Editor>}
 */
export async function anEditor({ cwd, env, file }) {
  const { EditorScreen } = await screenModule();
  const init = join(env["HOME"] ?? "", ".config", "nvim");
  mkdirSync(init, { recursive: true });
  const lines = [
    `vim.opt.runtimepath:prepend(${JSON.stringify(root)})`,
    "vim.o.swapfile = false",
    "vim.g.loaded_python3_provider = 0",
    'require("igor").setup({ mappings = "<leader>i" })',
  ];
  writeFileSync(join(init, "init.lua"), lines.join("\n"));
  const child = spawn(newestNeovim(), ["--embed", file], {
    cwd,
    env,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const { ...ownConsole } = console;
  const nvim = attach({ reader: child.stdout, writer: child.stdin });
  // The client takes it for its log.
  Object.assign(console, ownConsole);
  const screen = new EditorScreen();
  let flushed = () => {};
  nvim.on("notification", (/** @type {string} */ name, /** @type {any} */ batches) => {
    if (name !== "redraw") return;
    screen.redraw(batches);
    flushed();
  });
  await nvim.uiAttach(100, 30, { ext_linegrid: true });

  const isShown = async (/** @type {(screen: string) => boolean} */ holds) => {
    await new Promise((resolve, reject) => {
      const over = setTimeout(
        () => reject(new Error(`the editor shows:\n${screen.text()}`)),
        mostMs,
      );
      flushed = () => {
        if (!holds(screen.text())) return;
        flushed = () => {};
        clearTimeout(over);
        resolve(undefined);
      };
      flushed();
    });
    return screen.flushedAt;
  };
  return {
    async type(line) {
      await nvim.request("nvim_buf_set_lines", [0, -1, -1, true, [line]]);
      await nvim.command("silent write");
    },
    async press(keys, text) {
      await nvim.command("echo ''");
      await isShown((shown) => !shown.includes(text));
      const pressedAt = performance.now();
      await nvim.input(keys);
      return (await isShown((shown) => shown.includes(text))) - pressedAt;
    },
    memory() {
      const words = ["-P", String(child.pid), "-f", "nvim.cjs"];
      const pid = execFileSync("pgrep", words, { encoding: "utf8" }).trim();
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) * 1024;
    },
    async quit() {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      nvim.command("qall!").catch(() => undefined);
      await gone;
    },
  };
}

/** @returns {Promise<typeof import("../test/support/editor-screen.ts")>} */
async function screenModule() {
  const { code } = await transform(readFileSync(screenFile, "utf8"), { loader: "ts" });
  return import(`data:text/javascript,${encodeURIComponent(code)}`);
}

function newestNeovim() {
  const editors = execFileSync(join(root, "test", "nvim", "editors.sh"), { encoding: "utf8" });
  return join(editors.trim(), "0.12.4", "bin", "nvim");
}
