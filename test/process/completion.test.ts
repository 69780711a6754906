import { execFile } from "node:child_process";
import { existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { igorProgram } from "../support/laptop.ts";
import { aDesk } from "../support/run-igor.ts";
import { openTerminal } from "../support/terminal.ts";
import type { Terminal } from "../support/terminal.ts";

// Names as a hostile repository may have them, and a mistake, as in a file that is being edited.
const config = `{
  "host_groups": {
    "dev": { "hosts": [{ "host": "apollo", "dir": "/d" }] },
    "cluster": { "hosts": [{ "host": "apollo" }, { "host": "enterprise" }, { "host": "$(touch pwned)" }] },
    "$(touch pwned)": {}, "\`touch pwned\`": {}, "-x": {}, "a b": {}, "*": {}
  }, "workspace": oops
`;
const desk = aDesk({ ".igor/config.json": config, "src/train.py": "" });
const bin = join(desk.root, "..", "bin");
const env = { ...desk.env, PATH: `${bin}:${desk.env["PATH"] ?? ""}` };
beforeAll(() => {
  desk.write({ "../bin/frobnicate": "#!/bin/sh\n", "../bin/.keep": "" });
  symlinkSync(igorProgram, join(bin, "igor"));
  execFile("chmod", ["+x", join(bin, "frobnicate")]);
});
afterAll(() => {
  expect(existsSync(join(desk.root, "pwned"))).toBe(false);
  desk[Symbol.dispose]();
});

/** What a shell's program prints. */
function say(program: string, ...words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) =>
    execFile(program, words, { cwd: desk.root, env, timeout: 20_000 }, (error, stdout, stderr) => {
      if (error === null && stderr === "") resolve(stdout);
      else reject(new Error(`${program}: ${stderr}`, { cause: error }));
    }),
  );
}

const top = [
  "push",
  "pull",
  "docker",
  "dap",
  "stop",
  "login",
  "status",
  "doctor",
  "init",
  "config",
  "log",
  "completion",
  "help",
];
const docker = ["build", "setup", "exec", "repl", "ps", "logs", "clean"];

/** Words with the cursor behind the last, and what may stand there. */
const expected: readonly (readonly [string, readonly string[]])[] = [
  ["igor ", top],
  ["igor doc", ["docker", "doctor"]],
  ["igor dock", ["docker"]],
  ["igor docker ", docker],
  ["igor --json docker s", ["setup"]],
  ["igor config ", ["show", "check", "vimspector", "dap", "vscode"]],
  ["igor -g ", ["dev", "cluster"]],
  ["igor push -g c", ["cluster"]],
  ["igor docker setup --host ", ["apollo", "enterprise"]],
  ["igor docker setup -g dev --host ", ["apollo"]],
  ["igor docker setup --rep", ["--replace"]],
  ["igor pull --overwrite runs src/tr", ["src/train.py"]],
  ["igor docker exec frobn", ["frobnicate"]],
  ["igor docker exec -T -g cluster -- frobn", ["frobnicate"]],
  ["igor help docker ", docker],
  ["igor completion ", ["bash", "zsh", "fish"]],
];

describe("bash", () => {
  const complete = `source <(igor completion bash)
    while IFS= read -r COMP_LINE; do
      read -ra COMP_WORDS <<<"\${COMP_LINE//=/ = }"
      [[ $COMP_LINE == *' ' ]] && COMP_WORDS+=('')
      COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)) COMP_POINT=\${#COMP_LINE}
      _igor
      printf '%s\\n' "\${COMPREPLY[*]}"
    done <<<"$0"`;
  const completions = async (lines: readonly string[]) =>
    (await say("bash", "--norc", "-c", complete, lines.join("\n"))).trimEnd().split("\n");

  test("completes verbs, options, names and commands", async () => {
    const found = await completions(expected.map(([line]) => line));
    expect(found).toEqual(expected.map(([, words]) => words.join(" ")));
  });

  test("takes the = of an option for what it is", async () => {
    const lines = [
      "igor push --host-group=",
      "igor push --host-group=c",
      "igor -g=cluster --host=e",
    ];
    expect(await completions(lines)).toEqual(["dev cluster", "cluster", "enterprise"]);
  });

  test("completes what was typed at a prompt", async () => {
    using terminal = openTerminal(["bash", "--norc", "-i"], env);
    terminal.enter(`cd ${desk.root}; source <(igor completion bash); PS1='> '; clear`);
    await terminal.shows(/^>\s*$/);
    terminal.type("igor docker se");
    terminal.keys("Tab");
    await terminal.shows("igor docker setup");
    terminal.type("-g cl");
    terminal.keys("Tab");
    await terminal.shows("igor docker setup -g cluster");
    terminal.type("--host en");
    terminal.keys("Tab");
    await terminal.shows("igor docker setup -g cluster --host enterprise");
    terminal.keys("C-u");
    terminal.type("igor docker exec cat src/tr");
    terminal.keys("Tab");
    await terminal.shows("igor docker exec cat src/train.py");
    terminal.keys("C-u");
    terminal.type("igor pull --overwrite src/tr");
    terminal.keys("Tab");
    await terminal.shows("igor pull --overwrite src/train.py");
  });
});

describe("fish", () => {
  const completions = async (line: string) => {
    const found = await say(
      "fish",
      "--no-config",
      "-c",
      `igor completion fish | source; complete -C'${line}'`,
    );
    return found
      .trimEnd()
      .split("\n")
      .map((candidate) => candidate.split("\t")[0] ?? "");
  };

  test.each(expected)("%s", async (line, words) => {
    expect((await completions(line)).toSorted()).toEqual(words.toSorted());
  });

  test("says what a verb is for, and completes the words of a command as its own", async () => {
    expect(
      await say(
        "fish",
        "--no-config",
        "-c",
        "igor completion fish | source; complete -C'igor pus'",
      ),
    ).toBe("push\tput the project's files on the hosts\n");
    expect(await completions("igor docker exec -g dev cat src/t")).toEqual(["src/train.py"]);
  });
});

describe("zsh", () => {
  let terminal: Terminal;
  beforeAll(async () => {
    terminal = openTerminal(["zsh", "-f", "-i"], { ...env, PS1: "> " });
    terminal.enter(
      `cd ${desk.root}; autoload -U compinit; compinit -u -D; source <(igor completion zsh); unsetopt auto_menu; LISTMAX=0; PS1='> '; clear`,
    );
    await terminal.shows(/^>\s*$/);
  });
  afterAll(() => terminal[Symbol.dispose]());

  test.each(expected)("%s", async (line, words) => {
    terminal.keys("C-u", "C-l");
    await terminal.shows(/^>\s*$/);
    terminal.type(line);
    terminal.keys("Tab");
    const [only, ...others] = words;
    const typed = line.slice(0, line.lastIndexOf(" ") + 1);
    if (others.length === 0) {
      await terminal.shows(new RegExp(`^> ${typed}${only ?? ""}\\s*-?$`, "m"));
      return;
    }
    // What the words have in common may be typed first; then they are listed.
    const screen = await terminal.shows(new RegExp(`\\n.*\\b${only ?? ""}\\b`));
    const listed = screen.split("\n").slice(1).join("\n");
    for (const word of words) expect(listed).toMatch(new RegExp(`(?:^|\\s)${word}(?:\\s|$)`));
    expect(listed).not.toContain("touch");
  });

  test("completes the words of a command as its own", async () => {
    terminal.keys("C-u", "C-l");
    await terminal.shows(/^>\s*$/);
    terminal.type("igor docker exec -g dev cat src/t");
    terminal.keys("Tab");
    await terminal.shows("cat src/train.py");
  });
});

describe("igor completion", () => {
  test("prints scripts without mistakes", async () => {
    await say("bash", "--norc", "-c", "shellcheck -s bash <(igor completion bash)");
    for (const shell of ["bash", "zsh", "fish"])
      await say("bash", "--norc", "-c", `igor completion ${shell} | ${shell} -n`);
  });

  test("refuses another shell", async () => {
    const { stdout, stderr, exitCode } = await desk.igor(["completion", "tcsh"]);
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
    expect(stderr).toContain("bash, zsh, fish");
  });

  test.each([
    ["host-groups", "dev\ncluster\n"],
    ["hosts", "apollo\nenterprise\n"],
    ["hosts dev", "apollo\n"],
    ["hosts nope", ""],
    ["nonsense", ""],
    ["", ""],
  ])("--names %s gives scripts names and never an error", async (words, stdout) => {
    const ran = await desk.igor(["completion", "--names", ...words.split(" ")], { below: "src" });
    expect(ran).toMatchObject({ stdout, stderr: "", exitCode: 0 });
  });

  test("--names outside of every project gives none", async () => {
    const ran = await desk.igor(["completion", "--names", "host-groups"], { below: ".." });
    expect(ran).toMatchObject({ stdout: "", stderr: "", exitCode: 0 });
  });
});
