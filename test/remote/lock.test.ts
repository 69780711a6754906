import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { decodeWord } from "../../src/remote/frame.ts";
import { compact } from "../../src/remote/programs.ts";
import lockPart from "../../src/remote/programs/lock.sh";
import sayPart from "../../src/remote/programs/say.sh";
import { assignments } from "../../src/remote/quote.ts";
import { localShells, runLocally } from "../support/local-shells.ts";
import type { LocalRun, LocalShell } from "../support/local-shells.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "igor-lock-"));
  mkdirSync(join(root, ".igor/host"), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const lock = () => join(root, ".igor/host/lock");
const bootId = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
const bornAt = (pid: number) =>
  readFileSync(`/proc/${String(pid)}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ")[19] ?? "";
const take = (shell: LocalShell, patience = "0"): LocalRun =>
  runLocally(shell, {
    parts: ["root=$PWD", sayPart, lockPart, "lock_tree\necho held\nunlock_tree"],
    cwd: root,
    inputs: { in_patience: patience },
  });

describe.each(localShells)("the lock in $name", (shell) => {
  test.each<[string, () => string]>([
    ["is free", () => ""],
    ["is of a process that is gone", () => `4194303 1 ${bootId} ${hostname()}\n`],
    [
      "is of a process whose number is another's now",
      () => `${String(process.pid)} 1 ${bootId} ${hostname()}\n`,
    ],
    ["is of another boot", () => `1 1 another-boot ${hostname()}\n`],
    ["was emptied by a crash of the machine", () => "\n"],
  ])("is taken when it %s", (_, line) => {
    if (line() !== "") writeFileSync(lock(), line().trimStart());
    expect(take(shell)).toMatchObject({ exitCode: 0, stdout: "held\n", stderr: "" });
    expect(readdirSync(join(root, ".igor/host"))).toEqual([]);
  });

  test.each<[string, () => string]>([
    [
      "a process that runs",
      () => `${String(process.pid)} ${bornAt(process.pid)} ${bootId} ${hostname()}\n`,
    ],
    ["another host with the same home", () => `1 1 ${bootId} enterprise\n`],
  ])("is not taken from %s, which is named", (_, line) => {
    writeFileSync(lock(), line());
    const { exitCode, events } = take(shell);
    expect(exitCode).toBe(1);
    const [reason, word] = events.at(-1)?.replace("failed ", "").split(" ") ?? [];
    expect([reason, decodeWord(word)]).toEqual([
      "locked",
      expect.stringMatching(/^process \d+ on /),
    ]);
    expect(readFileSync(lock(), "utf8")).toBe(line());
  });
});

/**
 * Takes the lock again and again, and leaves a trace when another who lives is inside with it. Whoever was killed inside
 * is still written there; one that has ended, but was not waited for yet, is as dead.
 */
const contender = compact(`${sayPart}
${lockPart}
lives() {
  read -r line 2>/dev/null <"/proc/$1/stat" || return 1
  case \${line##*) } in [ZX]*) return 1 ;; esac
}
while :; do
  lock_tree
  other=
  [ ! -s inside ] || read -r other <inside
  [ -z "$other" ] || ! lives "$other" || echo "$$ and $other" >>violations
  echo $$ >inside
  echo entered >>entries
  : >inside
  unlock_tree
done`);

describe.each(localShells)("many that want the lock at once in $name", (shell) => {
  test("never hold it together, also when they are killed", { timeout: 60_000 }, async () => {
    const start = (): ChildProcess =>
      spawn(shell.sh, ["-c", `root=$PWD;${assignments({ in_patience: "30" })}${contender}`], {
        cwd: root,
        env: { PATH: shell.path, N: randomUUID(), I: "1", HOME: root, LC_ALL: "C" },
        // Who waits for a second says so on descriptor 3, which "ignore" would leave closed.
        stdio: [
          "ignore",
          "ignore",
          openSync(join(root, "errors"), "a"),
          openSync("/dev/null", "a"),
        ],
        detached: true,
      });
    const ended = (child: ChildProcess) => new Promise((resolve) => child.once("close", resolve));
    const killOne = async (child: ChildProcess): Promise<void> => {
      if (child.exitCode !== null) {
        const words = readFileSync(join(root, "errors"), "utf8");
        throw new Error(`gave up with ${String(child.exitCode)}: ${words}`);
      }
      // Some other test's signal, to a number that was somebody else's before.
      if (child.signalCode !== null) return;
      const end = ended(child);
      process.kill(-(child.pid ?? 0), "SIGKILL");
      await end;
    };
    const children = Array.from({ length: 4 }, start);
    const entries = () =>
      existsSync(join(root, "entries"))
        ? readFileSync(join(root, "entries"), "utf8").split("\n").length
        : 0;
    for (let kills = 0; kills < 25; kills += 1) {
      const [victim] = children.splice(kills % children.length, 1);
      if (victim !== undefined) await killOne(victim);
      children.push(start());
      const before = entries();
      const deadline = performance.now() + 10_000;
      while (entries() < before + 5) {
        if (performance.now() > deadline) throw new Error("nobody gets the lock any more");
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
    await Promise.all(children.map(killOne));
    expect(existsSync(join(root, "violations"))).toBe(false);
    expect(take(shell, "5").stdout).toBe("held\n");
  });
});
