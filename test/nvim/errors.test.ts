import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { aLaptop, aProject } from "../support/laptop.ts";
import { neovims, openEditor } from "../support/editor.ts";
import type { Editor } from "../support/editor.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const laptop = aLaptop();
const project = aProject({ "a.py": "print(1)\n" });

afterAll(() => laptop.close());

const anEditor = (version: (typeof neovims)[number], init = ""): Promise<Editor> =>
  openEditor({ version, laptop, root: project.root, file: "a.py", init });

/** Waits for a message that is all that is said, and for which nobody has to press a key. */
async function saysOnly(editor: Editor, message: string | RegExp): Promise<void> {
  await editor.shows(message);
  expect(await editor.nvim.mode).toMatchObject({ blocking: false });
  expect(await editor.messages()).not.toMatch(
    /stack traceback|Error (executing|detected)|Error in/,
  );
}

describe.each(neovims)("Neovim %s", (version) => {
  test.each(["IgorRepl", "IgorInit", "Igor config show", "normal \u001Cr"])(
    "without room for a window, :%s says so in one line",
    async (line) => {
      const init = 'vim.keymap.set("n", "<C-Bslash>r", "<Plug>(igor-send-line)")';
      await using editor = await anEditor(version, init);
      await editor.command("set winheight=12 winminheight=12 | split");
      await editor.nvim.input(`:${line}\r`);
      await saysOnly(editor, "igor: E36: Not enough room");
    },
  );

  test("in the window for the command line, commands that need another one say so in one line", async () => {
    const init = `
      vim.keymap.set("n", "<F5>", "<Cmd>IgorRepl<CR>")
      vim.keymap.set("n", "<F6>", "<Cmd>IgorLog<CR>")`;
    await using editor = await anEditor(version, init);
    await editor.command("IgorStatus");
    await editor.shows(":IgorClose closes");
    await editor.nvim.input("q:");
    await editor.shows("[Command Line]");
    await editor.nvim.input("<F5>");
    await saysOnly(editor, "<CR> executes, CTRL-C quits: botright 10 spl…");
    await editor.command("messages clear");
    await editor.nvim.input("<F6>");
    await saysOnly(
      editor,
      /^igor: E11: Invalid in command-line window; <CR> executes, CTRL-C quits *$/m,
    );
  });

  test.each([
    ["Lua", 'callback = function() error("of the user") end', "init.lua:5: of the user"],
    ["Vim script", 'command = "nosuch"', "E492: Not an editor command: nosuch"],
    ["a throw", "command = \"throw 'of the user'\"", "of the user"],
  ])("an autocommand that fails is told of in one line: %s", async (_, does, words) => {
    const init = `
      vim.api.nvim_create_autocmd("User", { pattern = "IgorPlanPre", ${does} })`;
    await using editor = await anEditor(version, init);
    await editor.command("IgorPush");
    // What comes behind it may leave it less room in the last line; `:messages` has all of it.
    await saysOnly(editor, "igor: an autocommand for IgorPlanPre");
    await editor.becomes("#require('igor.actions').list()", 0);
    await saysOnly(editor, "igor");
    expect(await editor.messages()).toContain(
      `igor: an autocommand for IgorPlanPre failed: ${words}`,
    );
  });

  test("in a directory that is gone a command says so, and the next one works where there is one", async () => {
    const init = `
      vim.fn.mkdir("gone")
      vim.cmd.cd("gone")
      vim.fn.delete("../gone", "d")`;
    await using editor = await openEditor({ version, laptop, root: project.root, init });
    for (const line of ["IgorPush", "Igor config show", "IgorInit"]) {
      await editor.command(line);
      await editor.shows("│✗ the directory that you are in is not there any more");
      await saysOnly(editor, "igor: the directory that you are in is not there any more");
      await editor.command("IgorClose");
      await editor.command("messages clear");
    }
    await editor.lua("vim.cmd.cd(...)", project.root);
    await editor.command("IgorPush");
    await editor.shows(/igor: push: .*\(apollo, /);
  });

  test("a bug of igor stays in the float", async () => {
    const directory = temporaryDirectory("igor-bug-");
    const fault = join(directory, "fault.cjs");
    // The float is there when it happens.
    const bug = 'setTimeout(() => reject(new TypeError("steps is not iterable")), 500)';
    const never = `() => new Promise((_, reject) => ${bug})`;
    writeFileSync(fault, `require("node:fs/promises").stat = ${never};\n`);
    const program = join(directory, "node");
    const words = `'${process.execPath}' --require '${fault}' "$@"`;
    writeFileSync(program, `#!/bin/sh\nexec ${words}\n`, { mode: 0o755 });
    await using editor = await anEditor(
      version,
      `vim.g.igor = { node = ${JSON.stringify(program)} }`,
    );
    await editor.command("IgorPush");
    await saysOnly(editor, "igor: this is a bug of igor: TypeError: steps is not iterable");
    await expect(editor.showsNot("│✗ this is a bug of igor", 1000)).rejects.toThrow("still after");
  });
});
