import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { igorProgram } from "../support/laptop.ts";
import { aDesk } from "../support/run-igor.ts";
import type { Desk } from "../support/run-igor.ts";
import { openTerminal } from "../support/terminal.ts";
import type { Terminal } from "../support/terminal.ts";

const written = (desk: Desk): string =>
  readFileSync(join(desk.root, ".igor", "config.json"), "utf8");

const sshConfig = {
  "../home/.ssh/config": [
    "Include config.d/*.conf",
    "Host *.example apollo !bad",
    "  HostName 192.0.2.1",
    "Host=enterprise # not a host",
    "Host github.com",
    "Host code\n  User git",
    "Match host gpu9",
    "Host *\n  User dino",
  ].join("\n"),
  "../home/.ssh/config.d/gpus.conf": 'Host gpu1 "gpu2"\nInclude ~/.ssh/config\n',
  "../home/.ssh/config.d/notes.txt": "Host notes\n",
};

describe("igor init", () => {
  test("writes what it was told and what it recognises, in a file that explains itself", async () => {
    using desk = aDesk({
      Containerfile: "FROM scratch\n",
      "requirements.txt": "numpy\nipython>=8\n",
      "requirements-dev.txt": "pytest\n",
      "requirements/gpu.txt": "torch\n",
      "pyproject.toml": "[project]\n",
      "README.md": "ipython\n",
    });
    const ran = await desk.igor(["init", "--host", "apollo", "--yes"]);
    expect(ran).toMatchObject({ exitCode: 0, stderr: "" });
    expect(ran.stdout.replaceAll(desk.root, "/home/me/toy")).toMatchInlineSnapshot(`
      "/home/me/toy/.igor/config.json written: apollo, with dockerfile Containerfile; docker_rebuild_files pyproject.toml, requirements-dev.txt, requirements.txt, requirements/*.txt; repl_cmd ipython
      Next: igor docker setup
      "
    `);
    expect(written(desk)).toMatchInlineSnapshot(`
      "// What igor knows of this project. \`igor help config\` explains every key.
      {
        // The hosts, by group. The group dev is meant when none is named; -g names another one.
        "host_groups": {
          "dev": { "hosts": [{ "host": "apollo", "dir": "~/igor" }] }
        },
        "dockerfile": "Containerfile",
        // A change in one of these rebuilds the image.
        "docker_rebuild_files": ["pyproject.toml", "requirements-dev.txt", "requirements.txt", "requirements/*.txt"],
        // What igor docker repl runs.
        "repl_cmd": "ipython"
      }
      "
    `);
    const { stdout, stderr, exitCode } = await desk.igor(["config", "check"]);
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    expect(stdout).toContain("is fine");
  });

  test("says nothing of what igor finds by itself, and recognises no REPL in a comment", async () => {
    using desk = aDesk({
      Dockerfile: "FROM scratch\n",
      "requirements.txt": "numpy # no ipython\n",
    });
    const { stdout } = await desk.igor(["init", "--host", "apollo"]);
    expect(stdout).toContain("Next: igor docker setup\n");
    expect(written(desk)).not.toMatch(/dockerfile"|repl_cmd/);
  });

  test("says that a dockerfile will be needed", async () => {
    using desk = aDesk();
    const { stdout } = await desk.igor(["init", "--host", "apollo"]);
    expect(stdout).toContain("igor docker setup needs a Dockerfile, and there is none yet");
  });

  test("never overwrites, also not from below", async () => {
    using desk = aDesk({ ".igor/config.json": "{}", "src/a.py": "" });
    for (const below of [".", "src"]) {
      const { exitCode } = await desk.igor(["init", "--host", "apollo", "--yes"], { below });
      expect(exitCode).toBe(2);
    }
    expect(written(desk)).toBe("{}");
    expect(existsSync(join(desk.root, "src", ".igor"))).toBe(false);
  });

  test("without a terminal names the hosts of the ssh configuration, or takes the only one", async () => {
    using desk = aDesk(sshConfig);
    const refused = await desk.igor(["init", "--yes"]);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain("e.g. gpu1, gpu2, apollo, enterprise;");
    desk.write({ "../home/.ssh/config": "Host apollo\n" });
    expect(await desk.igor(["init", "--yes"])).toMatchObject({ exitCode: 0 });
    expect(written(desk)).toContain('{ "host": "apollo", "dir": "~/igor" }');
  });

  test("on a terminal asks for the host and the directory, and suggests both", async () => {
    using desk = aDesk(sshConfig);
    using terminal = inTerminal(desk);
    await terminal.shows("Hosts of your ssh configuration: gpu1, gpu2, apollo, enterprise");
    await terminal.shows("Host (any name that ssh takes) [gpu1]:");
    terminal.enter("apollo");
    await terminal.shows("Directory there that holds projects [~/igor]:");
    terminal.keys("Enter");
    await terminal.shows("code 0");
    expect(written(desk)).toContain('{ "host": "apollo", "dir": "~/igor" }');
  });

  test("on a terminal with --yes asks nothing", async () => {
    using desk = aDesk({ ...sshConfig, "../home/.ssh/config": "Host apollo\n" });
    using terminal = inTerminal(desk, "--yes");
    const screen = await terminal.shows("code 0");
    expect(screen).not.toContain("[");
    expect(written(desk)).toContain('{ "host": "apollo", "dir": "~/igor" }');
  });

  test.each([
    ["Ctrl-C at the first question", ["C-c"]],
    ["Ctrl-C at the second question", ["Enter", "C-c"]],
    ["the end of the input at the first question", ["C-d"]],
    ["the end of the input at the second question", ["Enter", "C-d"]],
  ])("writes nothing when it is cancelled by %s", async (_, keys) => {
    using desk = aDesk(sshConfig);
    using terminal = inTerminal(desk);
    for (const [index, key] of keys.entries()) {
      await terminal.shows(["[gpu1]:", "[~/igor]:"][index] ?? "");
      terminal.keys(key);
    }
    await terminal.shows("code 130");
    expect(existsSync(join(desk.root, ".igor"))).toBe(false);
  });

  test("names the dockerfiles where it cannot tell which is meant", async () => {
    using desk = aDesk({ "Dockerfile.cpu": "FROM a\n", "Dockerfile.gpu": "FROM b\n" });
    const { stdout } = await desk.igor(["init", "--host", "apollo", "--yes"]);
    expect(stdout.replaceAll(desk.root, "/home/me/toy")).toMatchInlineSnapshot(`
      "/home/me/toy/.igor/config.json written: apollo
      Next: igor push; igor docker setup needs one of Dockerfile.cpu, Dockerfile.gpu: name it in .igor/config.json, e.g. "dockerfile": "Dockerfile.cpu"
      "
    `);
  });

  test("writes what passes the check, also where git ignores a lock file", async () => {
    using desk = aDesk({
      ".gitignore": "poetry.lock\n",
      ".devcontainer/Dockerfile": "FROM scratch\n",
      "poetry.lock": "",
      "environment.yml": "dependencies:\n  - jupyterlab\n",
    });
    spawnSync("git", ["init", "-q"], { cwd: desk.root, env: desk.env });
    await desk.igor(["init", "--host", "apollo", "--yes"]);
    expect(written(desk)).toContain('"repl_cmd": "ipython"');
    const { stdout, stderr, exitCode } = await desk.igor(["config", "check"]);
    expect(stdout.replaceAll(desk.root, "/home/me/toy") + stderr).toMatchInlineSnapshot(`
      "/home/me/toy/.igor/config.json of toy is fine: host groups dev (1 host); .devcontainer/Dockerfile found; every entry of docker_rebuild_files found
      "
    `);
    expect(exitCode).toBe(0);
  });
});

/** `igor init` in a real terminal, with a shell around it that says how it ended. */
function inTerminal(desk: Desk, ...words: readonly string[]): Terminal {
  const around = ["sh", "-c", 'cd "$0"; "$@"; echo code $?; exec sleep 100', desk.root];
  return openTerminal([...around, process.execPath, igorProgram, "init", ...words], desk.env);
}
