import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bedUp, cutLink, laptopEnv, onHost, restoreLink } from "../hosts/bed.ts";
import {
  containers,
  endedByNow,
  processes,
  removeContainers,
  runIgor,
  sessionOf,
  startContainers,
  startIgor,
  token,
  traces,
  until,
} from "../support/run-session.ts";
import type { RunningIgor, Wanted } from "../support/run-session.ts";

const env = laptopEnv();

beforeAll(async () => {
  await bedUp(["apollo"]);
  await startContainers("apollo");
});
afterAll(async () => {
  await removeContainers("apollo");
});

/** A command with children beside it, in another session, and without our environment; it says when all of them run. */
const family = (mark: string): readonly string[] => [
  "sh",
  "-c",
  `sleep ${mark} & setsid sleep ${mark} & env -i sleep ${mark} & sh -c "sleep ${mark} & wait" & sleep 0.3; echo up; wait`,
];

/** The same, deaf to everything but KILL. */
const deaf = (mark: string): readonly string[] => [
  "sh",
  "-c",
  `trap "" TERM INT HUP; echo up; while :; do sleep 0.${mark}; done`,
];

async function running(wanted: Wanted, mark: string): Promise<{ igor: RunningIgor; id: string }> {
  const session = sessionOf(wanted);
  const igor = await startIgor([session], env, { keepsStdinOpen: true });
  await until(
    () => igor.stdout() + igor.stderr(),
    (text) => text.includes("up"),
  );
  expect((await processes(mark, wanted)).length).toBeGreaterThan(0);
  return { igor, id: session.inputs["in_session"]! };
}

const gone = (mark: string, where: Wanted, withinMs = endedByNow): Promise<unknown> =>
  until(
    () => processes(mark, where),
    (left) => left.length === 0,
    withinMs,
  );

describe.each(Object.entries(containers))(
  "in a container with the user of kind %s",
  (_, container) => {
    test("Ctrl-C ends everything the command started before igor is gone, with 130", async () => {
      const mark = token();
      const { igor, id } = await running({ container, words: family(mark) }, mark);
      igor.interrupt();
      expect(await igor.ended).toBe(130);
      expect(await processes(mark, { container })).toEqual([]);
      await until(
        () => traces(id),
        (left) => left.length === 0,
      );
    });

    test.each([
      ["SIGTERM", 143],
      ["SIGHUP", 129],
    ] as const)("%s to igor ends everything, with %i", async (signal, code) => {
      const mark = token();
      const { igor } = await running({ container, words: family(mark) }, mark);
      igor.kill(signal);
      expect(await igor.ended).toBe(code);
      expect(await processes(mark, { container })).toEqual([]);
    });

    test("kill -9 of igor leaves nothing", async () => {
      const mark = token();
      const { igor } = await running({ container, words: family(mark) }, mark);
      igor.kill("SIGKILL");
      await gone(mark, { container, words: [] });
    });
  },
);

test("what is deaf to signals is killed while Ctrl-C waits for it", async () => {
  const mark = token();
  const { igor } = await running({ words: deaf(mark) }, mark);
  igor.interrupt();
  expect(await igor.ended).toBe(130);
  await gone(mark, { words: [] }, 3000);
});

test("Ctrl-C lets a Python program clean up", async () => {
  const container = containers.root;
  const program =
    'import time\nprint("up", flush=True)\ntry:\n  time.sleep(99)\nexcept KeyboardInterrupt:\n  print("saved", flush=True); open("/tmp/saved", "w").write("yes")';
  const igor = await startIgor([sessionOf({ container, words: ["python3", "-c", program] })], env, {
    keepsStdinOpen: true,
  });
  await until(
    () => igor.stdout(),
    (text) => text.includes("up"),
  );
  igor.interrupt();
  expect(await igor.ended).toBe(130);
  expect((await onHost("apollo", ["docker", "exec", container, "cat", "/tmp/saved"])).stdout).toBe(
    "yes",
  );
});

test("a program that overwrites its environment, as setproctitle does, is ended with its children", async () => {
  const container = containers.root;
  const mark = token();
  // What setproctitle does: the memory that /proc/PID/environ shows gets another content.
  const program = `
import ctypes, os, subprocess, time
start, end = [int(n) for n in open("/proc/self/stat").read().rsplit(")", 1)[1].split()[47:49]]
ctypes.memset(start, 0x78, end - start)
subprocess.Popen(["sleep", "${mark}"], env={})
print("up", flush=True)
time.sleep(99)`;
  const { igor } = await running({ container, words: ["python3", "-c", program, mark] }, mark);
  igor.kill("SIGKILL");
  await gone(mark, { container, words: [] });
});

test.each(["first process", "shared connection"])(
  "kill -9 of the %s of ssh leaves nothing, and igor ends with 125",
  async (which) => {
    const mark = token();
    const { igor } = await running({ words: family(mark) }, mark);
    if (which === "first process") process.kill(igor.children("LogLevel=ERROR")[0]!, "SIGKILL");
    else await killMaster();
    expect(await igor.ended).toBe(125);
    expect(igor.stderr()).toContain("unreachable");
    await gone(mark, { words: [] });
  },
);

test("a cut link is told within 12 seconds, and the far side ends everything by itself", async () => {
  const mark = token();
  const { igor } = await running({ words: family(mark) }, mark);
  const cutAt = Date.now();
  await cutLink("apollo");
  try {
    expect(await igor.ended).toBe(125);
    expect(Date.now() - cutAt).toBeLessThan(13_000);
    expect(igor.stderr()).toContain('"cause":"command-cut"');
    await gone(mark, { words: [] }, 25_000);
  } finally {
    await restoreLink("apollo");
  }
});

test("igor that was suspended says that it stood still, and blames no network", async () => {
  const mark = token();
  const { igor } = await running({ words: family(mark) }, mark);
  igor.kill("SIGSTOP");
  try {
    await gone(mark, { words: [] }, 25_000);
  } finally {
    igor.kill("SIGCONT");
  }
  expect(await igor.ended).toBe(125);
  expect(igor.stderr()).toContain('"cause":"stood-still"');
});

test("a reader that goes away ends the command", async () => {
  const mark = token();
  const { igor } = await running(
    { words: ["sh", "-c", `echo up; sleep 1; while :; do echo ${mark}; done`] },
    mark,
  );
  igor.child.stdout?.destroy();
  expect(await igor.ended).not.toBe(0);
  await gone(mark, { words: [] });
});

test("a kill that arrives before the start wins", async () => {
  const mark = token();
  const words = ["sh", "-c", `echo ran ${mark}; sleep ${mark}`];
  const session = sessionOf({ words });
  const id = session.inputs["in_session"]!;
  await onHost(
    "apollo",
    `d=/home/dino/session-test/.igor/host/home/.igor-sessions; mkdir -p $d/${id}; touch $d/${id}/stop; chown -R dino: $d; chmod 711 $d`,
  );
  const igor = await startIgor([session], env);
  expect(await igor.ended).toBe(143);
  expect(igor.stdout()).toBe("");
  expect(await processes(mark)).toEqual([]);
});

test("a kill at any moment, of igor alone or with its children, leaves nothing", async () => {
  const marks: string[] = [];
  for (let afterMs = 50; afterMs < 1200; afterMs += 75) {
    const mark = token();
    marks.push(mark);
    const igor = await startIgor([sessionOf({ words: family(mark) })], env, {
      keepsStdinOpen: true,
    });
    await pause(afterMs);
    try {
      if (afterMs % 2 === 0) igor.kill("SIGKILL");
      else process.kill(-igor.pid, "SIGKILL");
    } catch {
      // It had ended already.
    }
    await igor.ended;
  }
  await until(
    async () => (await processes("")).filter((line) => marks.some((mark) => line.includes(mark))),
    (left) => left.length === 0,
    endedByNow,
  );
});

test("a session whose guard never comes ends itself", async () => {
  const mark = token();
  const session = sessionOf({ words: family(mark) });
  const igor = await startIgor([session], env, { keepsStdinOpen: true });
  // The shell of the guard goes before it can start one.
  await until(
    () => igor.children("LogLevel=ERROR").length,
    (count) => count === 1,
  );
  igor.kill("SIGKILL");
  await gone(mark, { words: [] });
});

test("Ctrl-C works again and again", async () => {
  for (let round = 0; round < 3; round++) {
    const mark = token();
    const { igor } = await running({ words: family(mark) }, mark);
    igor.interrupt();
    expect(await igor.ended).toBe(130);
    expect(await processes(mark)).toEqual([]);
  }
  expect(await runIgor({ words: ["echo", "fine"] }, env)).toMatchObject({
    code: 0,
    stdout: "fine\n",
  });
});

async function killMaster(): Promise<void> {
  const { spawnSync } = await import("node:child_process");
  const masters = spawnSync("pgrep", ["-f", `${env["XDG_CACHE_HOME"]!}.*\\[mux\\]`], {
    encoding: "utf8",
  }).stdout.trim();
  expect(masters).toMatch(/^\d+$/);
  process.kill(Number(masters), "SIGKILL");
}
