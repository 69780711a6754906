import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { frameBytes } from "../../src/remote/frame.ts";
import { quote } from "../../src/remote/quote.ts";
import { localShells } from "../support/local-shells.ts";
import { Loop } from "../support/loop.ts";
import { until } from "../support/until.ts";

const isAlive = (pid: number): boolean => {
  try {
    // A zombie counts as gone: its parent, the machine's init, is slow to reap.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${String(pid)}/status`, "utf8"));
  } catch {
    return false;
  }
};
const numberIn = (file: string) =>
  (existsSync(file) && Number(readFileSync(file, "utf8"))) || undefined;

describe.each(localShells)("the loop in $name", { concurrent: true, timeout: 30_000 }, (shell) => {
  test("runs a program with its payload, and tells events, output and exit code", async () => {
    await using loop = new Loop(shell);
    const payload = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 256));
    loop.run(
      1,
      `printf '%s %s ev begun %s\\n' "$N" "$I" "$1" >&3; wc -c; echo oops >&2; printf 'no newline\\0\\377'; exit 7`,
      payload,
    );
    const { exitCode, stdout, stderr } = await loop.ended(1);
    expect({ exitCode, stderr, events: loop.events(1) }).toEqual({
      exitCode: 7,
      stderr: "oops\n",
      events: ["begun "],
    });
    expect(stdout).toMatch(/^ *200000\nno newline\0/);
    expect(loop.answers[0]).toEqual({ kind: "hello", version: 1 });
  });

  test("runs a program again that it was sent once, each time with its own inputs and payload", async () => {
    await using loop = new Loop(shell);
    const inputs = (value: string): string => `in_a=${quote(value)} in_b='  two  '`;
    const text = `: "\${in_c:=none}"\nprintf '%s|%s|%s|' "$in_a" "$in_b" "$in_c"; cat\nexit 3\n`;
    loop.run(1, text, "first", { name: "push", inputs: inputs(`it's \\n "1" $HOME`) });
    loop.run(2, undefined, "second", { name: "push", inputs: `${inputs("2")} in_c='3'` });
    loop.run(3, undefined, "", { name: "push", inputs: inputs("4") });
    expect(await Promise.all([1, 2, 3].map((id) => loop.ended(id)))).toEqual([
      { exitCode: 3, stdout: `it's \\n "1" $HOME|  two  |none|first`, stderr: "" },
      { exitCode: 3, stdout: "2|  two  |3|second", stderr: "" },
      { exitCode: 3, stdout: "4|  two  |none|", stderr: "" },
    ]);
  });

  test("ends when a program that it kept is gone, so that it is sent anew", async () => {
    await using loop = new Loop(shell);
    loop.run(1, "true", "", { name: "push", inputs: "in_a='1'" });
    await loop.ended(1);
    loop.run(2, 'rm "$D/push.kept"');
    await loop.ended(2);
    loop.run(3, undefined, "", { name: "push", inputs: "in_a='2'" });
    await loop.closed;
    expect(loop.answers.filter(({ kind }) => kind === "ended")).toHaveLength(2);
  });

  test("keeps what it receives from everybody else on the host", async () => {
    await using loop = new Loop(shell);
    loop.run(1, `ls -ld "$D" "$D/1.p" | cut -c 1-10`, "secret");
    expect((await loop.ended(1)).stdout).toBe("drwx------\n-rw-------\n");
  });

  test("takes no directory that somebody else made, and no link", async () => {
    const place = mkdtempSync(join(tmpdir(), "igor-taken-"));
    const own = join(place, "own");
    mkdirSync(own);
    const name = join(place, "igor.0123456789abcdef01");
    for (const take of [() => mkdirSync(name), () => symlinkSync(own, name)]) {
      rmSync(name, { recursive: true, force: true });
      take();
      const loop = new Loop(shell, { tmpdir: place });
      loop.run(1, "echo never");
      expect(await loop.closed).toBe(90);
      expect([loop.answers, readdirSync(name)]).toEqual([[], []]);
      await loop[Symbol.asyncDispose]();
    }
    rmSync(place, { recursive: true });
  });

  test("runs frames side by side, and their lines do not mix", async () => {
    await using loop = new Loop(shell);
    loop.run(1, "read -r line; echo never");
    loop.run(2, "cat", "x".repeat(300_000));
    loop.run(3, "cat", "y".repeat(300_000));
    loop.run(4, "sleep 30");
    expect((await loop.ended(2)).stdout).toBe("x".repeat(300_000));
    expect((await loop.ended(3)).stdout).toBe("y".repeat(300_000));
    loop.kill(4, "TERM");
    expect((await loop.ended(4)).exitCode).toBe(143);
    expect(loop.noise).toEqual([]);
  });

  test("signals everything that a frame started, also when the signal comes before the program runs", async () => {
    await using loop = new Loop(shell);
    const file = join(loop.directory, "pid");
    loop.run(1, `sleep 60 & echo $! >'${file}'; (sleep 60; echo no) | cat`);
    const pid = await until("a process", () => numberIn(file));
    loop.kill(1, "TERM");
    await loop.ended(1);
    await until("its end", () => !isAlive(pid));
    const ids = Array.from({ length: 20 }, (_, index) => index + 2);
    for (const id of ids) {
      loop.run(id, "sleep 60");
      loop.kill(id, "TERM");
    }
    for (const id of ids) expect((await loop.ended(id)).exitCode).toBe(143);
  });

  test("ends every frame when the channel closes, also one that ignores TERM, and leaves no file", async () => {
    const loop = new Loop(shell);
    const file = join(loop.directory, "pid");
    loop.run(1, `trap '' TERM; echo $$ >'${file}'; while :; do sleep 60; done`);
    const pid = await until("a process", () => numberIn(file));
    loop.end();
    await loop.closed;
    await until("its end", () => !isAlive(pid));
    await until(
      "its directory to go",
      () => !readdirSync(loop.directory).some((name) => name.startsWith("igor.")),
    );
    await loop[Symbol.asyncDispose]();
  });

  test("answers pings, and ends everything when they stop", async () => {
    await using loop = new Loop(shell, { silence: 2 });
    const file = join(loop.directory, "pid");
    loop.run(1, `echo $$ >'${file}'; sleep 60`);
    loop.ping(5);
    await until("a pong", () =>
      loop.answers.some((answer) => answer.kind === "pong" && answer.ping === 5),
    );
    const pid = await until("a process", () => numberIn(file));
    await loop.closed;
    await until("its end", () => !isAlive(pid));
    await until(
      "its directory to go",
      () => !readdirSync(loop.directory).some((name) => name.startsWith("igor.")),
    );
  });

  test("does not go on with words that are not for it", async () => {
    const loop = new Loop(shell);
    loop.write("0 1 run 3 0\nabc");
    await loop.closed;
    expect(loop.answers).toContainEqual({ kind: "desync" });
    await loop[Symbol.asyncDispose]();
  });
});

describe.each(localShells.slice(0, 3))(
  "a frame that is cut in $name",
  { timeout: 30_000 },
  (shell) => {
    test("at any byte runs nothing and leaves nothing", async () => {
      const directory = mkdtempSync(join(tmpdir(), "igor-cut-"));
      const ran = join(directory, "ran");
      const whole = frameBytes("0123456789abcdef01", {
        id: 1,
        text: `echo ran >>'${ran}'`,
        payload: Buffer.from("payload"),
      });
      const cutAt = async (bytes: number): Promise<void> => {
        const loop = new Loop(shell);
        loop.write(whole.subarray(0, bytes));
        loop.end();
        await loop.closed;
        expect(readdirSync(loop.directory)).toEqual([]);
        await loop[Symbol.asyncDispose]();
      };
      const cuts = Array.from({ length: whole.length }, (_, bytes) => bytes);
      while (cuts.length > 0) await Promise.all(cuts.splice(0, 6).map(cutAt));
      expect(existsSync(ran)).toBe(false);
      await using loop = new Loop(shell);
      loop.write(whole);
      await loop.ended(1);
      expect(readFileSync(ran, "utf8")).toBe("ran\n");
      rmSync(directory, { recursive: true });
    });
  },
);

describe.each(localShells.slice(0, 3))(
  "on a bad day, the loop in $name",
  { concurrent: true, timeout: 30_000 },
  (shell) => {
    test("takes the bytes of a frame on a slow line for a sign of life, and gives one back", async () => {
      await using loop = new Loop(shell, { silence: 4 });
      const bytes = frameBytes("0123456789abcdef01", {
        id: 1,
        text: "wc -c",
        payload: Buffer.alloc(20 * 16_384 + 5),
      });
      // No ping gets through for longer than the loop would wait in silence.
      let sent = 0;
      const slowly = setInterval(() => {
        loop.write(bytes.subarray(sent, (sent += 40_000)));
        if (sent >= bytes.length) clearInterval(slowly);
      }, 900);
      expect((await loop.ended(1)).stdout.trim()).toBe(String(20 * 16_384 + 5));
      expect(loop.answers.filter(({ kind }) => kind === "pong").length).toBeGreaterThan(1);
    });

    test("that is killed leaves no frame behind", async () => {
      await using loop = new Loop(shell, { silence: 60 });
      const file = join(loop.directory, "pid");
      loop.run(1, `echo $$ >'${file}'; sleep 60`);
      const pid = await until("a process", () => numberIn(file));
      process.kill(loop.pid, "SIGKILL");
      await until("its end", () => !isAlive(pid));
      await until("its files to go", () =>
        readdirSync(loop.directory).every((name) => !name.startsWith("igor.")),
      );
    });

    test("removes what a killed one left long ago, and nothing else", async () => {
      const place = mkdtempSync(join(tmpdir(), "igor-old-"));
      const old = (name: string, pid: number, minutes: number) => {
        execFileSync("mkdir", [join(place, name)]);
        writeFileSync(join(place, name, "pid"), `${String(pid)}\n`);
        execFileSync("touch", ["-d", `${String(minutes)} minutes ago`, join(place, name, "pid")]);
      };
      old("igor.dead", 4_194_303, 5);
      old("igor.justnow", 4_194_303, 0);
      old("igor.alive", process.pid, 5);
      await using loop = new Loop(shell, { silence: 60, tmpdir: place });
      await until("the old one to go", () => !existsSync(join(place, "igor.dead")));
      expect(loop.noise).toEqual([]);
      expect(readdirSync(place).filter((name) => /alive|justnow/.test(name))).toHaveLength(2);
      rmSync(place, { recursive: true });
    });
  },
);

describe("where the temporary directory is full", () => {
  const place = mkdtempSync(join(tmpdir(), "igor-small-"));
  beforeAll(() => execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "igor-small", place]));
  afterAll(() => {
    execFileSync("umount", ["-l", place]);
    rmSync(place, { recursive: true });
  });

  test.each(localShells.slice(0, 3))(
    "the loop in $name says so",
    { timeout: 20_000 },
    async (shell) => {
      const loop = new Loop(shell, { tmpdir: place });
      loop.run(1, "echo never", Buffer.alloc(200_000));
      await loop.closed;
      expect(loop.answers).toContainEqual({ kind: "full", directory: place });
      expect(readdirSync(place)).toEqual([]);
      await loop[Symbol.asyncDispose]();
    },
  );
});
