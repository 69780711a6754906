import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Event } from "../../src/model/event.ts";
import { chooseScreen } from "../../src/cli/screen-choice.ts";
import { openScreen } from "../../src/cli/screen.ts";
import type { ScreenMode, ScreenOptions } from "../../src/cli/screen.ts";
import { setupThatFails, setupThatWorks, Story } from "../view/story.ts";

/** A pipe, or a terminal of 80 columns, that remembers what was written. */
function sink(isTTY: boolean) {
  const stream = new PassThrough();
  const chunks: string[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk.toString()));
  return {
    stream: Object.assign(stream, isTTY ? { isTTY, columns: 80, rows: 24 } : {}),
    text: () => chunks.join(""),
    chunks,
  };
}

function open(mode: ScreenMode, more: Partial<ScreenOptions> = {}) {
  const stdout = sink(mode === "live");
  const stderr = sink(mode === "live");
  const screen = openScreen({
    mode,
    detail: "normal",
    stdout: stdout.stream,
    stderr: stderr.stream,
    color: { stdout: false, stderr: false },
    now: () => Date.now(),
    ...more,
  });
  const tell = (events: readonly Event[]) => {
    for (const event of events) screen.emit(event);
  };
  return { screen, tell, stdout, stderr };
}

function execOnThree(): Story {
  return new Story("docker exec", ["apollo", "enterprise", "gpu3"])
    .says(300, "apollo", "epoch 1\t0.3", "\u001b[31mred\u001b[0m")
    .says(400, "enterprise", "epoch 1")
    .ended(500, "gpu3", {
      failure: { reason: "unreachable", cause: "no-route", host: "gpu3", lastWords: [] },
    })
    .ended(600, "enterprise", { exitCode: 3 })
    .ended(700, "apollo", { exitCode: 0 })
    .over(701);
}

const gpu = {
  kind: "gpu",
  index: 0,
  name: "NVIDIA A100",
  usedBytes: 1e9,
  totalBytes: 40e9,
} as const;

function psOnTwo(): Story {
  return new Story("docker ps toy", ["apollo", "enterprise"], { asks: true })
    .found(100, "enterprise", gpu)
    .ended(101, "enterprise")
    .found(200, "apollo", { ...gpu, index: 3 })
    .ended(201, "apollo")
    .over(202);
}

const table = [
  "HOST        GPU  NAME         MEMORY",
  "apollo      3    NVIDIA A100  1.0 GB of 40 GB",
  "enterprise  0    NVIDIA A100  1.0 GB of 40 GB",
  "",
].join("\n");

const escape = "\u001b";

describe("the plain screen", () => {
  test("tells each step of a build once", () => {
    const { tell, stderr } = open("plain");
    const step = (done: number, note: string) =>
      ({ type: "progress", host: "apollo", unit: "steps", done, total: 3, note, at: 1 }) as const;
    tell([
      { type: "plan-started", title: "docker build x", hosts: ["apollo"], at: 0 },
      step(0, "FROM python"),
      step(1, "RUN make"),
      step(1, "RUN make"),
      step(3, "RUN make"),
    ]);
    expect(stderr.text()).toBe("apollo: step 1 of 3: FROM python\napollo: step 2 of 3: RUN make\n");
  });

  test("writes a line for what takes long or warns, and the sum", () => {
    const { tell, stdout, stderr } = open("plain");
    tell(setupThatWorks().events);
    expect(stderr.text()).toMatchSnapshot();
    expect(stdout.text()).toBe("");
  });

  test("tells a failure when it comes", () => {
    const { tell, stderr } = open("plain");
    tell(setupThatFails().over(9_101).events);
    expect(stderr.text()).toMatchSnapshot();
    expect(stderr.text()).not.toContain(escape);
  });

  test("shows the tools' output only when asked for", () => {
    const normal = open("plain");
    const verbose = open("plain", { detail: "verbose" });
    normal.tell(setupThatWorks().events);
    verbose.tell(setupThatWorks().events);
    expect(normal.stdout.text()).toBe("");
    expect(verbose.stdout.text()).toBe("");
    expect(normal.stderr.text()).not.toContain("Step 3/7");
    expect(verbose.stderr.text()).toContain("apollo: Step 3/7 : RUN pip install");
  });

  test("keeps a command's output apart, each line with its host, and ends with a table", () => {
    const { tell, stdout, stderr } = open("plain");
    tell(execOnThree().events);
    expect(stdout.text()).toBe("apollo: epoch 1    0.3\napollo: red\nenterprise: epoch 1\n");
    expect(stderr.text()).toMatchSnapshot();
  });
});

describe("what was asked for", () => {
  test.each(["live", "plain", "quiet"] as const)(
    "is a table on stdout, and nothing else is said (%s)",
    (mode) => {
      const { tell, stdout, stderr } = open(mode);
      tell(psOnTwo().events);
      expect(stdout.text()).toBe(table);
      expect(stderr.text()).toBe("");
    },
  );

  test.each(["live", "plain", "quiet"] as const)(
    "comes from the hosts that answer, and the failure of another stands beside it (%s)",
    (mode) => {
      const { tell, stdout, stderr } = open(mode);
      const failure = {
        reason: "unreachable",
        cause: "no-route",
        host: "enterprise",
        lastWords: [],
      } as const;
      tell(
        new Story("docker ps toy", ["apollo", "enterprise"], { asks: true })
          .ended(50, "enterprise", { failure })
          .found(60, "apollo", gpu)
          .ended(61, "apollo")
          .over(62).events,
      );
      expect(stdout.text()).toContain("apollo  0    NVIDIA A100");
      expect(stderr.text()).toContain("enterprise");
      expect(stderr.text()).not.toContain("apollo");
    },
  );
});

describe("the quiet screen", () => {
  test("says nothing when all went well", () => {
    const { tell, stdout, stderr } = open("quiet");
    tell(setupThatWorks().events);
    expect(stdout.text() + stderr.text()).toBe("");
  });

  test("tells failures and passes a command's output on", () => {
    const { tell, stdout, stderr } = open("quiet");
    tell(execOnThree().events);
    expect(stdout.text()).toContain("enterprise: epoch 1\n");
    expect(stderr.text()).toMatchSnapshot();
  });
});

describe("the JSON screen", () => {
  test("writes each event as one line and nothing else", () => {
    const { tell, stdout, stderr } = open("json");
    const story = setupThatFails().output(9_100, "apollo", "\u009b31m\u202e\ud800\u2028x").over(1);
    tell(story.events);
    const lines = stdout.text().split("\n");
    expect(lines.pop()).toBe("");
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual(
      story.events.map((event) => ({ version: 1, ...event })),
    );
    expect(stdout.text()).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202e]/);
    expect(stderr.text()).toBe("");
  });
});

describe("the live screen", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 0 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const wait = async (afterMs: number) => {
    await vi.advanceTimersByTimeAsync(afterMs);
    await vi.dynamicImportSettled();
  };

  test("writes only the end of what is over at once", () => {
    const { tell, stderr } = open("live");
    const story = new Story("push", ["apollo"])
      .decided(40, "apollo", { kind: "nothing-to-push", files: 3 })
      .ended(41, "apollo")
      .over(42);
    tell(story.events);
    expect(stderr.text()).toMatch(
      /^✓ push done on apollo in \d+ ms: nothing to push \(3 files\)\n$/,
    );
  });

  test("redraws at most 20 times a second", async () => {
    const { screen, tell, stderr } = open("live");
    tell(setupThatWorks().events.slice(0, -4));
    await wait(100);
    const before = stderr.chunks.length;
    for (let at = 0; at < 1_000; at += 5) {
      const note = `file ${at}`;
      screen.emit({ type: "progress", host: "apollo", unit: "files", done: at, note, at });
      await wait(5);
    }
    const drawn = stderr.chunks.length - before;
    expect(drawn).toBeGreaterThan(10);
    expect(drawn).toBeLessThanOrEqual(21);
    screen.close();
  });

  test("takes the live lines away when a command gets the terminal", async () => {
    const { screen, tell, stderr } = open("live");
    tell(new Story("docker repl", ["apollo"]).step(1, "apollo", "connect").events);
    await wait(200);
    expect(stderr.text()).toContain("connect");
    screen.close();
    const length = stderr.text().length;
    expect(stderr.text().slice(-60)).toContain(`${escape}[2K`);
    screen.close();
    await wait(500);
    expect(stderr.text()).toHaveLength(length);
  });

  test("writes a command's output above the live lines, in order", async () => {
    const { screen, tell, stdout } = open("live");
    const story = execOnThree();
    tell(story.events.slice(0, 3));
    await wait(150);
    tell(story.events.slice(3, 4));
    await wait(60);
    expect(stdout.text()).toBe(
      "apollo     | epoch 1    0.3\napollo     | red\nenterprise | epoch 1\n",
    );
    screen.close();
  });

  test("writes every step and the tools' output above the live lines when asked for", async () => {
    const { screen, tell, stdout, stderr } = open("live", { detail: "verbose" });
    tell(setupThatWorks().events.slice(0, -1));
    await wait(200);
    screen.close();
    expect(stderr.text()).toContain("apollo     | Step 3/7 : RUN pip install");
    expect(stderr.text()).toContain("apollo: rebuilding: requirements.txt changed\n");
    expect(stdout.text()).toBe("");
  });

  test("uses no colours when none are wanted", async () => {
    const { tell, stderr } = open("live");
    tell(setupThatWorks().events.slice(0, -1));
    await wait(300);
    tell(setupThatWorks().events.slice(-1));
    expect(stderr.text()).not.toMatch(/\u001b\[\d*m/);
  });

  test("uses colours when they are", () => {
    const { tell, stderr } = open("live", { color: { stdout: true, stderr: true } });
    tell(setupThatWorks().events);
    expect(stderr.text()).toContain(`${escape}[32m✓${escape}[39m`);
  });
});

describe("chooseScreen", () => {
  const terminal = sink(true).stream;
  const pipe = sink(false).stream;
  const wishes = {
    json: false,
    verbosity: "normal",
    env: {},
    stdout: pipe,
    stderr: terminal,
  } as const;

  test.each([
    ["live", "on a terminal", { stdout: terminal }],
    ["plain", "when stdout is a pipe", {}],
    ["plain", "when stderr is a pipe", { stdout: terminal, stderr: pipe }],
    ["plain", "on a dumb terminal", { stdout: terminal, env: { TERM: "dumb" } }],
    ["quiet", "with --quiet", { verbosity: "quiet" }],
    ["json", "with --json, even quietly", { json: true, verbosity: "quiet" }],
  ] as const)("is %s %s", (mode, _, more) => {
    expect(chooseScreen({ ...wishes, ...more }).mode).toBe(mode);
  });

  test.each([
    [{}, { stdout: false, stderr: true }],
    [{ NO_COLOR: "1" }, { stdout: false, stderr: false }],
    [{ NO_COLOR: "" }, { stdout: false, stderr: true }],
    [{ FORCE_COLOR: "1" }, { stdout: true, stderr: true }],
    [{ FORCE_COLOR: "0" }, { stdout: false, stderr: false }],
    [
      { FORCE_COLOR: "1", NO_COLOR: "1" },
      { stdout: true, stderr: true },
    ],
  ])("colours with %j: %j", (env, color) => {
    expect(chooseScreen({ ...wishes, env }).color).toEqual(color);
  });
});
