import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { aLaptop, aProject } from "../support/laptop.ts";
import { neovims, openEditor } from "../support/editor.ts";
import { until } from "../support/run-session.ts";

const laptop = aLaptop();

afterAll(() => laptop.close());

describe.each(neovims)("Neovim %s", (version) => {
  const project = aProject(
    { "a.py": "print(1)\n", Dockerfile: "FROM igor-demo/busybox:1\n" },
    { docker_args: ["--cap-add=SYS_NICE"] },
  );

  afterAll(() => laptop.igor(project, ["docker", "clean", "--images"]));

  test("what a configuration asks for is shown and asked about once, and no letter of a text answers", async () => {
    await using editor = await openEditor({ version, laptop, root: project.root, file: "a.py" });
    await editor.command("IgorSetup");
    await editor.nvim.input("i");
    const shown = await editor.shows("the configuration asks for more of dino@apollo");
    expect(shown).toContain("docker_args: --cap-add=SYS_NICE");
    await editor.nvim.input("2<CR>");
    await editor.becomes("vim.api.nvim_buf_get_lines(0, 0, -1, false)", ["2", "print(1)"]);
    expect(await editor.screen()).not.toContain("Do you trust");
    await editor.nvim.input("<Esc>");
    await editor.shows("Do you trust");
    await editor.nvim.input("1<CR>");
    await editor.showsNot("Do you trust");
    await editor.command("silent write");
    await editor.command("IgorSetup");
    await editor.shows("Do you trust");
    await editor.nvim.input("2<CR>");
    await editor.shows("container started");
    await editor.command("IgorSetup");
    await editor.shows("container kept");
    const config = join(project.root, ".igor/config.json");
    const text = readFileSync(config, "utf8");
    writeFileSync(config, text.replace("SYS_NICE", "SYS_TIME"));
    await editor.command("IgorSetup");
    expect(await editor.shows("Do you trust")).toContain("docker_args: --cap-add=SYS_TIME");
    await editor.nvim.input("1<CR>");
    await editor.showsNot("Do you trust");
    writeFileSync(config, text);
  });

  test("a container in which something runs is replaced when the user says so", async () => {
    await using editor = await openEditor({ version, laptop, root: project.root, file: "a.py" });
    const held = laptop.start(project, ["docker", "exec", "sleep", "300"]);
    await until(
      async () => (await laptop.igor(project, ["docker", "ps"])).stdout,
      (listed) => listed.includes("sleep 300"),
    );
    project.write({ Dockerfile: `FROM igor-demo/busybox:1\nENV CHANGED=${version}\n` });
    await editor.command("IgorSetup");
    const shown = await editor.shows("and replace the container?");
    expect(shown).toContain("sleep 300");
    await editor.nvim.input("2<CR>");
    await editor.shows("container replaced");
    held.kill();
  });

  test("a container in which something runs is removed when the user says so", async () => {
    await using editor = await openEditor({ version, laptop, root: project.root, file: "a.py" });
    const held = laptop.start(project, ["docker", "exec", "sleep", "301"]);
    const listed = async (): Promise<string> =>
      (await laptop.igor(project, ["docker", "ps"])).stdout;
    await until(listed, (text) => text.includes("sleep 301"));
    await editor.command("IgorClean");
    const shown = await editor.shows("and remove the container?");
    expect(shown).toContain("sleep 301");
    await editor.nvim.input("1<CR>");
    await editor.becomes("require('igor.actions').list()", []);
    expect(await listed()).toContain("sleep 301");
    await editor.command("IgorClean");
    await editor.shows("and remove the container?");
    await editor.nvim.input("2<CR>");
    await editor.shows("removed container");
    held.kill();
    // On a command line without a terminal nobody is asked.
    await laptop.igor(project, ["docker", "setup"]);
    const other = laptop.start(project, ["docker", "exec", "sleep", "302"]);
    await until(listed, (text) => text.includes("sleep 302"));
    expect((await laptop.igor(project, ["docker", "clean"])).stderr).toContain("removed container");
    other.kill();
  });
});
