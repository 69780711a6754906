import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { neovimProgram, neovims, openEditor } from "../support/editor.ts";
import type { Editor, NeovimVersion } from "../support/editor.ts";
import { aLaptop, aProject } from "../support/laptop.ts";
import type { Laptop } from "../support/laptop.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
const project = aProject({ "a.py": "print(1)\n", Dockerfile: "FROM igor-demo/busybox:1\n" });
const laptops: Laptop[] = [];

/** Another remote plugin in the same host: one command works, one fails, one writes into the host's line to Neovim. */
const other = temporaryDirectory("igor-other-plugin-");
mkdirSync(join(other, "rplugin/node"), { recursive: true });
writeFileSync(
  join(other, "rplugin/node/other.js"),
  `module.exports = (plugin) => {
    plugin.registerCommand("Other", () => plugin.nvim.command("let g:other = 1"), { sync: false });
    plugin.registerCommand("OtherFails", async () => { throw new Error("of the other") }, { sync: true });
    plugin.registerCommand("OtherKills", () => void process.stdout.write("text"), { sync: false });
  };\n`,
);

afterAll(async () => {
  await laptops[0]?.igor(project, ["docker", "clean", "--images"]);
  await Promise.all(laptops.map((laptop) => laptop.close()));
});

/** A user of the classic host: a laptop, an init.lua with these directories ahead on the runtime path, and its manifest. */
class ClassicUser {
  readonly #version: NeovimVersion;
  readonly #laptop = aLaptop();

  constructor(version: NeovimVersion) {
    this.#version = version;
    laptops.push(this.#laptop);
  }

  /** Opens a file; `before` is Lua for the top of the init.lua. */
  open(paths: readonly string[], before = ""): Promise<Editor> {
    const init = initOf(paths, before);
    const { env } = this.#laptop;
    return openEditor({
      version: this.#version,
      laptop: { env },
      root: project.root,
      file: "a.py",
      init,
      plugin: "none",
    });
  }

  /** What `:UpdateRemotePlugins` writes in an editor with that init.lua. */
  update(paths: readonly string[], before = ""): string {
    const init = join(temporaryDirectory("igor-init-"), "init.lua");
    writeFileSync(init, initOf(paths, before));
    const words = ["--headless", "-u", init, "+UpdateRemotePlugins", "+qa"];
    execFileSync(neovimProgram(this.#version), words, { env: this.#laptop.env, stdio: "ignore" });
    const manifest = join(this.#laptop.env["XDG_DATA_HOME"] ?? "", "nvim/rplugin.vim");
    return readFileSync(manifest, "utf8");
  }
}

function initOf(paths: readonly string[], before: string): string {
  const host = join(repository, "node_modules/neovim/bin/cli.js");
  const onPath = `vim.opt.runtimepath = vim.list_extend(vim.json.decode(${JSON.stringify(JSON.stringify(paths))}), vim.opt.runtimepath:get())`;
  return [`vim.g.node_host_prog = ${JSON.stringify(host)}`, before, onPath, ""].join("\n");
}

/** For who wants plugin/igor.lua not to be read. */
const withoutLua = "vim.g.loaded_igor = 1";

/** Whether `:IgorPush` is that of the classic host. */
const isClassic = (editor: Editor): Promise<unknown> =>
  editor.lua("return require('igor.classic').has_taken('IgorPush')");

describe.each(neovims)("Neovim %s", (version) => {
  test("each command of the classic host does its work, though another plugin in the host has failed", async () => {
    const user = new ClassicUser(version);
    const manifest = user.update([other, repository], withoutLua);
    const commands = [
      ["IgorPush", "--host apollo", /push \S+ done on apollo/],
      ["IgorSetup", "", /docker setup \S+ done on apollo/],
      ["IgorRepl", "sh", /workspace [$#]/],
      ["IgorDebug", "", /neither vimspector nor nvim-dap is here/],
    ] as const;
    expect(manifest.match(/'Igor\w+'/g)).toEqual(commands.map(([name]) => `'${name}'`));
    for (const [name, words, result] of commands) {
      // The manifest alone is enough: igor is not on the runtime path any more.
      await using editor = await user.open([other]);
      expect(await editor.messages()).toBe("");
      await expect(editor.command("OtherFails")).rejects.toThrow("of the other");
      await editor.command(`${name} ${words}`);
      await editor.shows(result, 60_000);
      expect(await isClassic(editor)).toBe(false);
    }
  });

  test("what is typed behind a command of the classic host arrives as it was typed", async () => {
    const user = new ClassicUser(version);
    user.update([repository], withoutLua);
    await using editor = await user.open([]);
    await editor.command("IgorPush! --hots  'a\\b'");
    await editor.shows(/push --adopt --hots {2}'a\\b'[^]*did you mean `--host`\?/);
  });

  test("commands of Lua stay, whatever the manifest says and however the runtime path is ordered", async () => {
    const user = new ClassicUser(version);
    user.update([other, repository], withoutLua);
    for (const paths of [
      [repository, other],
      [other, repository],
    ]) {
      await using editor = await user.open(paths);
      expect(await editor.messages()).toBe("");
      expect(await isClassic(editor)).toBe(false);
      expect(await editor.lua("return vim.fn.getcompletion('IgorSetup --re', 'cmdline')")).toEqual([
        "--replace",
      ]);
    }
    // An editor that has them leaves them out of the manifest.
    // In which order two plugins stand there is not ours to say.
    const manifest = user.update([repository, other]);
    expect(manifest).toContain("'Other'");
    expect(manifest).toMatch(/rplugin\/node\/igor', \[\s*\\ \]/);
    await using editor = await user.open([other, repository]);
    expect(await editor.messages()).toBe("");
    expect(await isClassic(editor)).toBe(false);
    await editor.command("Other");
    await editor.becomes("vim.g.other", 1);
    // The host is gone, and with it the commands of all that need it.
    await editor.command("OtherKills");
    await editor.becomes("pcall(vim.cmd, 'Other')", false);
    await editor.command("IgorPush");
    await editor.shows("done on apollo");
  });

  test("a command that init.lua runs at VimEnter is that of the classic host, and works", async () => {
    const user = new ClassicUser(version);
    user.update([repository], withoutLua);
    const atStart = `vim.api.nvim_create_autocmd("VimEnter", { callback = function()
      vim.g.was_classic = require("igor.classic").has_taken("IgorPush")
      vim.cmd("IgorPush")
    end })`;
    await using editor = await user.open([repository], atStart);
    await editor.shows("done on apollo");
    expect(await editor.lua("return vim.g.was_classic")).toBe(true);
    expect(await isClassic(editor)).toBe(false);
  });

  test("without a bundle a command of the classic host says how to build it", async () => {
    const copy = join(temporaryDirectory("igor-unbuilt-"), "igor of nobody");
    for (const part of ["lua", "plugin", "rplugin"])
      cpSync(join(repository, part), join(copy, part), { recursive: true });
    const user = new ClassicUser(version);
    user.update([copy], withoutLua);
    await using editor = await user.open([]);
    await editor.command("IgorPush");
    await editor.shows(`igor is not built yet. Run: cd '${copy}'`);
    // The host keeps failures to itself, so a broken igor tells them.
    rmSync(join(copy, "lua/igor/classic.lua"));
    await using second = await user.open([]);
    await second.command("IgorPush");
    await second.shows(/igor: .*cannot open/);
  });
});
