import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cutLink, restoreLink } from "../hosts/bed.ts";
import { aDockerProject, removeDockerProjects } from "../support/docker-project.ts";
import { neovimProgram, neovims, openEditor } from "../support/editor.ts";
import type { Editor, EditorOptions } from "../support/editor.ts";
import { until } from "../support/run-session.ts";
import { aLaptop } from "../support/laptop.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
const laptop = aLaptop();
// As good as installed, and made in no time: Python imports from the wheel itself.
const project = aDockerProject({
  Dockerfile:
    "FROM igor-demo/python:3.11\nRUN ln -s /wheels/debugpy*.whl /debugpy.whl\nENV PYTHONPATH=/debugpy.whl\n",
  "a.py": "print(1)\n",
});

beforeAll(async () => {
  const { exitCode, stderr } = await laptop.igor(project, ["docker", "setup"]);
  expect(`${String(exitCode)} ${stderr}`).toMatch(/^0 /);
});

afterAll(async () => {
  await removeDockerProjects();
  await laptop.close();
});

const anEditor = (options: Pick<EditorOptions, "version"> & Partial<EditorOptions>) =>
  openEditor({ laptop, root: project.root, file: "a.py", ...options });

/** What `:checkhealth igor` reports, without the marks that only newer versions have, and without this machine's names. */
async function reportOf(editor: Editor): Promise<string> {
  await editor.command("checkhealth igor");
  const lines = await editor.lua("return vim.api.nvim_buf_get_lines(0, 0, -1, false)");
  return (lines as string[])
    .join("\n")
    .replaceAll(/^- (?:✅|⚠️|❌) /gm, "- ")
    .replaceAll(project.root, "PROJECT")
    .replaceAll(repository, "IGOR");
}

/** The lines of a report that tell of something that is not well, with their advice. */
function unwell(report: string): string {
  return (report.match(/^- (?:WARNING|ERROR) .*\n(?: .*\n)*/gm) ?? [])
    .filter((lines) => !lines.includes("cd 'IGOR'")) // Who works on igor may have changed it since.
    .join("")
    .trimEnd();
}

/** Runs something in every Neovim at once: each of them waits for hosts. */
const inEach = async <T>(
  options: Partial<EditorOptions>,
  act: (editor: Awaited<ReturnType<typeof openEditor>>) => Promise<T>,
): Promise<readonly T[]> =>
  Promise.all(
    neovims.map(async (version) => {
      await using editor = await anEditor({ version, ...options });
      return await act(editor);
    }),
  );

test("tells of a host that is down, and waits for it no longer than it says", async () => {
  await laptop.close();
  await cutLink("apollo");
  try {
    const reports = await inEach({}, async (editor) => {
      const reporting = reportOf(editor);
      // The editor answers nobody meanwhile, but its screen says why.
      await until(
        () => Promise.resolve(editor.onScreen.text()),
        (screen) => screen.includes("│igor looks at apollo"),
      );
      const whole = await reporting;
      await editor.lua("require('igor.health').longest = 1000");
      return [whole, unwell(await reportOf(editor))];
    });
    for (const [whole = "", short] of reports) {
      expect(unwell(whole)).toMatch(
        /^- ERROR login: no (?:answer in time|way to that machine) \(.*\)\n {2}\| ssh: connect to .*\n {2}- ADVICE:\n {4}- check that the machine is on/,
      );
      expect(whole).toMatch(/^- not checked: .*\blatency, clock$/m);
      expect(whole).toMatch(/^apollo: container ~\n- not checked: container, python, .*$/m);
      expect(whole).toContain("- OK config: PROJECT/.igor/config.json is valid");
      expect(short).toBe(`- ERROR nothing was heard of apollo for 1 s
  - ADVICE:
    - \`igor doctor\` in a terminal goes on for as long as it takes`);
    }
  } finally {
    await restoreLink("apollo");
  }
});

test("a Neovim that is too old gets one sentence", () => {
  const file = join(temporaryDirectory("igor-old-"), "report");
  const words = ["--headless", "--clean", "--cmd", `set rtp^=${repository}`];
  const commands = ["checkhealth igor", `write ${file}`, "qa!"];
  spawnSync(neovimProgram("0.7.2"), [...words, ...commands.flatMap((one) => ["-c", one])]);
  expect(readFileSync(file, "utf8")).toMatch(/^ {2}- ERROR: igor needs Neovim 0.10.4 or newer$/m);
});

describe.each(neovims)("Neovim %s", (version) => {
  test("tells the whole way from the editor into the container, when all is well", async () => {
    await using editor = await anEditor({ version });
    const report = await reportOf(editor);
    expect(unwell(report)).toMatch(/^- WARNING builder: the legacy builder.*\n.*\n.*$/);
    const headings = report.match(/^.*(?= ~$)/gm);
    expect(headings).toEqual([
      "igor in this editor",
      "igor's program",
      "the project",
      "this machine",
      ...["link", "host", "engine", "container"].map((area) => `apollo: ${area}`),
    ]);
    expect(report).toContain(`- OK Neovim ${version}\n`);
    expect(report).toContain("- OK `:!igor` runs the igor of this plugin\n");
    expect(report).toContain(
      "- host group cluster: apollo, enterprise\n- host group dev: apollo\n",
    );
    expect(report).toContain("- OK debugpy: 1.");
  });

  test("tells what keeps igor from running, and looks at no host then", async () => {
    const laptopOfToday = temporaryDirectory("igor-old-node-");
    const oldNode = join(laptopOfToday, "node");
    writeFileSync(oldNode, "#!/bin/sh\necho v18.20.4\n", { mode: 0o755 });
    await using editor = await anEditor({ version });
    await editor.lua("require('igor').setup(...)", { node: oldNode, linger: "long" });
    const report = await reportOf(editor);
    expect(unwell(report).replace(oldNode, "NODE")).toMatchInlineSnapshot(`
      "- ERROR the option \`linger\` is to be a number, and is a string
        - ADVICE:
          - see :help |igor-options|
      - ERROR Node 18.20.4 (NODE) is too old for igor
        - ADVICE:
          - install Node 20.19 or newer, or set the option \`node\` to one: see :help |igor-option-node|"
    `);
    expect(report).toContain("- OK ssh\n- OK rsync\n- OK git\n- no host was looked at");
    await editor.lua("require('igor').setup({ node = 'node-of-nobody' })");
    expect(unwell(await reportOf(editor))).toContain("- ERROR there is no `node-of-nobody` here");
    await editor.lua("require('igor').setup({ node = 'node' })");
    await editor.lua("require('igor.program').root = '/tmp/igor of nobody'");
    expect(unwell(await reportOf(editor))).toContain(
      "- ERROR igor is not built: there is no dist/nvim.cjs\n  - ADVICE:\n    - cd '/tmp/igor of nobody' && npm ci --omit=dev",
    );
  });

  test("tells whose REPL iron.nvim opens", async () => {
    const iron = temporaryDirectory("igor-iron-");
    mkdirSync(join(iron, "lua/iron"), { recursive: true });
    writeFileSync(join(iron, "lua/iron/core.lua"), "return {}\n");
    await using editor = await anEditor({ version });
    await editor.lua("require('igor').setup({ node = 'node-of-nobody' })");
    expect(await reportOf(editor)).toContain("- iron.nvim is not here; igor does not need it\n");
    await editor.lua("vim.opt.runtimepath:append(...)", iron);
    await editor.lua("package.preload['iron.lowlevel'] = function() end");
    expect(await reportOf(editor)).toContain("- OK iron.nvim is here, and opens a project's REPL");
    await editor.lua("package.loaded['iron.lowlevel'] = {}");
    expect(await reportOf(editor)).toContain("- WARNING iron.nvim is here, and opens its own REPL");
    await editor.lua("require('igor').setup({ iron = false })");
    expect(await reportOf(editor)).toContain("the option `iron` leaves it as it is\n");
  });

  test("tells of another igor on the way, and of one that has changed since it was built", async () => {
    const world = temporaryDirectory("igor-two-");
    const [other, manifest, linked] = ["other", "rplugin.vim", "linked"].map((name) =>
      join(world, name),
    );
    mkdirSync(join(other!, "lua/igor"), { recursive: true });
    writeFileSync(join(other!, "lua/igor/init.lua"), "return {}\n");
    writeFileSync(
      manifest!,
      `call remote#host#RegisterPlugin('node', '${other!}/rplugin/node/igor', [\n\\ ])\n`,
    );
    mkdirSync(linked!);
    for (const part of ["bin", "dist", "lua", "plugin", "package.json", "package-lock.json"])
      symlinkSync(join(repository, part), join(linked!, part));
    mkdirSync(join(linked!, "src"));
    writeFileSync(join(linked!, "src/new.ts"), "");
    await using editor = await anEditor({
      version,
      root: world,
      plugin: linked!,
      init: `vim.opt.runtimepath:append("${other!}")`,
      env: { NVIM_RPLUGIN_MANIFEST: manifest! },
    });
    await editor.lua("vim.env.PATH = '/usr/bin:/bin'");
    const report = await reportOf(editor);
    expect(unwell(report).replaceAll(world, "WORLD")).toMatchInlineSnapshot(`
      "- WARNING there are two igors on 'runtimepath': WORLD/linked, WORLD/other
        - ADVICE:
          - WORLD/linked is the one that runs; remove the others from your plugins
      - WARNING the classic node host knows another igor: WORLD/other
        - ADVICE:
          - \`:UpdateRemotePlugins\` notes what there is now
      - WARNING igor has changed since it was built
        - ADVICE:
          - cd 'WORLD/linked' && npm ci --omit=dev
      - WARNING \`:!igor\` finds no igor
        - ADVICE:
          - put WORLD/linked/bin first in the PATH that your shell sets"
    `);
    expect(report).toContain("- config: there is no project here, so no host is looked at\n");
  });
});
