import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  cpSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { neovims, openEditor } from "../support/editor.ts";
import type { Editor, EditorOptions } from "../support/editor.ts";
import { aLaptop, aProject } from "../support/laptop.ts";
import { until } from "../support/run-session.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
const laptop = aLaptop();
const project = aProject({ "a.py": "print(1)\n", "src/b.py": "print(2)\n" });

afterAll(() => laptop.close());

/** A place for packages with igor in it, as a clone that was built would be; its path has a space. */
const site = join(temporaryDirectory("igor-site-"), "my site");
const places = ["start", "opt"] as const;
for (const place of places) {
  const clone = join(site, place, "pack/igor", place, "igor");
  // Neovim goes through symbolic links to where a package is.
  for (const part of ["bin", "lua", "plugin"])
    cpSync(join(repository, part), join(clone, part), { recursive: true });
  symlinkSync(join(repository, "dist"), join(clone, "dist"));
}

const withPackages = (place: (typeof places)[number]): string =>
  `vim.opt.packpath:prepend(${JSON.stringify(join(site, place))})`;

/** What lazy.nvim does with `cmd = { "IgorPush" }`: a command that makes way for the plugin's own when it is used. */
const asLazy = `vim.api.nvim_create_user_command("IgorPush", function(given)
  vim.api.nvim_del_user_command("IgorPush")
  vim.opt.runtimepath:prepend(${JSON.stringify(repository)})
  vim.cmd.source(vim.fn.fnameescape(${JSON.stringify(join(repository, "plugin/igor.lua"))}))
  vim.cmd({ cmd = "IgorPush", args = given.fargs, bang = given.bang })
end, { bang = true, nargs = "*" })`;

describe.each(neovims)("Neovim %s", (version) => {
  const anEditor = (options: Partial<EditorOptions>): Promise<Editor> =>
    openEditor({ version, laptop, root: project.root, file: "a.py", plugin: "none", ...options });

  test("igor in pack/*/start works, and is the igor of the shell, whatever its $PATH says", async () => {
    const others = temporaryDirectory("igor-other-igor-");
    writeFileSync(join(others, "igor"), "#!/bin/sh\necho another igor\n");
    chmodSync(join(others, "igor"), 0o755);
    const env = { PATH: `${others}:${laptop.env["PATH"] ?? ""}` };
    await using editor = await anEditor({ init: withPackages("start"), env });
    expect(await editor.messages()).toBe("");
    const shell = (line: string): Promise<unknown> =>
      editor.lua("return vim.api.nvim_exec2(..., { output = true }).output", line);
    expect(await shell("! igor docker setup --plan")).toContain("docker setup");
    await editor.command("cd src");
    const program = join(site, "start/pack/igor/start/igor/bin/igor");
    expect(await shell("! command -v igor")).toContain(program);
    await editor.command("terminal igor config show");
    await editor.shows("host_groups");
    await editor.command("buffer a.py");
    await editor.command("IgorPush");
    await editor.shows(/push: .*\(apollo, /);
  });

  test("igor in pack/*/opt works after :packadd", async () => {
    await using editor = await anEditor({ init: withPackages("opt") });
    expect(await editor.lua("return vim.fn.exists(':IgorPush')")).toBe(0);
    await editor.command("packadd igor");
    await editor.command("IgorPush");
    await editor.shows(/push: .*\(apollo, /);
  });

  test("igor that a manager loads at its first command does that command", async () => {
    await using editor = await anEditor({ init: asLazy });
    await editor.command("IgorPush! --hots apollo");
    await editor.shows(/push --adopt --hots apollo[^]*did you mean `--host`\?/);
    await editor.command("IgorPush");
    await editor.shows(/push: .*\(apollo, /);
  });

  test("igor that was updated and not built says so; once it is built, a new process begins", async () => {
    const copy = join(temporaryDirectory("igor-updated-"), "igor");
    for (const part of ["bin", "dist", "lua", "plugin", "src", "package-lock.json"])
      cpSync(join(repository, part), join(copy, part), { recursive: true });
    await using fresh = await anEditor({ plugin: copy });
    await fresh.command("IgorPush");
    await fresh.shows(/push: .*\(apollo, /);
    expect(await fresh.messages()).not.toContain("updated");

    appendFileSync(join(copy, "src/model/failure.ts"), "// newer\n");
    await using editor = await anEditor({ plugin: copy, size: [200, 30] });
    await editor.command("IgorPush");
    const warning = `igor was updated, and is not built: \`npm ci --omit=dev\` in ${copy}`;
    await until(
      () => editor.messages(),
      (all) => all.includes(warning) && /push: .*\(apollo, /.test(all),
    );

    const processes = (): Promise<unknown> =>
      editor.lua(
        "return vim.fn.map(vim.api.nvim_list_chans(), 'get(v:val, \"argv\", []) + [v:val.id]')",
      );
    const before = await processes();
    const now = new Date();
    utimesSync(join(copy, "dist/nvim.cjs"), now, now);
    await editor.becomes("#require('igor.actions').list()", 0);
    await editor.command("IgorPush");
    await editor.becomes("#require('igor.actions').list()", 0);
    expect(await processes()).not.toEqual(before);
    expect(await editor.messages()).not.toContain("ended by itself");
  });

  test("parts of igor that do not know each other say what to do", async () => {
    await using editor = await anEditor({ plugin: repository });
    await editor.lua("require('igor.peer').tell({ kind = 'of tomorrow' })");
    await editor.shows("igor was updated while Neovim ran. Start Neovim again.");
    await editor.command("messages clear");
    await editor.lua("require('igor.told').take({ kind = 'of tomorrow' })");
    await editor.becomes("vim.fn.execute('messages'):find('Start Neovim again') ~= nil", true);
  });
});

/** The example of the help for a manager, with what it is to install. */
function exampleOf(manager: string, source: string): string {
  const help = readFileSync(join(repository, "doc/igor.txt"), "utf8");
  const begin = help.indexOf(" >lua\n", help.indexOf(`With ${manager}`)) + " >lua\n".length;
  return help.slice(begin, help.indexOf("\n<", begin)).replaceAll("REPOSITORY", source);
}

/** igor as somebody else's git has it: what is tracked here, as it is now. */
function gitRepository(): string {
  const place = join(temporaryDirectory("igor-repository-"), "igor");
  for (const part of ["bin", "build.mjs", "doc", "lua", "plugin", "rplugin", "src"])
    cpSync(join(repository, part), join(place, part), { recursive: true });
  for (const part of ["package.json", "package-lock.json", "schema", "tsconfig.json"])
    cpSync(join(repository, part), join(place, part), { recursive: true });
  const git = (...words: string[]): unknown =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...words], { cwd: place });
  git("init", "-q");
  git("add", "-A");
  git("commit", "-qm", "igor");
  return place;
}

test("vim.pack installs and builds igor by the example of the help", async () => {
  const source = `file://${gitRepository()}`;
  await using editor = await openEditor({
    version: "0.12.4",
    laptop,
    root: project.root,
    file: "a.py",
    plugin: "none",
    init: exampleOf("vim.pack", source),
    // Where packages come from is a setting of whoever runs the tests.
    env: {
      NPM_CONFIG_USERCONFIG: process.env["npm_config_userconfig"] ?? join(homedir(), ".npmrc"),
    },
  });
  await editor.shows("igor");
  await editor.nvim.input("y");
  await editor.becomes("vim.fn.exists(':IgorPush')", 2, 120_000);
  await editor.command("IgorPush");
  await editor.shows(/push: .*\(apollo, /);
});
