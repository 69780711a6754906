import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { aLaptop, aProject } from "../support/laptop.ts";
import { neovims, openEditor } from "../support/editor.ts";
import { readyContainer } from "../support/ready-container.ts";

const laptop = aLaptop();
const project = aProject({
  Dockerfile: "FROM igor-demo/python:3.11\nRUN pip install pytest\n",
  "train.py": "from lib.loss import loss\n\n\ndef main():\n    loss(0)\n\n\nmain()\n",
  "lib/loss.py": "def loss(n):\n    return 1 / n\n",
  "tests/test_loss.py": "def test_sum():\n    assert 1 + 1 == 3\n",
});

readyContainer(laptop, project);

describe.each(neovims)("Neovim %s", (version) => {
  test("a traceback of the container becomes places here, and :cfirst goes to what raised", async () => {
    await using editor = await openEditor({
      version,
      laptop,
      root: project.root,
      file: "train.py",
    });
    await editor.command("IgorExec python %");
    // In one line with what failed, which this would cover.
    await editor.shows(/^igor: exec failed: exit 1 \(apollo, .*; 3 places in the quickfix list/m);
    const list = await editor.lua(`
      return vim.tbl_map(function(item)
        local name = item.bufnr > 0 and vim.fn.fnamemodify(vim.fn.bufname(item.bufnr), ":p") or ""
        return { name, item.lnum, item.type, item.text }
      end, vim.fn.getqflist())`);
    expect(list).toEqual([
      [`${project.root}/train.py`, 8, "N", expect.stringContaining("main()")],
      [`${project.root}/train.py`, 5, "N", expect.stringContaining("loss(0)")],
      [`${project.root}/lib/loss.py`, 2, "E", "ZeroDivisionError: division by zero"],
    ]);
    await editor.command("clast");
    expect(await editor.lua("return { vim.fn.expand('%:.'), vim.fn.line('.') }")).toEqual([
      "lib/loss.py",
      2,
    ]);
  });

  test("what names places without end becomes a list of a thousand, in pieces that the editor takes at once", async () => {
    await using editor = await openEditor({
      version,
      laptop,
      root: project.root,
      file: "train.py",
    });
    await editor.lua(`
      local set = vim.fn.setqflist
      function vim.fn.setqflist(...)
        local begun = os.clock()
        set(...)
        longest = math.max(longest, (os.clock() - begun) * 1000)
      end`);
    // Of the processor, which a busy machine may take away meanwhile; the first run finds everything cold.
    let leastMs = Infinity;
    for (let count = 0; count < 4 && leastMs >= 16; count += 1) {
      await editor.command("lua longest = 0; vim.fn.setqflist({}, 'f')");
      await editor.command(
        `IgorExec for i in $(seq 1500); do echo lib/l$i.py:$i:1: error: e$i; done`,
      );
      await editor.becomes("#vim.fn.getqflist()", 1001);
      await editor.shows("1000 places in the quickfix list");
      leastMs = Math.min(leastMs, (await editor.lua("return longest")) as number);
    }
    expect(leastMs).toBeLessThan(16);
    expect(await editor.lua("return vim.fn.getqflist()[1001].text")).toBe(
      "igor: apollo said more; only the first 1000 entries are in this list",
    );
  });

  test("a failed test of pytest is a place, and the option opens the list without taking the focus", async () => {
    const init = 'vim.g.igor = { quickfix = "open" }';
    await using editor = await openEditor({
      version,
      laptop,
      root: project.root,
      file: "train.py",
      init,
    });
    await editor.command("IgorExec pytest -q -p no:cacheprovider");
    await editor.becomes("#vim.fn.getqflist() > 0", true);
    await editor.shows("tests/test_loss.py|2");
    expect(await editor.lua("return vim.fn.bufname()")).toBe("train.py");
    await editor.command("cfirst");
    expect(await editor.lua("return { vim.fn.expand('%:.'), vim.fn.line('.') }")).toEqual([
      "tests/test_loss.py",
      2,
    ]);
  });

  test("a mistake in the configuration is a place, and a build that fails has the reason at its instruction", async () => {
    const other = aProject({
      Dockerfile: "FROM igor-demo/python:3.11\nRUN echo before\nRUN pip install ./nope\n",
      "a.py": "x = 1\n",
    });
    await using editor = await openEditor({ version, laptop, root: other.root, file: "a.py" });
    await editor.command("IgorBuild");
    await editor.shows(/^igor: build failed: the image.*; 1 place in the quickfix list/m, 60_000);
    const list = `return vim.tbl_map(function(item)
      return { vim.fn.fnamemodify(vim.fn.bufname(item.bufnr), ":t"), item.lnum, item.col, item.text }
    end, vim.fn.getqflist())`;
    expect(await editor.lua(list)).toEqual([
      ["Dockerfile", 0, 0, expect.stringMatching(/^ERROR: .*nope.*; The command '.*code: 1$/)],
    ]);
    await editor.command("cfirst");
    expect(await editor.lua("return vim.fn.getline('.')")).toBe("RUN pip install ./nope");

    const config = join(other.root, ".igor/config.json");
    const text = readFileSync(config, "utf8");
    writeFileSync(config, text.replace("{", '{\n  "prüfung": 1,'));
    await editor.command("IgorPush");
    await editor.becomes("vim.fn.getqflist({ title = 0 }).title", "igor push");
    // What igor tells and what Neovim tells of the place would be two lines, which wait for a key.
    await editor.command("silent cfirst");
    expect(
      await editor.lua("return { vim.fn.expand('%:.'), vim.fn.line('.'), vim.fn.col('.') }"),
    ).toEqual([".igor/config.json", 2, 3]);
  });
});
