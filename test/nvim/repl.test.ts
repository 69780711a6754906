import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, test } from "vitest";
import { cutLink, restoreLink } from "../hosts/bed.ts";
import { neovims, openEditor } from "../support/editor.ts";
import type { Editor } from "../support/editor.ts";
import { readyContainer } from "../support/ready-container.ts";
import { until } from "../support/run-session.ts";
import { aLaptop, aProject } from "../support/laptop.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { sendsFileWithin } from "../support/send-file.ts";

const laptop = aLaptop();

/** What a REPL that reads lines, or that indents by itself, would take for something else. */
const code = `class A:
    def g(self):
        t = '''of
two'''

        return t

# %% second
A().g()

# %% third
for i in range(2): print('loop', i)

# %% fourth
def wrong():
    n = 20

    n + 1
    return 1 / 0
wrong()
`;

const functions = Array.from(
  { length: 100 },
  (_, index) => `def f${String(index)}():\n    y = ${String(index)}\n\n    return y\n`,
);

const project = aProject(
  {
    "pkg/a.py": code,
    "many.py": `${functions.join("")}print('the ' + 'end')\n`,
    Dockerfile: "FROM igor-demo/python:3.11\nRUN pip install -q ipython\n",
  },
  { repl_cmd: "ipython --no-banner" },
);

readyContainer(laptop, project);

const anEditor = (version: (typeof neovims)[number], init = ""): Promise<Editor> =>
  openEditor({ version, laptop, root: project.root, file: "pkg/a.py", init, size: [100, 50] });

/** As typed, with the suggested keys. */
const withKeys = `vim.g.mapleader = " "\nrequire("igor").setup({ mappings = "<leader>i" })\n`;

const namesOfWindows = `vim.tbl_map(function(window)
  return vim.fn.bufname(vim.api.nvim_win_get_buf(window))
end, vim.api.nvim_tabpage_list_wins(0))`;

const replName = `igor://repl/${project.name}`;

describe.each(neovims)("Neovim %s", (version) => {
  test("IPython gets what is sent as it is: a motion, a cell, a line, a selection, 400 lines", async () => {
    await using editor = await anEditor(version, withKeys);
    // There is no REPL yet: it is opened, and gets it when it asks.
    await editor.nvim.input("gg ic");
    await editor.shows("return t");
    await editor.nvim.input("/second<CR> in");
    await editor.shows("'of\\ntwo'");
    await editor.becomes("vim.fn.getline('.')", "# %% third");
    await editor.nvim.input("j iss");
    await editor.shows("loop 1");
    await editor.nvim.input("/n = 20<CR>0V2j is");
    await editor.shows(/Out\[\d+\]: 21$/m);
    await editor.nvim.input("/def wrong<CR> is5j");
    await editor.shows("ZeroDivisionError");
    await editor.becomes("vim.fn.bufname()", "pkg/a.py");
    const ending = "\nthe end\n";
    const tookMs = await sendsFileWithin(editor, "many.py", { repl: replName, ending });
    expect(tookMs).toBeLessThan(300);
    await editor.command("lua require('igor.repl').send(0, { 'exit()' })");
    await editor.becomes(namesOfWindows, ["many.py"]);
  });

  test("a Python that reads lines gets a text, and its tracebacks name the file", async () => {
    await using editor = await anEditor(version);
    await editor.command("IgorRepl! python3");
    await editor.command("lua require('igor.send').file()");
    const screen = await editor.shows("ZeroDivisionError");
    expect(screen).toContain("loop 1");
    expect(screen).toContain("'of\\ntwo'");
    expect(screen).toContain('File "pkg/a.py", line 20, in <module>');
    expect(screen).toContain('File "pkg/a.py", line 19, in wrong');
    await editor.command("12IgorRepl");
    await editor.shows(/loop 1\n(?:.*\n)*.*loop 1\n/);
    await editor.command("1,2IgorRepl python3");
    await editor.shows("a range takes neither a command nor !");
    const ending = "\nthe end\n";
    const tookMs = await sendsFileWithin(editor, "many.py", {
      repl: `${replName}/python3`,
      ending,
    });
    expect(tookMs).toBeLessThan(300);
  });

  test("what is typed follows from what a program shows: its prompt, and how it reads", async () => {
    await using editor = await anEditor(version);
    const begin = "\u001b]7777;igor begins\u0007";
    const typed = (said: readonly string[], lines: readonly string[]) =>
      typedAfter([begin, ...said], lines);
    const typedAfter = (said: readonly string[], lines: readonly string[]) =>
      editor.lua(
        `local said, lines = ...
        local all = {}
        local typing = require("igor.typing").new(function(keys) all[#all + 1] = keys end)
        require("igor.typing").send(typing, { lines = lines })
        for _, part in ipairs(said) do require("igor.typing").hear(typing, { part }) end
        vim.wait(100, function() return #all > 0 end)
        return table.concat(all)`,
        said,
        lines,
      );
    const block = ["def f():", "", "    return 1"];
    const pasted = "\u001b[200~def f():\n\n    return 1\n\u001b[201~\r";
    // Python 3.13.0, in two parts; it waits for an empty line behind a block.
    const newer = [
      "\u001b[?20",
      "04h\u001b[?1h\u001b=\u001b[?25l\u001b[1;35m>>> \u001b[0m\u001b[?25h",
    ];
    expect(await typed(newer, block)).toBe(pasted);
    expect(await typed(newer, ["for x in y: print(x)"])).toBe("for x in y: print(x)\r\r");
    expect(await typed(newer, ["x = {1: 2}"])).toBe("x = {1: 2}\r");
    // Python 3.7.16 with readline 8.1 takes of a paste its first statement.
    expect(await typed(["\u001b[?2004h>>> "], block)).toMatch(/^exec\(.*return 1\r"""\)\)\r$/s);
    // A kept IPython that is at work, and shows again what it asked before.
    const atWork = ["\u001b[?2004hIn [1]: ", "\u001b[?2004l", "working\n"];
    expect(await typed(atWork, block)).toBe("");
    expect(await typed([...atWork, "\u001b[?2004hIn [2]: "], block)).toBe(pasted);
    expect(await typed(["# "], block)).toBe("def f():\r\r    return 1\r");
    expect(await typed(["downloading 45%"], block)).toBe("");
    expect(await typed(["> ", "no prompt"], block)).toBe("");
    // Before the REPL's first word may be a question of igor's own.
    expect(await typedAfter(["\u001b[?2004hpassword> "], block)).toBe("");
  });

  test("what is sent waits for a REPL that starts slowly, or until the user goes there", async () => {
    await using editor = await anEditor(version);
    await editor.lua("require('igor.typing').longest_wait = 500");
    const send = "require('igor.repl').send(0, { 'echo typed $((6 * 7))' })";
    await editor.command("IgorRepl! sh -c 'echo loading; sleep 2; PS1=\"ready> \" exec sh'");
    await editor.lua(send);
    await editor.shows("igor: no prompt yet; what you sent is typed then, or when you go there");
    expect(await editor.shows("typed 42")).toMatch(/loading\nready> echo typed .*\ntyped 42/);
    // bc and others ask for nothing, ever.
    await editor.command("IgorRepl! sh -c 'echo loaded; read line; echo read $line; read line'");
    await editor.shows("loaded");
    await editor.command("messages clear");
    await editor.lua("require('igor.repl').send(0, { 'by a visitor' })");
    await until(
      () => editor.messages(),
      (told) => told.includes("no prompt yet"),
    );
    await editor.command("IgorRepl sh -c 'echo loaded; read line; echo read $line; read line'");
    await editor.shows("read by a visitor");
  });

  test("a shell gets its lines", async () => {
    await using editor = await anEditor(version);
    await editor.command("IgorRepl! sh -c 'PS1=\"ready> \" exec sh'");
    await editor.lua(
      "require('igor.repl').send(0, { '  f() {', '', '    echo got $1', '  }', '  f it' })",
    );
    await editor.shows("got it");
    await editor.lua("require('igor.repl').send(0, { 'sleep 1000' })");
    await editor.shows("sleep 1000");
    await editor.lua("require('igor.repl').interrupt()");
    await editor.lua("require('igor.repl').send(0, { 'echo $((6 * 7)) again' })");
    await editor.shows("42 again");
  });

  test("it is shown beside the code, once for each command, and the cursor stays in the code", async () => {
    await using editor = await anEditor(version, withKeys);
    const windows = () => editor.lua(`return ${namesOfWindows}`);
    await editor.command("IgorRepl!");
    await editor.shows("In [1]:");
    expect(await windows()).toEqual(["pkg/a.py", replName]);
    await editor.becomes("vim.fn.bufname()", "pkg/a.py");
    await editor.nvim.input(" idr");
    await editor.becomes("{ vim.fn.bufname(), vim.fn.mode() }", [replName, "t"]);
    await editor.nvim.input("kept = 6 * 7<CR><C-\\><C-n>:q<CR>");
    await editor.becomes(namesOfWindows, ["pkg/a.py"]);
    await editor.command("vert IgorRepl");
    await editor.lua("require('igor.repl').send(0, { 'kept' })");
    await editor.shows("Out[2]: 42");
    expect(await editor.lua("return vim.fn.winlayout()[1]")).toBe("row");
    await editor.command("tab IgorRepl sh");
    await editor.becomes("vim.fn.tabpagenr('$')", 2);
    await editor.becomes("vim.fn.bufname()", "pkg/a.py");
    const names = "vim.tbl_map(function(info) return info.name end, vim.fn.getbufinfo())";
    expect(JSON.stringify(await editor.lua(`return ${names}`))).not.toContain("term:");
    editor.child.kill("SIGKILL");
    await using another = await anEditor(version);
    await another.command("lua require('igor.repl').send(0, { 'kept + 1' })");
    await another.shows("Out[3]: 43");
  });

  test("where it ends well its window goes; where not, the window says why, and the next starts it again", async () => {
    await using editor = await anEditor(version);
    await editor.command("IgorRepl! sh");
    await editor.lua("require('igor.repl').send(0, { 'exit' })");
    await editor.becomes(namesOfWindows, ["pkg/a.py"]);
    await editor.command("IgorRepl sh -c 'read -p \"> \" line; echo $line; exit 3'");
    await editor.lua("require('igor.repl').send(0, { 'said at the end' })");
    await editor.shows("[Process exited 3]");
    await editor.lua("require('igor.repl').send(0, { 'said again' })");
    await editor.shows(/^said again$/m);
    await editor.command("IgorRepl python3 'oh");
    await editor.shows("a quote in `docker repl python3 'oh` has no end");
  });

  test("the editor ends by :wqa though it runs, and it runs on when :qa is refused for a file", async () => {
    const editor = await anEditor(version);
    await editor.command("IgorRepl! sh");
    await editor.lua("require('igor.repl').send(0, { 'kept=42' })");
    await editor.shows("kept=42");
    await editor.lua("vim.api.nvim_buf_set_lines(0, -1, -1, false, { '# unsaved' })");
    // Two lines of message wait for a key.
    await editor.nvim.input(":qa<CR><CR>");
    expect(await editor.messages()).toContain("E37: No write since last change");
    await editor.lua("require('igor.repl').send(0, { 'echo still $kept' })");
    await editor.shows("still 42");
    const exit = new Promise((resolve) => editor.child.once("exit", resolve));
    editor.nvim.input(":wqa<CR>").catch(() => undefined);
    expect(await exit).toBe(0);
  });
});

/** iron.nvim itself is not among the packages of a test machine: this is what igor relies on of it. */
const contract = fileURLToPath(new URL("iron-contract", import.meta.url));

const ironSetup = `
  vim.opt.runtimepath:append(${JSON.stringify(contract)})
  require("iron.config").repl_definition.python = {
    command = { "sh", "-c", "PS1='own> ' exec sh" },
    format = function(lines) return vim.list_extend(vim.list_slice(lines), { "" }) end,
  }
  require("iron.core")
`;

/** When iron is set up, beside igor, which is on the runtime path from the beginning. */
const orders = {
  before: ironSetup,
  after: `vim.api.nvim_create_autocmd("VimEnter", { callback = function() ${ironSetup} end })`,
  lazily: `vim.api.nvim_create_user_command("LoadIron", function() ${ironSetup} end, {})`,
};

test.each(neovims)(
  "what is sent while the connection is lost is typed when it is back, and what may be lost is told, in Neovim %s",
  async (version) => {
    await using editor = await anEditor(version);
    await editor.command("IgorRepl! python3 -q");
    await editor.lua("require('igor.repl').send(0, { 'x = 41' })");
    await editor.shows("x = 41");
    await cutLink("apollo");
    try {
      // Nobody knows whether it arrives: the laptop's kernel goes on trying after its ssh was ended.
      await editor.lua("require('igor.repl').send(0, { 'y = 0' })");
      await editor.shows("what you sent last may not have arrived", 30_000);
      await editor.lua("require('igor.repl').send(0, { 'print(x + 1, str(\\'x\\') * 3)' })");
    } finally {
      await restoreLink("apollo");
    }
    await editor.shows("42 xxx", 30_000);
    await editor.lua("require('igor.repl').send(0, { 'exit()' })");
    await editor.becomes(namesOfWindows, ["pkg/a.py"]);
  },
);

describe.each(neovims)("iron.nvim in Neovim %s", (version) => {
  const send = "require('iron.core').send('python', ...)";
  beforeEach(async () => {
    await laptop.igor(project, ["stop", "--all"]);
  });

  test.each(Object.entries(orders))(
    "has the project's REPL in a project, and its own elsewhere, when it is set up %s",
    async (when, init) => {
      await using editor = await anEditor(version, init);
      await editor.command("IgorTrust");
      if (when === "lazily") await editor.command("LoadIron");
      await editor.lua(send, ["x = 6", "", `x * 7, "${when} in ${version}"`]);
      await editor.shows(`: (42, '${when} in ${version}')`);
      const outside = join(temporaryDirectory("igor-outside-"), "b.py");
      await editor.command(`edit ${outside}`);
      await editor.lua(send, ["echo of my $((6 * 7))"]);
      await editor.shows("of my 42");
      await editor.command("edit pkg/a.py");
      await editor.lua(send, [`x + 1, "${when} again"`]);
      await editor.shows(`: (7, '${when} again')`);
      expect(await editor.lua("return vim.tbl_count(require('iron.state').repls.python)")).toBe(2);
    },
  );

  test("begins a fresh REPL of the project when iron is told to", async () => {
    await using editor = await anEditor(version, ironSetup);
    await editor.command("IgorTrust");
    await editor.lua(send, ["kept = 6", "'old', 'kept' in globals()"]);
    await editor.shows("('old', True)");
    await editor.lua("require('iron.core').restart('python')");
    await editor.lua(send, ["'new', 'kept' in globals()"]);
    await editor.shows("('new', False)");
  });

  test("has its own everywhere with the option iron = false", async () => {
    await using editor = await anEditor(version, `vim.g.igor = { iron = false }\n${ironSetup}`);
    await editor.lua(send, ["echo of my $((6 * 7))"]);
    await editor.shows("of my 42");
  });
});
