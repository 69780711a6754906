import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { highlightGroups } from "../../src/nvim/marked-lines.ts";
import { aLaptop, aProject } from "../support/laptop.ts";
import { neovims, openEditor, openEditorInTerminal, peerOf } from "../support/editor.ts";
import type { Editor, EditorOptions } from "../support/editor.ts";
import { until } from "../support/run-session.ts";

const laptop = aLaptop();
const project = aProject({ "a.py": "print(1)\n", Dockerfile: "FROM igor-demo/busybox:1\n" });

beforeAll(async () => {
  const { exitCode, stderr } = await laptop.igor(project, ["docker", "setup", "-g", "cluster"]);
  expect(`${String(exitCode)} ${stderr}`).toMatch(/^0 /);
  await laptop.igor(project, ["docker", "setup"]);
});

afterAll(async () => {
  await laptop.igor(project, ["docker", "clean", "-g", "cluster", "--images"]);
  await laptop.igor(project, ["docker", "clean", "--images"]);
  await laptop.close();
});

type Version = (typeof neovims)[number];
const options = (version: Version, more: Partial<EditorOptions> = {}): EditorOptions => ({
  version,
  laptop,
  root: project.root,
  file: "a.py",
  ...more,
});
const anEditor = (version: Version, more: Partial<EditorOptions> = {}): Promise<Editor> =>
  openEditor(options(version, more));

/** The floats there are, the lowest first, with the texts of their windows. */
const floats = `vim.tbl_map(function(window)
    return vim.api.nvim_win_get_config(window).height
  end, vim.tbl_filter(function(window)
    return vim.api.nvim_win_get_config(window).relative ~= ""
  end, vim.api.nvim_list_wins()))`;

/** Notes in `drawn` and `opened` when each frame came and each window opened, in milliseconds. */
const noteTimes = `
  drawn, opened = {}, {}
  local function noting(module, name, times)
    local act = module[name]
    module[name] = function(given, ...)
      if type(given) ~= "table" or given.kind == "draw" then
        times[#times + 1] = vim.uv.hrtime() / 1e6
      end
      return act(given, ...)
    end
  end
  noting(require("igor.told"), "take", drawn)
  noting(vim.api, "nvim_open_win", opened)`;

/** Milliseconds that a process has used of the processor. */
function processorTimeOf(pid: number): number {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8").split(") ")[1] ?? "";
  const [user, system] = stat.split(" ").slice(11, 13).map(Number);
  return ((user ?? NaN) + (system ?? NaN)) * 10;
}

describe.each(neovims)("Neovim %s", (version) => {
  test("opens for what takes longer, takes no focus, grows with the output and stays to be read", async () => {
    await using editor = await anEditor(version);
    await editor.command("IgorExec echo one; sleep 1; echo two; sleep 1; echo three");
    const early = await editor.shows(/│one/);
    expect(early).not.toContain("│two");
    expect(early).toMatch(/│. apollo /);
    expect(await editor.lua("return { vim.fn.bufname(), vim.fn.mode() }")).toEqual(["a.py", "n"]);
    const late = await editor.shows("exit 0");
    expect(late).toMatch(/│one.*\n.*│two.*\n.*│three.*\n.*✓ docker exec/);
    expect(early).toContain("─ :IgorLog enters, :IgorStop cancels ╯");
    await editor.shows("─ :IgorLog enters, :IgorClose closes ╯");
    expect(await editor.lua("return vim.fn.bufname()")).toBe("a.py");
  });

  test("goes away by itself when all went well", async () => {
    await using editor = await anEditor(version, { init: "vim.g.igor = { linger = 300 }" });
    await editor.command("IgorPush --host enterprise -g cluster");
    await editor.shows(/igor: push: .*\(enterprise, /);
    await editor.becomes(`#${floats}`, 0);
  });

  test("can be entered, searched, minimised, put away and shown again", async () => {
    await using editor = await anEditor(version);
    await editor.command("IgorExec seq 1000 1100; exit 3");
    await editor.shows("failed on apollo");
    await editor.command("IgorLog");
    await editor.becomes("vim.bo.filetype", "igor");
    await editor.shows("─ q closes, - minimises ╯");
    await editor.nvim.input("gg/1042<CR>");
    await editor.becomes("vim.api.nvim_get_current_line()", "1042");
    await editor.nvim.input("-");
    await editor.becomes("vim.fn.bufname()", "a.py");
    await editor.becomes(floats, [1]);
    await editor.command("IgorLog");
    await editor.nvim.input("q");
    await editor.becomes(`#${floats}`, 0);
    await editor.becomes("vim.fn.bufname()", "a.py");
    await editor.command("IgorLog");
    await editor.shows("│1100");
  });

  test("<C-c> in it, and :IgorStop anywhere, cancel what goes on, on the far side too", async () => {
    await using editor = await anEditor(version);
    for (const cancel of ["IgorStop", "keys"]) {
      await editor.command("IgorExec echo begun; sleep 77");
      await editor.shows("│begun");
      if (cancel === "keys") {
        await editor.command("IgorLog");
        await editor.shows("─ <C-c> cancels, q closes, - minimises ╯");
        // While Neovim itself is at something, e.g. drawing, the key interrupts that, and is no key.
        await until(
          async () => {
            await editor.nvim.input("<C-c>");
            return editor.shows("cancelled", 2000).catch(() => "");
          },
          (screen) => screen !== "",
        );
      } else await editor.command(cancel);
      await editor.shows("cancelled");
      const { stdout } = await laptop.igor(project, ["docker", "ps"]);
      expect(stdout).not.toContain("sleep 77");
      await editor.command("IgorClose");
      await editor.becomes(`#${floats}`, 0);
    }
  });

  test("runs no more, and says why, when igor was killed", async () => {
    await using editor = await anEditor(version);
    await editor.command("IgorExec echo begun; sleep 66");
    await editor.shows("│begun");
    process.kill(await peerOf(editor), "SIGKILL");
    const screen = await editor.shows("│This has ended, because igor ended by itself (signal 9).");
    expect(screen).toContain("│begun");
    expect(screen).not.toMatch(/running|[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]|:IgorStop/);
  });

  test("says that a build may go on when igor was killed, and the same command follows it", async () => {
    await using editor = await anEditor(version);
    const dockerfile = readFileSync(join(project.root, "Dockerfile"), "utf8");
    const slow = `RUN echo ${version}-${String(Date.now())}-begun && sleep 6\n`;
    project.write({ Dockerfile: `${dockerfile}${slow}` });
    try {
      await editor.command("IgorBuild");
      await editor.shows(/RUN echo/);
      process.kill(await peerOf(editor), "SIGKILL");
      const screen = await editor.shows(
        "│This has ended, because igor ended by itself (signal 9).",
      );
      expect(screen.replace(/[│╭╮╰╯─\s]+/g, " ")).toContain(
        "A build that had begun may go on there: the same command follows it.",
      );
      const again = await laptop.igor(project, ["docker", "build", "--verbose"]);
      expect(again.stdout + again.stderr).toContain("following the job that runs already");
    } finally {
      project.write({ Dockerfile: dockerfile });
    }
  });

  test("several actions stand above each other, each with its own lines", async () => {
    await using editor = await anEditor(version);
    await editor.command("IgorExec echo first; sleep 3");
    await editor.shows("│first");
    await editor.command("IgorExec -g cluster echo second; sleep 2");
    const screen = await editor.shows(/apollo +\| second/);
    expect(screen).toMatch(/second[\s\S]*│first/);
    await editor.becomes(`#${floats}`, 2);
    await editor.shows(/docker exec \S+ done on 2 hosts/);
  });

  test("goes with the user from tab page to tab page, and keeps none of them", async () => {
    await using editor = await anEditor(version);
    await editor.command("IgorExec echo first; sleep 4; echo the end");
    await editor.command("IgorExec -g cluster echo second; sleep 3");
    await editor.becomes(`#${floats}`, 2);
    const here = `{ #${floats}, vim.fn.tabpagenr(), vim.fn.tabpagenr("$"), vim.fn.bufname() }`;
    await editor.command("tabnew b.py");
    expect(await editor.lua(`return ${here}`)).toEqual([2, 2, 2, "b.py"]);
    await editor.shows(/second[\s\S]*│first/);
    await editor.command("tabclose");
    expect(await editor.lua(`return ${here}`)).toEqual([2, 1, 1, "a.py"]);
    // The last window of a tab page goes, and with it the page.
    await editor.command("tabnew b.py");
    await editor.command("quit");
    expect(await editor.lua(`return ${here}`)).toEqual([2, 1, 1, "a.py"]);
    // Who goes on from inside of one is in no float any more; one that was put away stays away.
    await editor.command("tabnew b.py");
    await editor.command("IgorLog");
    await editor.nvim.input("q");
    await editor.becomes(here, [1, 2, 2, "b.py"]);
    await editor.command("tabclose");
    expect(await editor.lua(`return ${here}`)).toEqual([1, 1, 1, "a.py"]);
    await editor.command("IgorLog");
    await editor.becomes("vim.bo.filetype", "igor");
    await editor.command("tabnew b.py");
    expect(await editor.lua(`return ${here}`)).toEqual([2, 2, 2, "b.py"]);
    await editor.command("tabprevious");
    expect(await editor.lua(`return ${here}`)).toEqual([2, 1, 2, "a.py"]);
    await editor.shows("│the end");
    await editor.command("tabonly");
    expect(await editor.messages()).not.toContain("Error");
  });

  test("shows one line when what was read is in the way of a window that opens", async () => {
    await using editor = await anEditor(version);
    await editor.command("IgorExec seq 5; exit 3");
    await editor.shows("failed on apollo");
    await pause(1100);
    await editor.command("aboveleft split");
    expect(await editor.lua(`return ${floats}`)).not.toEqual([1]);
    await editor.command("copen");
    await editor.becomes(floats, [1]);
    await editor.command("IgorLog");
    await editor.shows("│5");
  });

  test("costs no processor time while Neovim waits for a key, and comes behind it", async () => {
    await using editor = await anEditor(version);
    await editor.command("IgorExec sleep 1; echo the end");
    await editor.shows(/apollo.* s/);
    const pid = await peerOf(editor);
    await editor.nvim.input(":echo 'a' | echo 'b' | echo 'c'\r");
    await editor.shows("Press ENTER");
    const before = processorTimeOf(pid);
    await pause(3000);
    expect(processorTimeOf(pid) - before).toBeLessThan(750);
    await editor.nvim.input("\r");
    await editor.shows("│the end");
  });

  test("fits in a real terminal of any size, also when that changes", async () => {
    await using editor = await openEditorInTerminal(options(version, { size: [60, 16] }));
    await editor.command("IgorExec for i in $(seq 30); do echo line $i; done; sleep 2; false");
    await editor.shows("│line 30");
    for (const [columns, lines] of [
      [30, 9],
      [15, 5],
      [100, 30],
    ] as const) {
      editor.terminal.resize(columns, lines);
      await editor.becomes("{ vim.o.columns, vim.o.lines }", [columns, lines]);
      if (columns === 30) await editor.shows("─ :IgorLog enters ╯");
    }
    await editor.shows("│line 30");
    await editor.shows("exit 1");
    expect(await editor.messages()).not.toContain("Error executing");
  });

  test("tells other plugins: autocommands with data, a statusline", async () => {
    const init = `
      vim.o.laststatus = 2
      vim.o.statusline = "%{%v:lua.require'igor'.statusline()%}"
      told = {}
      vim.api.nvim_create_autocmd("User", { pattern = "Igor*", callback = function(event)
        told[#told + 1] = { event.match, event.data }
      end })`;
    await using editor = await anEditor(version, { init });
    await editor.command("IgorPush");
    await editor.shows(/igor: push/);
    await editor.becomes("told[#told] and told[#told][1]", "IgorPlanPost");
    const told = (await editor.lua("return told")) as [string, Record<string, unknown>][];
    expect(told[0]?.[0]).toBe("IgorPlanPre");
    expect(told[0]?.[1]["hosts"]).toEqual(["apollo"]);
    expect(told.some(([name, { state }]) => name === "IgorStep" && state === "ended")).toBe(true);
    expect(told.at(-1)?.[1]["hosts"]).toEqual({ apollo: "done" });
  });

  test.each([12, 24, 30])(
    "says in a window of %i lines what failed and what to do, before what was said last",
    async (rows) => {
      const broken = aProject({
        "a.py": "print(1)\n",
        Dockerfile:
          "FROM igor-demo/busybox:1\nRUN for i in $(seq 20); do echo word $i of $(seq 30); done; exit 7\n",
      });
      await using editor = await anEditor(version, { root: broken.root, size: [80, rows] });
      await editor.command("IgorSetup");
      const screen = await editor.shows("1 place in the quickfix list", 60_000);
      expect(screen).toMatch(/│✗ docker setup \S+ failed on apollo/);
      expect(screen).toContain("a command in the dockerfile failed");
      if (rows > 12) {
        expect(screen).toMatch(/│ {2}\| … +│\n[\s\S]*│ {2}\| .* non-zero code: 7 +│/);
        expect(screen).toContain("→ correct that step and run the same command again");
      }
      expect(screen).toMatch(/^igor: setup failed: the.*…; 1 place in the quickfix list *$/m);
      // Nothing is lost to who reads it.
      await editor.command("IgorLog");
      const log = (await editor.lua(
        "return vim.api.nvim_buf_get_lines(0, 0, -1, false)",
      )) as string[];
      expect(log).not.toContain("  | …");
      expect(log.filter((line) => line.startsWith("  | word ")).length).toBeGreaterThan(5);
      await editor.nvim.input("-");
      await editor.shows(/│✗ docker setup \S+ failed on apollo.*\n.*╰/);
    },
  );

  test("a statusline says what goes on, and no more when that has ended, without a key", async () => {
    const init = `vim.o.laststatus = 2
      vim.o.statusline = "left %{v:lua.require'igor'.statusline()} right"`;
    await using editor = await anEditor(version, { init });
    const isFree = () => editor.shows(/^left +right/m, 2000);
    await editor.command("IgorExec sleep 2");
    await editor.shows(/^left igor: docker exec \S+: apollo [^,]*, 1\.\d s +right/m);
    await editor.shows("exit 0");
    await isFree();
    // What is answered with text ends otherwise, and so does an igor that was killed.
    await editor.command("Igor doctor");
    await editor.shows(/^left igor: doctor: runs for \d+ s +right/m);
    await editor.becomes("vim.fn.bufname()", "igor://doctor");
    await isFree();
    await editor.command("close");
    await editor.command("IgorExec echo begun; sleep 55");
    expect(await editor.shows("│begun")).toMatch(/^left igor: docker exec .* right/m);
    process.kill(await peerOf(editor), "SIGKILL");
    await editor.shows("This has ended");
    await isFree();
  });

  test("what is over at once opens no float", async () => {
    await using editor = await anEditor(version);
    // The first one connects.
    await editor.command("IgorPush");
    await editor.shows("igor: push: ");
    await editor.command("IgorClose");
    await editor.lua(noteTimes);
    const times = [];
    for (let count = 0; count < 5; count += 1) {
      const begun = (await editor.lua(
        "opened[1] = nil; local now = vim.uv.hrtime() / 1e6; vim.cmd.IgorPush(); return now",
      )) as number;
      await editor.becomes("#require('igor.actions').list()", 0);
      const opened = (await editor.lua("return opened[1]")) as number | null;
      times.push(opened === null ? Infinity : opened - begun);
    }
    expect(Math.min(...times)).toBeGreaterThanOrEqual(100);
  });

  test("draws no more than 20 times a second, however much goes on and however many lines come", async () => {
    await using editor = await anEditor(version);
    await editor.lua(noteTimes);
    const busily = "while :; do echo line; sleep 0.01; done";
    for (const line of [`IgorExec ${busily}`, `IgorExec -g cluster ${busily}`]) {
      await editor.command(line);
      await editor.shows(line.includes("cluster") ? "enterprise | line" : "│line");
    }
    await editor.lua("for i in ipairs(drawn) do drawn[i] = nil end");
    await pause(2500);
    const drawn = (await editor.lua("return drawn")) as number[];
    await editor.command("IgorStop");
    /** In the busiest second: what a busy machine held up comes together with the next. */
    const most = Math.max(
      ...drawn.map((begin) => drawn.filter((at) => at >= begin && at < begin + 1000).length),
    );
    expect(most).toBeLessThanOrEqual(22);
    expect(drawn.length).toBeGreaterThan(5);
    await editor.becomes("#require('igor.actions').list()", 0);
  });

  test("its colours are those of the colourscheme, and what the user set stays", async () => {
    await using editor = await anEditor(version);
    await editor.command("IgorExec echo one");
    await editor.shows("exit 0");
    const links = (await editor.lua("return require('igor.highlights').links")) as object;
    expect(Object.keys(links)).toEqual(expect.arrayContaining([...highlightGroups]));
    const look = `local seen, unknown = {}, {}
      for group, standard in pairs(require('igor.highlights').links) do
        seen[group] = vim.api.nvim_get_hl(0, { name = group }).link
        if vim.fn.hlexists(standard) == 0 then unknown[#unknown + 1] = standard end
      end
      return { seen, unknown }`;
    expect(await editor.lua(look)).toEqual([links, []]);
    for (const line of ["colorscheme habamax", "highlight clear", "colorscheme default"]) {
      await editor.command(line);
      expect(await editor.lua(look)).toEqual([links, []]);
    }
    await editor.command("highlight! link IgorGood Todo");
    await editor.command("doautocmd ColorScheme");
    expect(await editor.lua(look)).toEqual([{ ...links, IgorGood: "Todo" }, []]);
    const marks = await editor.lua(`local found = {}
      local namespace = vim.api.nvim_get_namespaces()["igor.float"]
      for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(vim.fn.bufnr("igor://action/1"), namespace, 0, -1,
          { details = true })) do
        found[#found + 1] = mark[4].hl_group
      end
      return found`);
    expect(marks).toContain("IgorGood");
  });

  test("ten thousand lines of output come in frames that the editor takes at once, and none is lost", async () => {
    // The processor's time, because a busy machine may take it away meanwhile; the least of some runs counts.
    let leastMs = Infinity;
    for (let count = 0; count < 4 && leastMs >= 16; count += 1) {
      await using editor = await anEditor(version);
      await editor.lua(`
        local told = require("igor.told")
        local take = told.take
        longest, most = 0, 0
        local function used()
          local all = vim.uv.getrusage()
          return (all.utime.sec + all.stime.sec) * 1000 + (all.utime.usec + all.stime.usec) / 1000
        end
        function told.take(given)
          most = math.max(most, given.log and #given.log or 0)
          local begun = used()
          take(given)
          longest = math.max(longest, used() - begun)
        end`);
      await editor.command("IgorExec seq 10000");
      const log = "vim.fn.getbufline('igor://action/1', 1, 10000)";
      await editor.becomes(`{ #${log}, ${log}[10000] }`, [10_000, "10000"]);
      const [most, longestMs] = (await editor.lua("return { most, longest }")) as [number, number];
      expect(most).toBeLessThanOrEqual(2000);
      leastMs = Math.min(leastMs, longestMs);
    }
    expect(leastMs).toBeLessThan(16);
  });

  test("ten thousand lines of a build do not slow typing: from the key to the screen", async () => {
    await using editor = await openEditor(options(version));
    await editor.nvim.input("o");
    await editor.becomes("vim.fn.mode()", "i");
    /** The median of 30 keys, each at another time of a frame; the line is on top of the screen. */
    const keyToScreen = async (): Promise<number> => {
      const times: number[] = [];
      for (let index = 0; index < 30; index += 1) {
        const key = String.fromCharCode(97 + (index % 26));
        const { onScreen } = editor;
        const row = onScreen.text().split("\n")[1] ?? "";
        const begun = performance.now();
        await editor.nvim.input(key);
        while (onScreen.text().split("\n")[1] !== row + key || onScreen.flushedAt < begun)
          await new Promise((resolve) => setImmediate(resolve));
        times.push(onScreen.flushedAt - begun);
        await new Promise((resolve) => setTimeout(resolve, (index * 7) % 20));
      }
      await editor.nvim.input("<C-u>");
      await editor.becomes("vim.api.nvim_get_current_line()", "");
      return times.toSorted((a, b) => a - b)[15] ?? NaN;
    };
    const alone = await keyToScreen();
    await editor.lua(
      "require('igor.command').run([[docker exec i=0; while [ $i -lt 10000 ]; do i=$((i+1)); echo line $i of a build that says much; [ $((i \\% 500)) = 0 ] && sleep 0.1; done; echo end]])",
    );
    await editor.shows("of a build that says much");
    const beside = await keyToScreen();
    expect(await editor.screen()).not.toContain("│end");
    // Other tests keep the machine busy; what held typing up would take a frame of ten thousand lines.
    expect(beside).toBeLessThan(Math.max(16, 4 * alone));
    await editor.shows("│end", 60_000);
  });
});

test("Neovim 0.12 hears of progress as messages of its own", async () => {
  const init = `
    progress = {}
    vim.api.nvim_create_autocmd("Progress", { callback = function(event) progress[#progress + 1] = event.data end })`;
  await using editor = await anEditor("0.12.4", { init });
  const status = "vim.ui.progress_status()";
  expect(await editor.lua(`return ${status}`)).toBe("");
  await editor.command("IgorExec sleep 1");
  await editor.becomes("progress[#progress] and progress[#progress].status", "running");
  expect(await editor.lua(`return ${status}`)).toMatch(/^\d+%%\(1\) $/);
  await editor.shows("exit 0");
  await editor.becomes("progress[#progress].status", "success");
  const told = (await editor.lua("return progress")) as Record<string, unknown>[];
  expect(told[0]).toMatchObject({ source: "igor", status: "running", title: "igor" });
  expect(await editor.lua(`return ${status}`)).toBe("");
  for (const line of ["IgorStatus", "IgorPs"]) {
    await editor.lua("progress = {}");
    await editor.command(line);
    await editor.becomes("#progress > 0 and progress[#progress].status", "success");
    expect(await editor.lua(`return ${status}`)).toBe("");
    expect(await editor.messages()).not.toMatch(/igor: *$/m);
  }
  await editor.command("IgorExec sleep 0.3; exit 3");
  await editor.becomes("progress[#progress].status", "failed");
  await editor.shows(/igor: exec failed: exit 3/);
  expect((await editor.messages()).split("exec failed")).toHaveLength(2);
});
