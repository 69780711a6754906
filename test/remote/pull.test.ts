import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { wantedInput, wantedOf } from "../../src/plan/pull-wanted.ts";
import { parseEntries, parseTree, pathPayload, splitSent } from "../../src/remote/pull-answer.ts";
import pullMain from "../../src/remote/programs/pull.sh";
import sayPart from "../../src/remote/programs/say.sh";
import { localShells } from "../support/local-shells.ts";
import type { LocalShell } from "../support/local-shells.ts";
import { writeThings } from "../support/tree.ts";
import { compact } from "../../src/remote/programs.ts";
import { assignments } from "../../src/remote/quote.ts";

let top = "";
let root = "";
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), "igor-pull-"));
  root = join(top, "tree");
  mkdirSync(root);
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

/** Runs the program as the host shell would; its answer is bytes. */
function run(
  shell: LocalShell,
  inputs: Readonly<Record<string, string>>,
  payload: Buffer = Buffer.alloc(0),
) {
  const all = { in_dir: root, in_project: "p", ...inputs };
  const text = assignments(all) + [sayPart, pullMain].map(compact).join("");
  const events = join(top, "events");
  const stdout = execFileSync(shell.sh, ["-c", `exec 3>'${events}'; ${text}`], {
    input: payload,
    env: { PATH: shell.path, HOME: top, N: "n", I: "1", D: top, LC_ALL: "C" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  return { stdout, events: execFileSync("cat", [events], { encoding: "utf8" }) };
}

const wanted = (...words: readonly string[]) =>
  wantedInput(words.flatMap((word) => wantedOf(word, { root, directory: "" }) ?? []));

function list(shell: LocalShell, ...words: readonly string[]): readonly string[] {
  const { stdout } = run(shell, { in_do: "list", in_wanted: wanted(...words) });
  return parseEntries(gunzipSync(stdout).toString())
    .map(({ kind, path }) => `${kind} ${path}`)
    .sort();
}

const names = [
  "with space",
  "new\nline",
  "quo'te",
  "$(touch x)",
  "-rf",
  "back\\slash",
  "*",
  " lead",
];

describe.each(localShells)("in $name", (shell) => {
  test("what is wanted is told, of any name and kind, and nothing else", () => {
    writeThings(root, {
      "runs/1/log": "x",
      ...Object.fromEntries(names.map((name) => [`runs/${name}`, name])),
      "checkpoints/a.pt": "x",
      "checkpoints/a.txt": "x",
      "src/a.py": "x",
      ".git/config": "x",
      "runs/.git/config": "x",
      ".igor/host/generation": "x",
      "runs/latest": { link: "1" },
      "runs/odd\nlink": { link: "1" },
      data: { link: "/etc" },
    });
    execFileSync("mkfifo", [join(root, "runs/pipe")]);
    expect(list(shell, "runs/", "checkpoints/*.pt", "nothing", "data/passwd")).toEqual(
      [
        "file runs/1/log",
        ...names.map((name) => `file runs/${name}`),
        "file checkpoints/a.pt",
        "link runs/latest",
        "link runs/odd\nlink",
        "special runs/pipe",
        "link data",
      ].sort(),
    );
    expect(list(shell, ".")).toContain("file src/a.py");
    expect(list(shell, ".").filter((line) => /\.git|\.igor/.test(line))).toEqual([]);
  });

  test("files are told with size, time and mode, and where the tree is", () => {
    writeThings(root, { "runs/a": { text: "abc", at: 1_600_000_000, mode: 0o640 } });
    const { stdout, events } = run(shell, { in_do: "list", in_wanted: wanted("runs") });
    const [entry] = parseEntries(gunzipSync(stdout).toString());
    expect(entry).toMatchObject({ kind: "file", path: "runs/a", size: 3, mode: "640" });
    expect(entry).toHaveProperty("mtime", expect.stringMatching(/^1600000000(\.000000000)?$/));
    expect(parseTree(events.trim().split(" ").slice(3))?.root).toBe(root);
  });

  test("files are sent as they are, and told and summed in their order", () => {
    writeThings(root, Object.fromEntries(names.map((name) => [`runs/${name}`, name])));
    const paths = names.map((name) => `runs/${name}`);
    const sent = splitSent(run(shell, { in_do: "send" }, pathPayload([...paths, "gone"])).stdout);
    const told = parseEntries(gunzipSync(sent?.told ?? "").toString());
    expect(told.map(({ path }) => path).sort()).toEqual([...paths].sort());
    const out = join(top, "out");
    mkdirSync(out);
    writeFileSync(join(top, "a.tgz"), sent?.archive ?? "");
    execFileSync("tar", ["-xzf", join(top, "a.tgz"), "-C", out, "-i"]);
    for (const name of names)
      expect(execFileSync("cat", [join(out, "runs", name)], { encoding: "utf8" })).toBe(name);
    const sums = run(shell, { in_do: "sum" }, pathPayload(["runs/*", "gone", "runs/-rf"])).stdout;
    const sumOf = (text: string) => createHash("sha256").update(text).digest("hex");
    expect(gunzipSync(sums).toString()).toBe(`${sumOf("*")}\n-\n${sumOf("-rf")}\n`);
  });

  test("another project's directory is refused, and one that is not there is told", () => {
    writeThings(root, { ".igor/host/marker": "project q\ncommit -\n", "runs/a": "x" });
    expect(() => run(shell, { in_do: "list", in_wanted: wanted("runs") })).toThrow();
    const missing = join(dirname(root), "missing");
    expect(run(shell, { in_do: "list", in_dir: missing }).events).toContain("tree - none");
  });
});
