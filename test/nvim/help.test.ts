import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commandOf, kinds } from "../../src/request/commands.ts";
import { aDockerProject, removeDockerProjects } from "../support/docker-project.ts";
import { neovimProgram, neovims, openEditor } from "../support/editor.ts";
import type { Editor, EditorOptions } from "../support/editor.ts";
import { aLaptop } from "../support/laptop.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const help = readFileSync(join(repository, "doc/igor.txt"), "utf8");
const laptop = aLaptop();
const files = {
  Dockerfile: "FROM igor-demo/python:3.11\nRUN ln -sf python3 /usr/bin/python\n",
  "train.py":
    "import os\nos.makedirs('runs', exist_ok=True)\nopen('runs/log', 'w').write('good')\nprint('trained')\n",
};
const project = aDockerProject(files);

afterAll(async () => {
  await removeDockerProjects();
  await laptop.close();
});

/** igor as it is installed: Neovim writes the tags beside the help. */
const plugin = join(temporaryDirectory("igor-plugin-"), "igor");
mkdirSync(plugin);
for (const part of ["bin", "dist", "lua", "package.json", "plugin", "src"])
  symlinkSync(join(repository, part), join(plugin, part));
mkdirSync(join(plugin, "doc"));
cpSync(join(repository, "doc/igor.txt"), join(plugin, "doc/igor.txt"));

const anEditor = (options: Pick<EditorOptions, "version"> & Partial<EditorOptions>) =>
  openEditor({ laptop, root: project.root, file: "train.py", plugin, ...options });

/** The first words of the lines of a file of tags. */
const tagsIn = (file: string): readonly string[] =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("!_"))
    .map((line) => line.split("\t")[0] ?? "");

/** The tags of the help that begin so, without that beginning. */
const tagged = (begin: string, end = ""): readonly string[] =>
  [...help.matchAll(/\*(\S+)\*(?=\s)/g)]
    .map(([, tag = ""]) => tag)
    .filter((tag) => tag.startsWith(begin) && tag.endsWith(end))
    .map((tag) => tag.slice(begin.length, tag.length - end.length))
    .sort();

/** The blocks of the help in a language, without their margin, by the tag of the section they are in. */
function blocksIn(
  language: string,
): readonly { readonly section: string; readonly text: string }[] {
  return help.split(/^={78}\n/m).flatMap((section) => {
    const [, name = ""] = /\*(\S+)\*/.exec(section) ?? [];
    return [...section.matchAll(new RegExp(`>${language}\\n\\n?((?: {4}.*\\n|\\n)*)`, "g"))].map(
      ([, text = ""]) => ({ section: name, text: text.replaceAll(/^ {4}/gm, "").trim() }),
    );
  });
}

test("no line of the help is wider than 78 columns", () => {
  const wide = help.split("\n").filter((line) => line.length > 78);
  expect(wide).toEqual([]);
});

/** What igor's Lua says by itself, as it stands in the source. */
const saying =
  /"((?:igor(?:: (?:[a-zA-Z.]|%s not)| needs| is not b| was u| ended| may)|there is no option|the option )[^"]*)"/g;

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

const luaFiles = (): readonly string[] =>
  ["lua/igor", "plugin"].flatMap((directory) =>
    readdirSync(join(repository, directory)).map((name) =>
      readFileSync(join(repository, directory, name), "utf8"),
    ),
  );

describe.each(neovims)("Neovim %s", (version) => {
  let editor: Editor;
  beforeAll(async () => {
    editor = await anEditor({ version });
  });
  afterAll(() => editor[Symbol.asyncDispose]());

  test("tags are made without a warning, each leads to its line, and each link to a tag", async () => {
    expect(await editor.lua("return vim.fn.execute('helptags ' .. ...)", join(plugin, "doc"))).toBe(
      "",
    );
    const tags = tagsIn(join(plugin, "doc/tags"));
    expect(tags.length).toBeGreaterThan(200);
    const lost = await editor.lua(
      `local lost = {}
      for _, tag in ipairs(...) do
        local ok, why = pcall(vim.cmd.help, tag)
        local shown = ok and vim.fn.expand("%:t") == "igor.txt" and vim.api.nvim_get_current_line()
        if not shown or not shown:find("*" .. tag .. "*", 1, true) then
          lost[#lost + 1] = tag .. ": " .. tostring(shown or why)
        end
      end
      return lost`,
      tags,
    );
    expect(lost).toEqual([]);
    const ofNeovim = tagsIn(join(neovimProgram(version), "../../usr/share/nvim/runtime/doc/tags"));
    const known = new Set([...tags, ...ofNeovim]);
    const text = help.replaceAll(/>\w*\n(?: {4}.*\n|\n)*/g, "");
    const links = [...text.matchAll(/\|([^|\s]+)\|/g)].map(([, link = ""]) => link);
    expect(links.length).toBeGreaterThan(50);
    expect(links.filter((link) => !known.has(link))).toEqual([]);
  });

  test("there is help for what there is, and for nothing else", async () => {
    const there = (await editor.lua(`
      local names = {}
      local function note(kind, list) names[kind] = list end
      note("commands", vim.tbl_filter(function(name)
        return vim.startswith(name, "Igor")
      end, vim.tbl_keys(vim.api.nvim_get_commands({}))))
      local maps = {}
      for _, mode in ipairs({ "n", "x", "o", "i", "t" }) do
        for _, map in ipairs(vim.api.nvim_get_keymap(mode)) do
          maps[map.lhs:match("^<Plug>%(igor%-(.*)%)$") or ""] = true
        end
      end
      maps[""] = nil
      note("maps", vim.tbl_keys(maps))
      note("options", vim.tbl_keys(require("igor.options").get()))
      note("highlights", vim.tbl_keys(require("igor.highlights").links))
      note("functions", vim.tbl_filter(function(name)
        return type(require("igor")[name]) == "function"
      end, vim.tbl_keys(require("igor"))))
      return names`)) as Readonly<Record<string, readonly string[]>>;
    expect(tagged(":")).toEqual([...there["commands"]!].sort());
    expect(tagged("<Plug>(igor-", ")")).toEqual([...there["maps"]!].sort());
    expect(tagged("igor-option-")).toEqual([...there["options"]!].sort());
    expect(tagged("hl-")).toEqual([...there["highlights"]!].sort());
    expect(tagged("igor.", "()")).toEqual([...there["functions"]!].sort());
  });

  test("every message of the editor is in the help, and each that is there is said", () => {
    const said = luaFiles().flatMap((text) =>
      text
        .split("\n")
        .filter((line) => !/desc = |summary = |quickfix list|health\./.test(line))
        .flatMap((line) => [...line.matchAll(saying)].map(([, message = ""]) => message)),
    );
    expect(said.length).toBeGreaterThan(20);
    const section = /\*igor-messages\*\n([^]*?)\n={78}/.exec(help)?.[1] ?? "";
    const headings = [...section.matchAll(/^(\S.*?)(?:\s+\*[\w-]+\*)?$/gm)]
      .map(([, heading = ""]) => heading)
      .filter((heading) => !heading.startsWith("What igor says"));
    const isIn = (heading: string, message: string): boolean =>
      new RegExp(heading.split("...").map(escaped).join(".*")).test(message);
    expect(said.filter((one) => !headings.some((heading) => isIn(heading, one)))).toEqual([]);
    expect(headings.filter((heading) => !said.some((one) => isIn(heading, one)))).toEqual([]);
  });

  test("an option has the default that the help says", async () => {
    const said = [
      ...help.matchAll(/\*igor-option-(\w+)\*\n(?: {18}.*\n)*? {18}.*Default:\s+`(.*)`\./g),
    ].map(([, name = "", value = ""]) => [name, value]);
    expect(said.map(([name]) => name)).toEqual(
      [...help.matchAll(/\*igor-option-(\w+)\*/g)].map(([, name]) => name),
    );
    const wrong = await editor.lua(
      `local wrong = {}
      for _, option in ipairs(...) do
        local is = require("igor.options").get()[option[1]]
        if not vim.deep_equal(is, loadstring("return " .. option[2])()) then
          wrong[#wrong + 1] = option[1] .. " is " .. vim.inspect(is)
        end
      end
      return wrong`,
      said,
    );
    expect(wrong).toEqual([]);
  });

  test(":Igor help leads to the help of each verb", async () => {
    for (const { words } of [
      ...kinds.map(commandOf),
      { words: ["docker"] },
      { words: ["config"] },
    ]) {
      await editor.command(`Igor help ${words.join(" ")}`);
      const line = await editor.lua("return vim.api.nvim_get_current_line()");
      expect(line).toContain(`*${["igor", ...words].join("-")}*`);
    }
    await editor.command("Igor help nosuch");
    await editor.shows("igor: there is no page `nosuch`; this is the first one");
  });

  test("the examples work, and autocommands have the data that the help says", async () => {
    const own = aDockerProject(files);
    own.remove(".igor");
    const examples = blocksIn("lua").filter(({ text }) => !text.includes("REPOSITORY"));
    expect(examples.map(({ section }) => section)).toEqual([
      "igor-install",
      "igor-debug",
      "igor-mappings",
      "igor-options",
      "igor-functions",
      "igor-functions",
      "igor-autocommands",
    ]);
    const debuggers = `vim.opt.runtimepath:append("${join(repository, "test/nvim/debug-contract")}")\n`;
    const init = debuggers + examples.map(({ text }) => `do\n${text}\nend\n`).join("");
    await using trial = await anEditor({ version, root: own.root, init });
    expect(await trial.messages()).toBe("");
    expect(await trial.lua("return vim.fn.maparg('<F5>') .. vim.fn.maparg('<leader>ip')")).toBe(
      "<Plug>(igor-setup)<Plug>(igor-push)",
    );
    for (const { text } of blocksIn("lua"))
      expect(await trial.lua("return loadstring(...) ~= nil", text), text).toBe(true);
    await trial.lua(`seen = {}
      vim.api.nvim_create_autocmd("User", { pattern = "Igor*", callback = function(event)
        local keys = vim.tbl_keys(event.data)
        table.sort(keys)
        seen[event.match] = table.concat(keys, " ")
      end })`);
    const lines = blocksIn("vim").flatMap(({ text }) => text.split("\n"));
    for (const line of lines.filter((one) => !one.includes("REPOSITORY"))) {
      await trial.command(line);
      if (line === ":IgorInit") {
        await trial.shows("Host");
        await trial.nvim.input("apollo<CR>");
        await trial.shows("Directory there");
        await trial.nvim.input("<CR>");
      }
      if (line === ":IgorInit" || line === ":IgorLogin") {
        await trial.shows("[Process exited 0]");
        await trial.command("bwipeout!");
      }
      if (line === ":IgorRepl") await trial.shows(">>>");
      if (line.includes("IgorExec")) await trial.shows("trained");
      await trial.becomes("#require('igor.actions').list()", 0);
    }
    expect(await trial.messages()).not.toMatch(/\bE\d+:|✗|fail/i);
    expect(await trial.lua("return vim.g.igor_failed")).toBe(false);
    expect(readFileSync(join(own.root, "runs/log"), "utf8")).toBe("good");
    const bar = "return vim.api.nvim_eval_statusline(vim.o.statusline, {}).str";
    expect(await trial.lua(bar)).toContain("health://");
    const said = [...help.matchAll(/^(Igor\w+) .*\n((?: {4}.*\n)+)/gm)].map(
      ([, name = "", text = ""]) => {
        const [, data = ""] = text.split("Data:");
        return [
          name,
          [...data.matchAll(/`(\w+)`/g)]
            .map(([, key]) => key)
            .sort()
            .join(" "),
        ];
      },
    );
    expect(await trial.lua("return seen")).toEqual(Object.fromEntries(said));
  });
});
