import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { aLaptop, aProject } from "../support/laptop.ts";
import { neovimProgram, neovims, openEditor } from "../support/editor.ts";
import type { Editor } from "../support/editor.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/run-session.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const laptop = aLaptop();
const project = aProject({ "a.py": "print(1)\n" });

afterAll(() => laptop.close());

/** Processes of igor that an editor started, by the variable that it gives them. */
function processesOf(pid: number): number[] {
  const address = `NVIM_TEST_OF=${String(pid)}`;
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/environ`, "utf8").includes(address);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** An editor whose children can be told from those of others. */
async function anEditor(version: (typeof neovims)[number], init = ""): Promise<Editor> {
  const editor = await openEditor({ version, laptop, root: project.root, file: "a.py", init });
  const pid = editor.child.pid ?? 0;
  await editor.lua("vim.env.NVIM_TEST_OF = ...", String(pid));
  return editor;
}

test("a Neovim that is too old gets one sentence, by every command that a newer one has", async () => {
  await using editor = await anEditor("0.12.4");
  const defined = (await editor.lua(
    "return vim.tbl_keys(vim.api.nvim_get_commands({}))",
  )) as string[];
  const commands = defined.filter((name) => name.startsWith("Igor")).sort();
  expect(commands).toContain("IgorPush");
  const lines = [...commands, "Igor push -g cluster", "IgorRepl!"];
  const script = join(temporaryDirectory("igor-too-old-"), "commands.vim");
  writeFileSync(script, `${lines.join("\n")}\nqa!\n`);
  const ask = ["--headless", "--clean", "--cmd", `set rtp^=${repository}`, "-S", script];
  const { stderr } = spawnSync(neovimProgram("0.7.2"), ask, { encoding: "utf8" });
  const sentence = "igor needs Neovim 0.10.4 or newer; this is 0.7.2.";
  expect(stderr.trim().split(/[\r\n]+/)).toEqual(lines.map(() => sentence));
});

describe.each(neovims)("Neovim %s", (version) => {
  test("loading the plugin takes less than a millisecond, and loads two small modules", async () => {
    const times = Array.from({ length: 20 }, () => {
      const log = join(temporaryDirectory("igor-start-"), "log");
      execFileSync(
        neovimProgram(version),
        ["--headless", "--cmd", `set rtp^=${repository}`, "--startuptime", log, "-c", "qa!"],
        { env: laptop.env, stdio: "ignore" },
      );
      const lines = readFileSync(log, "utf8").split("\n");
      const line = lines.find((one) => one.includes("plugin/igor.lua")) ?? "";
      // clock, elapsed of all, elapsed of itself
      return Number(/^\S+\s+(\S+)/.exec(line)?.[1]);
    });
    expect(Math.min(...times)).toBeLessThan(1);
    await using editor = await anEditor(version);
    const loaded = await editor.lua(
      "return vim.tbl_filter(function(name) return vim.startswith(name, 'igor') end, vim.tbl_keys(package.loaded))",
    );
    expect((loaded as string[]).sort()).toEqual(["igor.commands", "igor.maps"]);
  });

  test("the first command, and those after it, hold the editor up for less than a frame", async () => {
    // A busy machine may take the processor away meanwhile: the least of some editors counts.
    let least = Infinity;
    for (let count = 0; count < 6 && least >= 16; count += 1) {
      await using editor = await anEditor(version);
      const heldMs = await editor.lua(`
        local held = {}
        for _ = 1, 3 do
          local begun = vim.uv.hrtime()
          vim.cmd("IgorPush")
          held[#held + 1] = (vim.uv.hrtime() - begun) / 1e6
        end
        return held`);
      least = Math.min(least, Math.max(...(heldMs as number[])));
      await editor.shows(/igor: push: .*\(apollo, /);
    }
    expect(least).toBeLessThan(16);
  });

  test("nothing of igor outlives the editor, however that ends", async () => {
    for (const signal of ["SIGKILL", "SIGTERM", "SIGHUP", undefined] as const) {
      const editor = await anEditor(version);
      const pid = editor.child.pid ?? 0;
      await editor.command("IgorPush --watch");
      await editor.shows("watching");
      const [peer] = processesOf(pid);
      expect(peer).toBeDefined();
      if (signal === undefined) await editor[Symbol.asyncDispose]();
      else editor.child.kill(signal);
      await until(
        () =>
          processesOf(pid)
            .filter((one) => !isShared(one))
            .map((one) => `${String(one)} ${commandLine(one)} after ${String(signal)}`),
        (left) => left.length === 0,
      );
    }
  });

  test("a process that is killed is told of once, and the next command starts another", async () => {
    await using editor = await anEditor(version);
    await editor.command("IgorPush");
    await editor.shows(/igor: push: .*\(apollo, /);
    const [peer = 0] = processesOf(editor.child.pid ?? 0).filter((one) => isPeer(one));
    process.kill(peer, "SIGKILL");
    await editor.shows("igor ended by itself (signal 9). The next command starts it anew.");
    await editor.command("messages clear");
    await editor.command("IgorPush");
    await editor.shows(/igor: push: .*\(apollo, /);
    expect(await editor.messages()).not.toContain("ended by itself");
  });

  test("a Node that is too old, and an igor that fails, are told of without a line of a stack", async () => {
    const directory = temporaryDirectory("igor-old-node-");
    const nodeThat = (name: string, fault: string): string => {
      writeFileSync(join(directory, `${name}.cjs`), fault);
      const program = join(directory, name);
      const words = `'${process.execPath}' --require '${directory}/${name}.cjs' "$@"`;
      writeFileSync(program, `#!/bin/sh\nexec ${words}\n`, { mode: 0o755 });
      return program;
    };
    const isOld = 'Object.defineProperty(process, "versions", { value: { node: "18.20.4" } });';
    const fails = 'process.nextTick(() => { throw new TypeError("steps is not iterable"); });';
    const use = "require('igor').setup({ node = ... })";
    await using editor = await anEditor(version);
    await editor.lua(use, nodeThat("old", isOld));
    await editor.command("IgorPush");
    await editor.shows(/^igor needs Node 20\.19 or newer, and this is 18\.20\.4/m);
    await editor.shows(/Install one, or set the option `node`, e\.g\. vim\.g\.igor = /);
    await editor.command("messages clear");
    await editor.lua(use, nodeThat("failing", fails));
    await editor.command("IgorPush");
    await editor.shows("igor ended by itself (exit 1): TypeError: steps is not iterable. The next");
    expect(await editor.messages()).not.toMatch(/^\s+at /m);
  });

  test("without Node, and without a bundle, a command says what to do", async () => {
    await using editor = await anEditor(version);
    await editor.lua("require('igor').setup({ node = 'node-of-nobody' })");
    await editor.command("IgorPush");
    await editor.shows("igor needs Node 20.19 or newer, and `node-of-nobody` is none here.");
    await editor.lua(
      "require('igor.program').root = '/tmp/igor of nobody'; require('igor').setup({ node = 'node' })",
    );
    await editor.command("IgorPush");
    await editor.shows("igor is not built yet. Run: cd '/tmp/igor of nobody' && npm ci --omit=dev");
  });
});

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

function isPeer(pid: number): boolean {
  return commandLine(pid).includes("nvim.cjs");
}

/** ssh's shared connection is asked to stay for ten minutes. */
function isShared(pid: number): boolean {
  return commandLine(pid).includes("[mux]");
}
