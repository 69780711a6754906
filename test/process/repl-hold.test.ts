import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { lstatSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import attachProgram from "../../src/remote/programs/repl-attach.py";
import findProgram from "../../src/remote/programs/repl-find.sh";
import holdProgram from "../../src/remote/programs/repl-hold.py";
import { aReplPlace, seenBy } from "../support/held-repl.ts";
import type { Attached, ReplPlace } from "../support/held-repl.ts";
import { token } from "../support/run-session.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/until.ts";

/** Python of which nothing is on the screen but what it prints. */
const python = (...lines: readonly string[]): readonly string[] => [
  "python3",
  "-c",
  ["import os, sys, signal, time, tty", "tty.setraw(0)", ...lines].join("\n"),
];

/** Runs each line that is typed as Python, in one process, so that there are variables. */
const interpreter = python(
  "print('ready', end='', flush=True)",
  "for line in os.fdopen(0): exec(line)",
);

/** How many processes have a word on their command line. */
function running(word: string): number {
  const files = readdirSync("/proc").filter(
    (pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid,
  );
  return files.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "latin1").includes(word);
    } catch {
      return false;
    }
  }).length;
}

function holderOf({ root, left }: ReplPlace): number {
  const note = left().find((path) => path.endsWith("/note")) ?? "";
  return Number(readFileSync(join(root, note), "utf8").split(" ")[0]);
}

async function leave({ child, end }: Attached): Promise<void> {
  child.stdin?.end();
  await end();
}

const nothingLeft = (place: ReplPlace): Promise<unknown> =>
  until("nothing to be left", () => place.left().length === 0);

describe("a REPL", () => {
  test("is there again with its variables and what was on the screen, and its end leaves nothing, daemons neither", async () => {
    const place = aReplPlace();
    const mark = token();
    const first = place.attach({ words: interpreter });
    await first.says("ready");
    first.type(`x = 41; print('pid', os.getpid(), end='.', flush=True)\n`);
    const screen = await first.says(/pid \d+\./);
    await leave(first);
    const second = place.attach();
    expect(await second.says(/pid \d+\./)).toBe(screen);
    second.type(`print(x + 1, os.getpid(), flush=True)\n`);
    await second.says(`42 ${/\d+/.exec(screen)?.[0] ?? ""}`);
    second.type(`os.system('setsid -f env -i sleep ${mark}'); sys.exit(7)\n`);
    expect(await second.end()).toEqual({ kind: "ended", exitCode: 7 });
    await nothingLeft(place);
    await until("the daemon to be ended", () => running(mark) === 0);
  });

  test("that is started by several at a time is one", async () => {
    const place = aReplPlace();
    const all = Array.from({ length: 6 }, () => place.attach({ words: interpreter }));
    await Promise.all(all.map((one) => one.says("ready")));
    expect(new Set(all.map((one) => seenBy(one).id)).size).toBe(1);
    all[0]?.type("print('for all', flush=True)\n");
    await Promise.all(all.map((one) => one.says("for all")));
    all[1]?.type("sys.exit(0)\n");
    await Promise.all(all.map((one) => one.end()));
    await nothingLeft(place);
  });

  test("gets every byte that is typed, however it is split, and faster than anybody types", async () => {
    const place = aReplPlace();
    const bytes = Buffer.from("ünï 漢字 \x1b[200~\x03\x04~.\r\n".repeat(10_000));
    const one = place.attach({
      words: python(
        "import hashlib",
        `want, got = ${String(bytes.length)}, b''`,
        "print('ready', end='', flush=True)",
        "while len(got) < want: got += os.read(0, 65536)",
        "print(hashlib.sha256(got).hexdigest(), flush=True)",
      ),
    });
    await one.says("ready");
    const begin = performance.now();
    for (let at = 0; at < bytes.length; at += 7001) one.type(bytes.subarray(at, at + 7001));
    await one.says(createHash("sha256").update(bytes).digest("hex"));
    expect(performance.now() - begin).toBeLessThan(2000);
    await one.end();
  });

  test("has the size of the smallest terminal, and draws a full screen anew for whoever comes", async () => {
    const place = aReplPlace();
    const first = place.attach({
      size: { rows: 40, columns: 120 },
      words: python(
        "draw = lambda *_: print('<%dx%d>' % tuple(os.get_terminal_size()), end='', flush=True)",
        "signal.signal(signal.SIGWINCH, draw)",
        "print('\\x1b[?1049h', end=''); draw()",
        "while True: signal.pause()",
      ),
    });
    await first.says("<120x40>");
    const second = place.attach({ size: { rows: 30, columns: 140 } });
    await second.says("<120x30>");
    first.resize({ rows: 20, columns: 90 });
    await second.says("<90x20>");
    await leave(first);
    await second.says("<140x30>");
    const third = place.attach({ size: { rows: 30, columns: 140 } });
    await third.says(/<139x30><140x30>$/);
    process.kill(holderOf(place), "SIGHUP");
    expect(await third.end()).toEqual({ kind: "stopped", by: "stopped" });
    await nothingLeft(place);
  });

  test("is ended by whoever wants another one, who gets that, and the others hear why", async () => {
    const place = aReplPlace();
    const mark = token();
    const stubborn = ["sh", "-c", `trap '' HUP; echo up; while :; do sleep ${mark}; done`];
    const other = place.attach({ words: stubborn });
    await other.says("up");
    const fresh = place.attach({ isNew: true, words: interpreter });
    expect(await other.end()).toEqual({ kind: "stopped", by: "replaced" });
    await fresh.says("ready");
    expect(seenBy(fresh).id).not.toBe(seenBy(other).id);
    await until("the old one to be ended", () => running(mark) === 0);
    fresh.type("sys.exit(0)\n");
    await fresh.end();
  });

  test("ends when nobody was attached for so long, counted from when the last one left", async () => {
    const place = aReplPlace();
    const mark = token();
    const first = place.attach({ expires: 0.5, words: ["sh", "-c", `echo up; sleep ${mark}`] });
    await first.says("up");
    await pause(700);
    await leave(first);
    const again = place.attach();
    await again.says("up");
    expect(running(mark)).toBeGreaterThan(0);
    await leave(again);
    await nothingLeft(place);
    expect(running(mark)).toBe(0);
  });

  test("that closes its terminal and opens it anew loses nothing, and its holder sleeps meanwhile", async () => {
    const place = aReplPlace();
    const one = place.attach({
      words: python(
        "name = os.ttyname(0)",
        "print('ready', end='', flush=True)",
        "for each in range(3): os.close(each)",
        "time.sleep(1.5)",
        "for each in range(3): os.open(name, os.O_RDWR)",
        "os.write(1, b'got ' + os.read(0, 100))",
      ),
    });
    await one.says("ready");
    const wakeUps = (): number =>
      Number(
        /^voluntary_ctxt_switches:\s+(\d+)/m.exec(
          readFileSync(`/proc/${String(holderOf(place))}/status`, "utf8"),
        )?.[1],
      );
    await pause(300);
    const before = wakeUps();
    await pause(500);
    expect(wakeUps() - before).toBeLessThanOrEqual(5);
    one.type("typed meanwhile");
    await one.says("got typed meanwhile");
    expect(await one.end()).toEqual({ kind: "ended", exitCode: 0 });
  });

  test("whose holder is killed ends with it, and the next one sweeps up behind both", async () => {
    const place = aReplPlace();
    const mark = token();
    const first = place.attach({ words: ["sh", "-c", `setsid -f sleep ${mark}; echo up; read x`] });
    await first.says("up");
    process.kill(holderOf(place), "SIGKILL");
    expect((await first.end())?.kind).toBe("output");
    const next = place.attach({ words: interpreter });
    await next.says("ready");
    await until("what was left to be ended", () => running(mark) === 0);
    next.type("sys.exit(0)\n");
    await next.end();
    await nothingLeft(place);
  });

  test("survives whoever is killed while it speaks, and goes on counting", async () => {
    const place = aReplPlace();
    const counts = python(
      "n = 0",
      "while True:",
      " n += 1; print(n, end=' ', flush=True); time.sleep(0.001)",
    );
    const first = place.attach({ words: counts });
    await first.says("1 ");
    for (let time = 0; time < 15; time += 1) {
      const one = place.attach();
      await pause(30 + Math.random() * 150);
      one.child.kill("SIGKILL");
    }
    await until("a thousand more", () => first.text().includes(" 1500 "));
    const numbers = first.text().trim().split(" ").slice(0, -1).map(Number);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    process.kill(holderOf(place), "SIGTERM");
    await first.end();
  });
});

describe("what was on the screen", () => {
  const lines = "for n in range(60000): print('line %05d' % n, end='\\r\\n')";

  test("is kept to a bound, from the begin of a line on, with the modes that are on, and asks the terminal nothing", async () => {
    const place = aReplPlace();
    const first = place.attach({
      words: python(
        "print('\\x1b[?2004h\\x1b[?25l\\x1b[?1h\\x1b[?1l', end='')",
        lines,
        "print('\\x1b[6n\\x1b[c\\x1b]11;?\\x07\\x1b[0mend', end='', flush=True)",
        "os.read(0, 1)",
      ),
    });
    const said = await first.says(/end$/);
    const second = place.attach();
    const replay = await second.says(/end$/);
    expect(replay.length).toBeLessThanOrEqual((1 << 18) + 20);
    expect(replay).toMatch(/^\x1b\[\?2004h\x1b\[\?25lline \d{5}\r\n/);
    expect(replay).toMatch(/line 59999\r\n\x1b\[0mend$/);
    expect(said).toContain("\x1b[6n\x1b[c");
    second.type("q");
    await first.end();
  });

  test("is only what was missed for who was there before, to the byte, and all where that is too long ago", async () => {
    const place = aReplPlace();
    const first = place.attach({ words: interpreter });
    await first.says("ready");
    const seen = seenBy(first);
    await leave(first);
    const other = place.attach();
    other.type("print('missed \\x1b[6n', end='', flush=True)\n");
    await other.says("missed");
    const again = place.attach({ seen });
    expect(await again.says("missed")).toBe("missed \x1b[6n");
    expect(again.answers[0]).toMatchObject({ kind: "attached", isGapless: true });
    other.type(`${lines}\n`);
    other.type("print('end', flush=True)\n");
    await other.says("end");
    const late = place.attach({ seen });
    await late.says("end");
    expect(late.answers[0]).toMatchObject({ kind: "attached", isGapless: false });
    other.type("sys.exit(0)\n");
    await other.end();
    const gone = place.attach({ seen });
    expect(await gone.end()).toEqual({ kind: "refused", why: "gone", aside: "" });
    await nothingLeft(place);
  });
});

describe("who is attached", () => {
  test("and does not read is dropped, and holds up neither the REPL nor the others", async () => {
    const place = aReplPlace();
    const reader = place.attach({ words: interpreter });
    await reader.says("ready");
    const idle = place.attach();
    await idle.says("ready");
    idle.child.stdout?.pause();
    const begin = performance.now();
    reader.type("for _ in range(200): print('x' * 100_000, end='')\n");
    reader.type("print('end', flush=True)\n");
    await reader.says(/end\s$/);
    expect(performance.now() - begin).toBeLessThan(6000);
    expect(reader.text().length).toBeGreaterThan(20_000_000);
    idle.child.stdout?.resume();
    expect((await idle.end())?.kind).toBe("output");
    const again = place.attach({ seen: seenBy(idle) });
    expect(await again.says(/end\s*$/)).toMatch(/x{1000}/);
    reader.type("sys.exit(0)\n");
    await reader.end();
  });

  test("and says nothing for long is given up", async () => {
    const place = aReplPlace();
    const silent = place.attach({ silence: 0.3, words: interpreter });
    await silent.says("ready");
    expect((await silent.end())?.kind).toBe("output");
    process.kill(holderOf(place), "SIGTERM");
    await nothingLeft(place);
  });

  test("comes again under the same id in place of the one that hangs", async () => {
    const place = aReplPlace();
    const hanging = place.attach({ id: "same", words: interpreter });
    await hanging.says("ready");
    const again = place.attach({ id: "same" });
    await again.says("ready");
    await hanging.end();
    again.type("sys.exit(3)\n");
    expect(await again.end()).toEqual({ kind: "ended", exitCode: 3 });
  });
});

describe("the socket", () => {
  test("is in a directory of this user alone", async () => {
    const place = aReplPlace();
    const one = place.attach({ words: interpreter });
    await one.says("ready");
    const [base = "", inner = ""] = place.left();
    for (const path of [base, inner])
      expect(lstatSync(join(place.root, path)).mode & 0o777).toBe(0o700);
    one.type("sys.exit(0)\n");
    await one.end();
  });

  test.each([
    ["others may enter", 'mkdir -m 750 "$0"'],
    ["is a link", 'mkdir -m 700 "$0.real" && ln -s "$0.real" "$0"'],
    ["belongs to somebody else", 'mkdir -m 700 "$0" && chown 1 "$0"'],
  ])("is not put where the directory %s", async (_, script) => {
    const place = aReplPlace();
    const base = join(place.root, `igor-repl.${String(process.geteuid?.())}`);
    expect(spawnSync("sh", ["-c", script, base]).status).toBe(0);
    const one = place.attach({ words: interpreter });
    expect(await one.end()).toBeUndefined();
    expect(one.child.exitCode).toBe(97);
  });
});

// Shells that do what such a Python does stand in for it: there is none here.
test.each([
  ["older than 3.7", "exit 96"],
  ["of version 2", "echo 'Unknown option: -I' >&2; exit 2"],
])(
  "a Python that is %s is passed over, and where there is no other one that is told",
  (_, script) => {
    const old = join(temporaryDirectory("igor-old-python-"), "old");
    writeFileSync(old, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const says = "import sys; print('it', *sys.argv[1:])";
    const find = (path: string): unknown => {
      const words = ["-c", findProgram, "igor-repl", old, says, "runs"];
      const { stdout, status } = spawnSync("/bin/sh", words, {
        encoding: "utf8",
        env: { PATH: path },
      });
      return { stdout, status };
    };
    expect(find(process.env["PATH"] ?? "")).toEqual({ stdout: "it runs\n", status: 0 });
    expect(find("/nowhere")).toEqual({ stdout: "", status: 96 });
  },
);

test("both programs are Python 3.7", () => {
  const programs = [attachProgram, holdProgram].map((text) => JSON.stringify(text));
  const check = `import ast\nfor text in (${programs.join(", ")}): ast.parse(text, feature_version=(3, 7))`;
  expect(spawnSync("python3", ["-c", check], { encoding: "utf8" }).stderr).toBe("");
});

test("a command that cannot be begun says so as any other does", async () => {
  const place = aReplPlace();
  const missing = place.attach({ words: ["no-such-program"] });
  expect(await missing.end()).toEqual({ kind: "ended", exitCode: 127 });
  expect(missing.text()).toContain("no-such-program");
  const killed = place.attach({ words: ["sh", "-c", "kill -KILL $$"] });
  expect(await killed.end()).toEqual({ kind: "ended", exitCode: 137 });
});
