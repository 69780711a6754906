import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bedUp, cutLink, laptopEnv, restoreLink } from "../hosts/bed.ts";
import {
  containers,
  endedByNow,
  processes,
  removeContainers,
  sessionOf,
  sessionProgram,
  startContainers,
  token,
  until,
} from "../support/run-session.ts";
import { openTerminal } from "../support/terminal.ts";
import type { Terminal } from "../support/terminal.ts";

const env = laptopEnv();

beforeAll(async () => {
  await bedUp(["apollo"]);
  await startContainers("apollo");
});
afterAll(async () => {
  await removeContainers("apollo");
});

/** A shell around igor, as a user has one: it prints the exit code and whether the terminal is as it was. */
const shellAround =
  'before=$(stty -g); node "$0" "$1"; echo "code $?"; [ "$before" = "$(stty -g)" ] && echo restored; sleep 1000';

async function repl(
  words: readonly string[],
  container: string = containers.root,
): Promise<Terminal> {
  const request = JSON.stringify({
    sessions: [sessionOf({ words, container, tty: true })],
    streams: "own",
  });
  return openTerminal(["sh", "-c", shellAround, await sessionProgram(), request], env);
}

/** igor itself, with nothing around it. */
async function bare(
  words: readonly string[],
  container: string = containers.root,
): Promise<Terminal> {
  const request = JSON.stringify({
    sessions: [sessionOf({ words, container, tty: true })],
    streams: "own",
  });
  return openTerminal([process.execPath, await sessionProgram(), request], env);
}

const gone = (
  mark: string,
  container: string = containers.root,
  withinMs = endedByNow,
): Promise<unknown> =>
  until(
    () => processes(mark, { container }),
    (left) => left.length === 0,
    withinMs,
  );

describe.each(Object.entries(containers))(
  "in a container with the user of kind %s",
  (_, container) => {
    test("a command sees a terminal of the right size from its first moment, and every new size", async () => {
      using terminal = await repl(
        ["sh", "-c", 'stty size; trap "stty size" WINCH; while :; do sleep 0.1; done'],
        container,
      );
      await terminal.shows(/^30 100$/m);
      expect(terminal.screen()).not.toContain("0 0");
      terminal.resize(90, 25);
      await terminal.shows(/^25 90$/m);
    });
  },
);

test("TERM, colours and unicode pass", async () => {
  using terminal = await repl([
    "sh",
    "-c",
    "echo $TERM $COLORTERM $LANG; printf '%s\\n' 'ünï 漢字'; read line; echo \"got $line\"",
  ]);
  await terminal.shows("xterm-256color truecolor C.UTF-8");
  await terminal.shows("ünï 漢字");
  terminal.type("grüß漢");
  terminal.keys("BSpace", "Enter");
  await terminal.shows("got grüß");
});

test("a REPL answers, Ctrl-C interrupts what runs in it and not it, and its exit code passes", async () => {
  using terminal = await repl(["python3"]);
  await terminal.shows(">>>");
  terminal.enter("1 + 41");
  await terminal.shows(/^42$/m);
  terminal.enter("import time; time.sleep(1000)");
  await terminal.shows("sleep(1000)");
  terminal.keys("C-c");
  await terminal.shows("KeyboardInterrupt");
  terminal.enter("exit(7)");
  await terminal.shows("code 7");
  await terminal.shows("restored");
});

test("Ctrl-P reaches the program at once, although Docker detaches by it", async () => {
  using terminal = await repl(["python3"]);
  await terminal.shows(">>>");
  terminal.enter("'x' * 3 + 'first'");
  await terminal.shows("'xxxfirst'");
  terminal.keys("C-p");
  await terminal.shows(/>>> 'x' \* 3 \+ 'first'\n'xxxfirst'\n>>> 'x' \* 3 \+ 'first'/);
});

test("nothing of ssh's own words is on the screen", async () => {
  using terminal = await repl(["sh", "-c", "echo out; exit 3"]);
  await terminal.shows("restored");
  expect(terminal.screen().trim().split("\n")).toEqual(["out", "code 3", "restored"]);
});

test("a container that is missing is told, and the terminal is as before", async () => {
  using terminal = await repl(["python3"], "no-such-container");
  await terminal.shows("code 125");
  await terminal.shows("restored");
  expect(terminal.screen().replaceAll("\n", "")).toContain('"reason":"no-container"');
});

test.each(["SIGTERM", "SIGHUP", "SIGINT", "SIGKILL"] as const)(
  "%s to igor leaves nothing in the container",
  async (signal) => {
    const mark = token();
    using terminal = await bare([
      "sh",
      "-c",
      `setsid sleep ${mark} & sleep ${mark} & exec python3 -i -c "print('u' 'p')" ${mark}`,
    ]);
    await terminal.shows("up");
    process.kill(terminal.pid, signal);
    await gone(mark);
  },
);

test.each([
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)("%s to igor gives the terminal back as it was, with %i", async (signal, code) => {
  using terminal = await repl(["python3", "-i", "-c", "print('u' 'p')"]);
  await terminal.shows("up");
  const { spawnSync } = await import("node:child_process");
  const igor = spawnSync("pgrep", ["-P", String(terminal.pid), "node"], {
    encoding: "utf8",
  }).stdout.trim();
  process.kill(Number(igor), signal);
  await terminal.shows(`code ${String(code)}`);
  await terminal.shows("restored");
});

test("closing the terminal's window leaves nothing, a bash that ignores TERM included", async () => {
  const mark = token();
  using terminal = await bare(["bash", "--norc", "-i"]);
  await terminal.shows("bash-5");
  terminal.enter(`sleep ${mark} & sleep ${mark}`);
  await until(
    () => processes(mark, { container: containers.root }),
    (found) => found.length === 2,
  );
  terminal.close();
  await gone(mark, containers.root, 4000);
  expect(await processes("--norc", { container: containers.root })).toEqual([]);
});

test("a cut link is told within 12 seconds, gives the terminal back, and the far side ends the REPL", async () => {
  const mark = token();
  using terminal = await repl(["python3", "-i", "-c", "print('u' 'p')", mark]);
  await terminal.shows("up");
  await cutLink("apollo");
  try {
    await terminal.shows("code 125", 13_500);
    await terminal.shows("restored");
    expect(terminal.screen().replaceAll("\n", "")).toContain("command-cut");
    await gone(mark, containers.root, 25_000);
  } finally {
    await restoreLink("apollo");
  }
});
