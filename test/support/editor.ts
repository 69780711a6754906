import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { PassThrough } from "node:stream";
import type { Readable } from "node:stream";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { attach } from "neovim";
import type { NeovimClient } from "neovim";
import { EditorScreen } from "./editor-screen.ts";
import type { Redraw } from "./editor-screen.ts";
import type { Laptop } from "./laptop.ts";
import { until } from "./run-session.ts";
import { openTerminal } from "./terminal.ts";
import type { Terminal } from "./terminal.ts";

/** Every Neovim that igor is tested with. */
export const neovims = ["0.10.4", "0.12.4"] as const;
export type NeovimVersion = (typeof neovims)[number];

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Where the Neovim of a version is; the first call on a machine fetches it. */
export function neovimProgram(version: NeovimVersion | "0.7.2"): string {
  const script = join(root, "test/nvim/editors.sh");
  const directory = execFileSync(script, { encoding: "utf8" }).trim();
  return join(directory, version, "bin/nvim");
}

/** What an editor is opened with. */
export interface EditorOptions {
  readonly version: NeovimVersion;
  readonly laptop: Pick<Laptop, "env">;
  /** The working directory. */
  readonly root: string;
  /** Of the working directory, e.g. `a.py`. */
  readonly file?: string;
  /** The user's own init.lua; igor is on the runtime path before it is read. */
  readonly init?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Columns and lines. */
  readonly size?: readonly [number, number];
  /** Where igor is, when it is not this checkout; `none` leaves it to `init`. */
  readonly plugin?: string;
}

/** A Neovim with a screen, driven over its RPC. */
export interface Editor extends AsyncDisposable {
  readonly nvim: NeovimClient;
  readonly child: ChildProcess;
  /** Runs Lua, e.g. `editor.lua("return vim.o.columns")`. */
  lua(code: string, ...args: readonly unknown[]): Promise<unknown>;
  /** As typed at `:`. */
  command(line: string): Promise<void>;
  /** What is on the screen, a line for each row. */
  screen(): Promise<string>;
  /** Waits until the screen shows something. */
  shows(text: string | RegExp, withinMs?: number): Promise<string>;
  /** Waits until the screen does not show it any more. */
  showsNot(text: string | RegExp, withinMs?: number): Promise<string>;
  /** Waits until Lua gives this. */
  becomes(code: string, value: unknown, withinMs?: number): Promise<void>;
  /** All of `:messages`. */
  messages(): Promise<string>;
}

function argvOf(
  { version, init = "", file, plugin = root }: EditorOptions,
  home: string,
): string[] {
  const initFile = join(home, ".config/nvim/init.lua");
  mkdirSync(dirname(initFile), { recursive: true });
  const ahead = plugin === "none" ? "" : `vim.opt.runtimepath:prepend(${JSON.stringify(plugin)})\n`;
  // Opening a Python file looks for a Python with pynvim, which takes Neovim two seconds where there is none.
  const settings = "vim.o.swapfile = false\nvim.g.loaded_python3_provider = 0\n";
  writeFileSync(initFile, `${ahead}${settings}${init}`);
  return [neovimProgram(version), ...(file === undefined ? [] : [file])];
}

/** Opens Neovim without a terminal: its screen is ours. */
export async function openEditor(
  options: EditorOptions,
): Promise<Editor & { readonly onScreen: EditorScreen }> {
  const { laptop, size = [100, 30] } = options;
  const [program = "", ...words] = argvOf(options, laptop.env["HOME"] ?? "");
  const child = spawn(program, ["--embed", ...words], {
    cwd: options.root,
    env: { ...laptop.env, ...options.env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const nvim = attach({ reader: whole(child.stdout), writer: child.stdin, options: quiet });
  const screen = new EditorScreen();
  nvim.on("notification", (name: string, batches: Redraw) => {
    if (name === "redraw") screen.redraw(batches);
  });
  await nvim.uiAttach(size[0], size[1], { ext_linegrid: true });
  return { ...editorOf(nvim, { child, look: () => screen.text() }), onScreen: screen };
}

/** The client's own logger would take the console from the tests. */
const mute = (): unknown => logger;
const logger: unknown = { level: "error", info: mute, warn: mute, error: mute, debug: mute };
const quiet = { logger: logger as never };

/** The same bytes, with an orderly end also where an editor was killed: the client takes nothing else. */
function whole(stream: Readable): Readable {
  const passed = new PassThrough();
  stream.pipe(passed);
  stream.on("error", () => undefined);
  stream.on("close", () => passed.end());
  return passed;
}

/** Opens Neovim in a real terminal, and beside it a line to drive it. */
export async function openEditorInTerminal(
  options: EditorOptions,
): Promise<Editor & { readonly terminal: Terminal }> {
  const socket = join(tmpdir(), `igor-nvim-${randomBytes(6).toString("hex")}`);
  const [program = "", ...words] = argvOf(options, options.laptop.env["HOME"] ?? "");
  const env = { ...options.laptop.env, ...options.env };
  const inRoot = ["sh", "-c", 'cd "$1" && shift && exec "$@"', "sh", options.root];
  const terminal = openTerminal([...inRoot, program, "--listen", socket, ...words], env);
  if (options.size) terminal.resize(...options.size);
  const connected = await until(
    () =>
      new Promise<ReturnType<typeof createConnection> | undefined>((resolve) => {
        const tried = createConnection(socket);
        tried.once("connect", () => resolve(tried));
        tried.once("error", () => resolve(undefined));
      }),
    (made) => made !== undefined,
  );
  if (connected === undefined) throw new Error("Neovim does not listen");
  const nvim = attach({ reader: whole(connected), writer: connected, options: quiet });
  const editor = editorOf(nvim, { child: undefined, look: () => terminal.screen() });
  return {
    ...editor,
    terminal,
    async [Symbol.asyncDispose]() {
      await editor[Symbol.asyncDispose]();
      connected.destroy();
      terminal[Symbol.dispose]();
    },
  };
}

/** Pid of igor's process beside the editor. */
export async function peerOf(editor: Editor): Promise<number> {
  return (await editor.lua(`for _, channel in ipairs(vim.api.nvim_list_chans()) do
    if channel.mode == "rpc" and channel.stream == "job" then return vim.fn.jobpid(channel.id) end
  end`)) as number;
}

function editorOf(
  nvim: NeovimClient,
  { child, look }: { readonly child: ChildProcess | undefined; readonly look: () => string },
): Editor {
  const lua: Editor["lua"] = (code, ...args) => nvim.lua(code, args as never);
  const screen = (): Promise<string> => Promise.resolve(look());
  const has = (text: string | RegExp) => (seen: string) =>
    typeof text === "string" ? seen.includes(text) : text.test(seen);
  return {
    nvim,
    child: child as ChildProcess,
    lua,
    command: (line) => nvim.command(line),
    screen,
    shows: (text, withinMs = 20_000) => until(screen, has(text), withinMs),
    showsNot: (text, withinMs = 20_000) => until(screen, (seen) => !has(text)(seen), withinMs),
    async becomes(code, value, withinMs = 20_000) {
      const wanted = JSON.stringify(value);
      await until(
        async () => JSON.stringify(await lua(`return ${code}`)),
        (seen) => seen === wanted,
        withinMs,
      );
    },
    messages: async () => (await lua("return vim.fn.execute('messages')")) as string,
    async [Symbol.asyncDispose]() {
      const gone =
        child === undefined ? undefined : new Promise((resolve) => child.once("exit", resolve));
      if (child?.exitCode === null && child.signalCode === null) {
        // The answer never comes: the editor has gone.
        nvim.command("qa!").catch(() => undefined);
        await gone;
      } else if (child === undefined) nvim.command("qa!").catch(() => undefined);
    },
  };
}
