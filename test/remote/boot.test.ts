import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { bootCommand, longestCommand, restrictedBootCommand } from "../../src/remote/boot.ts";
import { hostShell, programText } from "../../src/remote/programs.ts";

/** Shells that find no home make one. */
const home = mkdtempSync(join(tmpdir(), "igor-home-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** How sshd calls a login shell: `SHELL -c COMMAND`. */
const loginShells: readonly (readonly [string, readonly [string, ...string[]]])[] = [
  ["bash", ["bash"]],
  ["zsh", ["zsh"]],
  ["fish", ["fish"]],
  ["tcsh", ["tcsh"]],
  ["csh", ["csh"]],
  ["dash", ["dash"]],
  ["busybox ash", ["busybox", "ash"]],
];

const run = ([shell, ...words]: readonly [string, ...string[]], command: string) =>
  spawnSync(shell, [...words, "-c", command], {
    encoding: "utf8",
    env: { PATH: "/usr/bin:/bin", HOME: home },
  });

/** What a program text may hold: everything but NUL. */
const text = fc.oneof(
  fc.string({ unit: "binary" }).filter((some) => !some.includes("\0")),
  fc.string({
    unit: fc.constantFrom(
      "'",
      '"',
      "\\",
      "$",
      "`",
      "!",
      "\n",
      "\t",
      " ",
      "%",
      "0",
      "1",
      "^",
      "{",
      "~",
      "é",
      "\u007f",
    ),
  }),
);

describe.each(loginShells)("the login shell %s", (_, shell) => {
  test("reads the encoded program as the same text", () => {
    fc.assert(
      fc.property(text, (program) => {
        const { stdout } = run(
          shell,
          bootCommand(`cat <<'END-OF-TEXT'\n${program}\nEND-OF-TEXT\n`),
        );
        expect(stdout).toBe(`${program}\n`);
      }),
      {
        numRuns: 15,
        examples: [
          ["!!"],
          ["\\\\"],
          ["\\"],
          ["'\"'"],
          ["%s%n"],
          ["\\0047"],
          ["$(id) `id`"],
          [`${"'!$\\\n".repeat(200)} packed`],
          ["!$\\!"],
        ],
      },
    );
  });

  test("hands on the arguments, and the loop parses", () => {
    expect(run(shell, bootCommand('printf "%s|" "$@"', ["0123abcdef", "10"])).stdout).toBe(
      "0123abcdef|10|",
    );
    // Where no directory can be made, the loop itself ends with 90: it was read to its first decision.
    const { status } = spawnSync(
      shell[0],
      [...shell.slice(1), "-c", bootCommand(hostShell, ["n", "0"])],
      {
        env: { PATH: "/usr/bin:/bin", HOME: home, TMPDIR: "/dev/null" },
      },
    );
    expect(status).toBe(90);
  });

  test("finds what unpacks a long program whatever became of PATH, and runs nothing of a part", () => {
    const long = `: ${"x".repeat(3000)}\necho done`;
    const command = bootCommand(long);
    const lost = shell[0] === "busybox" ? shell : ([`/bin/${shell[0]}`] as const);
    const { stdout, stderr } = spawnSync(lost[0], [...lost.slice(1), "-c", command], {
      encoding: "utf8",
      env: { PATH: shell[0] === "busybox" ? "/bin:/usr/bin" : "/nowhere", HOME: home, GZIP: "-9" },
    });
    expect({ stdout, stderr }).toEqual({ stdout: "done\n", stderr: "" });
    const cut = command.replace(/(H4sI\S{20})\S+'/, "$1'");
    expect(run(shell, cut)).toMatchObject({ status: 125, stdout: "" });
  });

  test("leaves no parent of its own behind", () => {
    const { stdout, pid } = run(shell, bootCommand("echo $$"));
    expect(Number(stdout)).toBe(pid);
  });
});

test("a restricted shell gets a command without slash and exec", () => {
  const refused = run(["bash", "-r"], bootCommand("echo ok"));
  expect(refused.stderr).toContain("restricted");
  expect(run(["bash", "-r"], restrictedBootCommand("echo ok")).stdout).toBe("ok\n");
});

test("the loop is far below what an ssh session may carry as its command", () => {
  expect(bootCommand(hostShell, ["0".repeat(18), "10"]).length).toBeLessThan(longestCommand / 40);
  expect(programText("push", {}).length).toBeLessThan(longestCommand);
});
