import { spawn } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ProgramName } from "../../src/model/plan.ts";
import lookInside from "../../src/remote/programs/look-inside.sh";
import { keptProgram, programNames, programText } from "../../src/remote/programs.ts";
import { localShells, runLocally } from "../support/local-shells.ts";
import { temporaryDirectory } from "../support/temporary.ts";

describe.each(programNames)("the remote program %s", (name: ProgramName) => {
  test("defines no function twice, so no part takes another's name", () => {
    // Inputs hold programs of their own.
    const text = programText(name, {}).replace(/^in_\w+='(?:[^']|'\\'')*'$/gm, "");
    const functions = [...text.matchAll(/^([a-z_]+)\(\) /gm)].map(([, word]) => word);
    const repeated = functions.filter((word, index) => functions.indexOf(word) !== index);
    // A job says its events into its log, a look that fails says so in its answer: they redefine `ev` on purpose.
    expect(repeated.filter((word) => word !== "ev")).toEqual([]);
  });
});

test.each(localShells.map(({ name, ...rest }) => [name, { name, ...rest }] as const))(
  "look-inside keeps a command line with tabs on one line, without tr, in %s",
  (_, shell) => {
    const bare = join(temporaryDirectory("igor-bare-"), "bin");
    mkdirSync(bare);
    symlinkSync("/bin/cat", join(bare, "cat"));
    const odd = spawn("/bin/sh", ["-c", "read x", "sh", "with\ttabs\nand lines"], {
      stdio: ["pipe", "ignore", "ignore"],
    });
    try {
      const { stdout } = runLocally({ ...shell, path: bare }, { parts: [lookInside], cwd: "/" });
      const found = stdout.split("\n").find((line) => line.includes(`\t${String(odd.pid)}\t`));
      expect(found?.split("\t").at(-1)).toContain("with tabs and lines");
    } finally {
      odd.stdin.end();
    }
  },
);

describe("a program that a host shell keeps", () => {
  test("is one text whatever its inputs are, which are one line", () => {
    const first = keptProgram("push", { in_dir: "/srv/a b", in_project: "it's" });
    expect(first?.inputs).toBe(`in_dir='/srv/a b' in_project='it'\\''s'`);
    expect(first?.text()).toBe(keptProgram("push", {})?.text());
  });

  test("is sent whole with an input that no line can hold", () => {
    expect(keptProgram("push", { in_dir: "/srv/a'\nin_base='/" })).toBeUndefined();
    expect(keptProgram("setup", { in_dir: "/srv" })).toBeUndefined();
  });
});
