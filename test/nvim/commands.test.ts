import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { onHost } from "../hosts/bed.ts";
import { aLaptop, aProject } from "../support/laptop.ts";
import { neovims, openEditor, openEditorInTerminal, peerOf } from "../support/editor.ts";
import type { Editor } from "../support/editor.ts";
import { readyContainer } from "../support/ready-container.ts";
import { until } from "../support/run-session.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const laptop = aLaptop();
const project = aProject({ "a.py": "print(1)\n", Dockerfile: "FROM igor-demo/busybox:1\n" });

readyContainer(laptop, project);

const anEditor = (version: (typeof neovims)[number], init = ""): Promise<Editor> =>
  openEditor({ version, laptop, root: project.root, file: "a.py", init });

/** Empty for a process that has ended. */
function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

/** Runs something; the value waits until it has ended on the host, and igor's process with it. */
async function runsIn(editor: Editor): Promise<() => Promise<unknown>> {
  await editor.command("IgorExec echo begun; sleep 55");
  await editor.shows("│begun");
  const peer = await peerOf(editor);
  return async () => {
    await until(
      async () => (await laptop.igor(project, ["docker", "ps"])).stdout,
      (listed) => !listed.includes("sleep 55"),
    );
    await until(
      () => commandLineOf(peer),
      (line) => line === "",
    );
  };
}

describe.each(neovims)("Neovim %s", (version) => {
  test("a command runs where the user is in the project, and what it names is found from there", async () => {
    const below = aProject({
      "src/b.py": "import os\nprint('in', os.getcwd())\nraise KeyError('b')\n",
      "lib/c.py": "",
      Dockerfile: "FROM igor-demo/python:3.11\n",
    });
    await using editor = await openEditor({ version, laptop, root: below.root, file: "lib/c.py" });
    await editor.command("IgorSetup");
    await editor.shows("container started");
    await editor.command("cd src | IgorExec echo %; python3 b.py");
    const screen = await editor.shows("KeyError");
    expect(screen).toContain("../lib/c.py");
    expect(screen).toContain("in /workspace/src");
    await editor.becomes("#vim.fn.getqflist()", 1);
    await editor.command("silent cfirst");
    expect(await editor.lua("return vim.fn.expand('%:p')")).toBe(join(below.root, "src/b.py"));
    await editor.command(`cd ${tmpdir()} | IgorExec pwd`);
    await editor.shows(/workspace$|workspace /m);
    await laptop.igor(below, ["docker", "clean", "--images"]);
  });

  test("the suggested keys come by the variable as by the function", async () => {
    const init = `vim.g.mapleader = " "\nvim.g.igor = { mappings = "<leader>i" }\n`;
    await using editor = await anEditor(version, init);
    expect(await editor.lua("return vim.fn.maparg(' ip', 'n')")).toBe("<Plug>(igor-push)");
  });

  test("a file that was saved is on the host after :IgorPush", async () => {
    await using editor = await anEditor(version);
    await editor.lua("vim.api.nvim_buf_set_lines(0, 0, -1, false, { ... })", `print("${version}")`);
    await editor.command("write");
    await editor.command("IgorPush");
    await editor.shows("1 file pushed");
    const { stdout } = await onHost("apollo", ["cat", `${project.hostDir}/a.py`]);
    expect(stdout).toBe(readFileSync(join(project.root, "a.py"), "utf8"));
  });

  test("what is not saved is said where something is sent, and no other message covers it", async () => {
    await using editor = await anEditor(version);
    await editor.lua("vim.api.nvim_buf_set_lines(0, 0, -1, false, { 'unsaved' })");
    await editor.command("IgorExec cat --push");
    await editor.shows("exit 1");
    expect(await editor.messages()).not.toContain("is not saved");
    for (const line of [
      "IgorPush",
      "Igor --host=apollo push",
      "Igor -g dev docker setup",
      "echo | silent Igor docker exec --push true",
    ]) {
      await editor.command("messages clear");
      await editor.command(line);
      await until(
        () => editor.messages(),
        (told) => /a\.py is not saved; \w+/.test(told),
      );
    }
  });

  test("a variable that was set after the first command counts in the next one", async () => {
    const files = { "a.py": "", Dockerfile: "FROM igor-demo/busybox:1\n" };
    const { root } = aProject(files, { env: { IGOR_TEST: null } });
    await using editor = await openEditor({ version, laptop, root, file: "a.py" });
    const notSet = "is to get IGOR_TEST of this machine, which is not set here";
    await editor.command("IgorSetup");
    await editor.shows(notSet);
    await editor.command("let $IGOR_TEST = 'é\n2' | IgorSetup");
    await editor.shows("env: IGOR_TEST of this machine");
    await editor.shows("Do you trust");
    await editor.nvim.input("1<CR>");
    await editor.showsNot("Do you trust");
    await editor.command("unlet $IGOR_TEST | IgorSetup");
    await editor.shows(notSet);
  });

  test("what git ignores by a variable that was set after the first command is not pushed", async () => {
    const fresh = aProject({ "a.py": "1\n" });
    execFileSync("git", ["init", "-q"], { cwd: fresh.root });
    const place = temporaryDirectory("igor-gitconfig-");
    writeFileSync(join(place, "ignore"), "secret.txt\n");
    writeFileSync(join(place, "config"), `[core]\n\texcludesFile = ${join(place, "ignore")}\n`);
    await using editor = await openEditor({ version, laptop, root: fresh.root, file: "a.py" });
    await editor.command("IgorPush");
    await editor.shows(/igor: push: .*pushed/);
    await editor.command(`let $GIT_CONFIG_GLOBAL = '${join(place, "config")}'`);
    fresh.write({ "secret.txt": "mine\n", "b.py": "2\n" });
    await editor.command("IgorPush");
    await editor.shows(/igor: push: 1 file pushed/);
    const { stdout } = await onHost("apollo", ["ls", fresh.hostDir]);
    expect(stdout).toBe("a.py\nb.py\n");
  });

  test(":IgorExec runs its line in the container's sh, with the file of the buffer for %", async () => {
    await using editor = await anEditor(version);
    await editor.command("IgorExec ls % | tr a-z A-Z; echo \"in $PWD\"; printf '%s\\n' 100\\%");
    const screen = await editor.shows("exit 0");
    expect(screen).toMatch(/│A\.PY +│/);
    expect(screen).toMatch(/│in \/workspace +│/);
    expect(screen).toMatch(/│100% +│/);
  });

  test("a REPL in a container without Python gets what is sent to it", async () => {
    await using editor = await anEditor(version);
    await editor.command("IgorRepl sh");
    await editor.lua("require('igor.repl').send(0, { 'echo typed $((6 * 7))' })");
    await editor.shows("typed 42");
    await editor.lua("require('igor.repl').send(0, { 'exit' })");
    await editor.becomes("vim.fn.winnr('$')", 1);
  });

  test("no error waits for a key where there is no command line", async () => {
    await using editor = await anEditor(version, "vim.o.cmdheight = 0");
    await editor.command("Igor nonsense");
    await editor.shows("there is no command");
    await editor.command("IgorExec false");
    await editor.shows(/failed on apollo/);
    await editor.becomes("vim.api.nvim_get_mode().blocking", false);
    await editor.lua("vim.notify = function(text) vim.g.told = text end");
    await editor.command("Igor nonsense");
    await editor.becomes("vim.g.told ~= nil", true);
  });

  test("a mistake in the words is shown, and kept from the hosts", async () => {
    await using editor = await anEditor(version);
    await editor.command("IgorPush --hots apollo");
    const screen = await editor.shows("did you mean `--host`?");
    expect(screen).toContain("→ `:Igor help push` explains it");
    await editor.command("Igor biuld");
    await editor.shows("igor: there is no command `biuld`");
    expect(await editor.messages()).not.toContain("igor: igor");
    await editor.command("IgorExec echo it's");
    await editor.shows("a quote in `docker exec echo it's` has no end");
  });

  test(":Igor knows every verb, and help leads to the help", async () => {
    await using editor = await anEditor(version);
    await editor.command("Igor docker ps");
    await editor.shows("nothing runs in it");
    await editor.command("Igor config show");
    await editor.shows("host_groups");
    await editor.becomes("vim.bo.filetype", "igor");
    await editor.nvim.input("q");
    await editor.becomes("vim.fn.bufname()", "a.py");
    await editor.command("Igor push --plan");
    await editor.shows("nothing was touched");
  });

  test("while :Igor doctor looks, a float says so; then its report is there", async () => {
    await using editor = await anEditor(version);
    await editor.command("Igor doctor");
    await editor.shows(/│runs for \d+ s *│/);
    await editor.becomes("vim.fn.bufname()", "igor://doctor");
    await editor.showsNot("│runs for");
    expect(await editor.lua("return require('igor.float').enter_last()")).toBe(false);
  });

  test("leaving while a command runs is at once, and the command ends on the host", async () => {
    for (const leave of ["qa", "SIGKILL", "SIGHUP"] as const) {
      const editor = await anEditor(version);
      const ended = await runsIn(editor);
      const begun = performance.now();
      const gone = once(editor.child, "exit");
      if (leave === "qa") editor.nvim.command("qa").catch(() => undefined);
      else editor.child.kill(leave);
      await gone;
      // A busy machine has a share in it; what waits for igor takes 2 s.
      expect(performance.now() - begun).toBeLessThan(1500);
      await ended();
    }
    const inTerminal = await openEditorInTerminal({ version, laptop, root: project.root });
    const ended = await runsIn(inTerminal);
    inTerminal.terminal.close();
    await ended();
  });

  test("completion knows verbs, options, groups, hosts and files", async () => {
    await using editor = await anEditor(version);
    const completions = (line: string) =>
      editor.lua("return vim.fn.getcompletion(..., 'cmdline')", line);
    expect(await completions("Igor do")).toEqual(["docker", "doctor"]);
    expect(await completions("Igor docker se")).toEqual(["setup"]);
    expect(await completions("IgorPush -g ")).toEqual(["cluster", "dev"]);
    expect(await completions("IgorPush -g cluster --host ")).toEqual(["apollo", "enterprise"]);
    expect(await completions("IgorPush -g dev --host e")).toEqual([]);
    expect(await completions("IgorPush -g=c")).toEqual(["-g=cluster"]);
    expect(await completions("IgorPush --host_group=cluster --host=e")).toEqual([
      "--host=enterprise",
    ]);
    expect(await completions("Igor help docker se")).toEqual(["setup"]);
    expect(await completions("IgorSetup --re")).toEqual(["--replace"]);
    expect(await completions("IgorPull a")).toEqual(["a.py"]);
    expect(await completions("IgorExec -g dev cat a")).toEqual(["a.py"]);
  });
});
