import { afterAll, describe, expect, test } from "vitest";
import { onHost } from "../hosts/bed.ts";
import { aLaptop, aProject } from "../support/laptop.ts";
import type { TestProject } from "../support/laptop.ts";
import { neovims, openEditor } from "../support/editor.ts";
import type { Editor } from "../support/editor.ts";
import { until } from "../support/run-session.ts";

const laptops = neovims.map((version) => ({ version, laptop: aLaptop() }));

afterAll(() => Promise.all(laptops.map(({ laptop }) => laptop.close())));

describe.each(laptops)("Neovim $version", ({ version, laptop }) => {
  const project = aProject({ "a.py": "print(1)\n" });
  const anEditor = ({ root }: TestProject, init: string): Promise<Editor> =>
    openEditor({ version, laptop, root, file: "a.py", init });
  const onApollo = async (): Promise<string> =>
    (await onHost("apollo", ["cat", `${project.hostDir}/a.py`])).stdout;
  const save = `
    vim.api.nvim_buf_set_lines(0, 0, -1, false, { ... })
    vim.cmd("silent write")`;

  test("a save is pushed where the option asks for it and the project is trusted, until it changes", async () => {
    const init = "vim.g.igor = { push_on_save = true }";
    await using editor = await anEditor(project, init);
    await editor.lua(save, "not trusted");
    await editor.shows(
      /igor may not push what you save in \S+: read its configuration, then :IgorTrust/,
    );
    expect(await onApollo()).toBe("");
    await editor.command("messages clear");
    await editor.lua(save, "still not trusted, and not told again");
    expect(await editor.messages()).toBe("");

    await editor.command("IgorTrust");
    await editor.shows("is trusted, until it changes");
    await editor.lua(save, "trusted");
    await until(onApollo, (text) => text === "trusted\n");
    // Saves that come while one is pushed are pushed after it.
    for (const word of ["one", "two", "three"]) await editor.lua(save, word);
    await until(onApollo, (text) => text === "three\n");
    expect(await editor.messages()).not.toContain("pushed");
    // Another igor knows that the host has it.
    expect((await laptop.igor(project, ["push"])).stderr).toContain("nothing to push");

    // What went wrong is shown until the same thing goes well.
    await onHost("apollo", ["chmod", "500", project.hostDir]);
    await editor.lua(save, "not taken");
    await editor.shows(/✗ push \S+ failed on apollo/);
    await editor.command("messages clear");
    await editor.lua(save, "not taken either");
    await until(
      () => editor.messages(),
      (told) => told.includes("push failed"),
    );
    expect((await editor.screen()).split("failed on apollo")).toHaveLength(2);
    await onHost("apollo", ["chmod", "700", project.hostDir]);
    await editor.lua(save, "three");
    await editor.showsNot("failed on apollo");

    const config = `${project.root}/.igor/config.json`;
    await editor.command(`split ${config}`);
    await editor.lua("vim.fn.setline(1, '// changed'); vim.fn.append(1, ...)", [
      `{"user": "dino", "host_groups": {"dev": {"hosts": [{"host": "apollo", "dir": "/home/dino/igor tests"}]}}}`,
    ]);
    await editor.lua(
      "vim.fn.deletebufline('%', 3, '$'); vim.cmd('silent write'); vim.cmd.wincmd('p')",
    );
    await editor.shows(
      "igor may not push what you save now: its configuration changed: read it, then :IgorTrust",
    );
    await editor.lua(save, "changed since");
    await editor.command("IgorStop --plan x");
    expect(await onApollo()).toBe("three\n");
  });

  test("a project that was never trusted does nothing by itself, and one that is connects when it is opened", async () => {
    const init = "vim.g.igor = { connect_on_open = true }";
    const fresh = aProject({ "a.py": "print(1)\n" });
    const shells = async (): Promise<number> =>
      Number((await onHost("apollo", ["pgrep", "-u", "dino", "-fc", "igor"])).stdout);
    const before = await shells();
    const peerRuns = "package.loaded['igor.peer'] ~= nil";
    {
      await using editor = await anEditor(fresh, init);
      await editor.shows("igor may not connect to its hosts");
      expect(await editor.lua(`return ${peerRuns}`)).toBe(false);
      await editor.command("IgorTrust");
    }
    await using editor = await anEditor(fresh, init);
    await editor.becomes(peerRuns, true);
    // What the first command needs is there before it.
    await until(shells, (count) => count > before);
  });
});
