import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { DapClient } from "../support/dap-client.ts";
import { aDebugProject, debugpyDockerfile } from "../support/debug-project.ts";
import { neovims, openEditor } from "../support/editor.ts";
import type { Editor, EditorOptions } from "../support/editor.ts";
import { aLaptop } from "../support/laptop.ts";
import { readyContainer } from "../support/ready-container.ts";

const laptop = aLaptop();
/** pytest, without the half minute that pip takes. */
const Dockerfile = `${debugpyDockerfile}RUN for name in pytest pluggy iniconfig packaging pygments; do \\
  python3 -m zipfile -e /wheels/$name-*.whl /usr/lib/python3/dist-packages; done
`;
const project = aDebugProject({
  Dockerfile,
  "pkg/train.py": "import sys\nsteps = sys.argv[1:]\nprint(steps)\n",
  "test_loss.py": `class TestLoss:
    def test_nan(self):
        found = "nan"
        assert found
`,
  "README.md": "text\n",
});
readyContainer(laptop, project);

const contract = fileURLToPath(new URL("debug-contract", import.meta.url));
const has = (debuggers: "dap" | "vimspector" | "both" | "none"): string => {
  if (debuggers === "none") return "";
  const without = { dap: "autoload", vimspector: "lua", both: "none" }[debuggers];
  return `local here = "${contract}"
vim.opt.runtimepath:append(here)
local find = vim.api.nvim_get_runtime_file
vim.api.nvim_get_runtime_file = function(name, all)
  return vim.tbl_filter(function(file) return not file:find(here .. "/${without}", 1, true) end, find(name, all))
end
`;
};

/** What a debugger was given: the words of its adapter, and the configuration. */
interface Given {
  readonly argv: readonly string[];
  readonly configuration: Readonly<Record<string, unknown>>;
}

async function givenToDap(editor: Editor): Promise<Given> {
  await editor.becomes("require('dap').ran ~= nil", true);
  return (await editor.lua(`local dap = require("dap")
    local one = dap.adapters.igor
    local ran = dap.ran
    dap.ran = nil
    return { argv = vim.list_extend({ one.command }, one.args), configuration = ran }`)) as Given;
}

async function givenToVimspector(
  editor: Editor,
): Promise<Given & { readonly breakpoints: unknown }> {
  await editor.becomes("vim.g.launched ~= nil", true);
  return (await editor.lua(`local one = vim.g.launched
    vim.g.launched = nil
    return {
      argv = one.adapter.command, configuration = one.configuration, breakpoints = one.breakpoints,
      timeout = one.adapter.async_timeout,
    }`)) as Given & { readonly breakpoints: unknown };
}

/** Debugs what a debugger was given, up to a breakpoint; the variables there. */
async function debugs(
  { argv, configuration }: Given,
  { file, line }: { readonly file: string; readonly line: number },
): Promise<Readonly<Record<string, string>>> {
  const [, cli = "", ...words] = argv;
  expect(cli).toMatch(/\/dist\/cli\.cjs$/);
  await using client = new DapClient(laptop, { root: "/" }, { words });
  const path = join(project.root, file);
  await client.begin({ arguments: configuration, breakpoints: { [path]: [line] } });
  const { stack } = await client.stop();
  expect(stack[0]).toMatchObject({ line, source: { path } });
  const found = await client.locals(stack[0]!);
  await client.disconnect();
  return found;
}

describe.each(neovims)("Neovim %s", (version) => {
  const anEditor = (options: Partial<EditorOptions>): Promise<Editor> =>
    openEditor({ version, laptop, root: project.root, ...options });

  test("nvim-dap gets the file of the window with its arguments, wherever the editor stands", async () => {
    await using editor = await anEditor({
      root: "/",
      file: join(project.root, "pkg/train.py"),
      init: has("dap"),
    });
    project.write({
      "pkg/train.py": `import sys\nsteps = sys.argv[1:]\nprint(steps, '${version}')\n`,
    });
    await editor.command("IgorDebug --steps 'a b' $x");
    await editor.shows(/files? pushed/);
    const given = await givenToDap(editor);
    expect(given.configuration).toMatchObject({
      type: "igor",
      request: "launch",
      name: "igor: pkg/train.py",
    });
    const found = await debugs(given, { file: "pkg/train.py", line: 3 });
    expect(found["steps"]).toBe("['--steps', 'a b', '$x']");
    await editor.command("IgorDebug last");
    expect(await givenToDap(editor)).toEqual(given);
  });

  test("vimspector gets a module, in texts without variables, and has nothing to ask", async () => {
    await using editor = await anEditor({ file: "README.md", init: has("vimspector") });
    await editor.command("IgorDebug -g dev rank=1 others=wait module pkg.train $HOME");
    const given = await givenToVimspector(editor);
    expect(given).toMatchObject({
      breakpoints: { exception: { raised: "N", uncaught: "Y", userUnhandled: "" } },
      configuration: {
        module: "pkg.train",
        args: ["$$HOME"],
        igor: { host_group: "dev", host: "apollo", rank: 1, others: "wait" },
      },
      timeout: 300_000,
    });
    const found = await debugs(given, { file: "pkg/train.py", line: 3 });
    expect(found["steps"]).toBe("['$$HOME']");
    // Another configuration would be one more to choose from.
    expect(await editor.lua("return vim.g.vimspector_configurations == nil")).toBe(true);
  });

  test("the test at the cursor is debugged", async () => {
    await using editor = await anEditor({ file: "test_loss.py", init: has("both") });
    await editor.command("4 | IgorDebug test -q");
    const given = await givenToVimspector(editor);
    expect(given.configuration).toMatchObject({
      module: "pytest",
      args: ["test_loss.py::TestLoss::test_nan", "-q"],
    });
    expect(await debugs(given, { file: "test_loss.py", line: 4 })).toMatchObject({
      found: "'nan'",
    });
  });

  test("of two debuggers the option names one", async () => {
    await using editor = await anEditor({
      file: "pkg/train.py",
      init: `${has("both")}vim.g.igor = { debugger = "dap" }`,
    });
    await editor.command("IgorDebug attach 5678");
    expect((await givenToDap(editor)).configuration).toMatchObject({
      request: "attach",
      connect: { port: 5678 },
    });
    expect(await editor.lua("return vim.g.launched == nil")).toBe(true);
  });

  test("what cannot be debugged is said, and no debugger opened", async () => {
    await using editor = await anEditor({ file: "README.md", init: has("dap") });
    await editor.command("IgorDebug");
    await editor.shows("README.md is no Python file");
    await editor.command("IgorDebug last");
    await editor.shows("nothing was debugged in this project");
    await editor.command("IgorDebug module");
    await editor.shows("NAME is missing");
    project.write({ Dockerfile: "FROM igor-demo/python:3.11\nRUN exit 3\n" });
    await editor.command("IgorDebug module pkg.train");
    await editor.shows("the image could not be built");
    project.write({ Dockerfile });
    expect(await editor.lua("return require('dap').ran == nil")).toBe(true);
  });

  test("without a debugger nothing is prepared, and the help says what else there is", async () => {
    await using editor = await anEditor({ file: "pkg/train.py", init: has("none") });
    await editor.command("IgorDebug");
    await editor.shows("neither vimspector nor nvim-dap is here");
    await editor.command("Igor dap");
    await editor.shows("there is no file in this window");
  });
});
