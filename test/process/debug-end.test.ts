import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { debugProgramBytes } from "../../src/remote/debug.ts";
import { DebugEnd, FakeAdapter, holdSeconds } from "../support/debug-end.ts";
import type { Said } from "../support/debug-end.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const stack = { stackFrames: [{ id: 3, source: { path: "/a.py" } }], totalFrames: 1 };
const locals = { scopes: [{ name: "Locals", variablesReference: 4 }] };
const rows = { variables: [{ name: "rows", value: "[1]", variablesReference: 5 }] };

/** A far end that has joined an adapter. */
async function joined(): Promise<{
  readonly end: DebugEnd;
  readonly adapter: FakeAdapter;
  readonly stopped: () => Promise<Said>;
  [Symbol.asyncDispose](): Promise<void>;
}> {
  const adapter = await FakeAdapter.start();
  const end = new DebugEnd();
  end.hello({ join: adapter.port });
  await end.says("that it is ready", ({ event }) => event === "igorReady");
  return {
    end,
    adapter,
    stopped: () => end.says("that it has stopped", ({ event }) => event === "stopped"),
    async [Symbol.asyncDispose]() {
      await end[Symbol.asyncDispose]();
      await adapter[Symbol.asyncDispose]();
    },
  };
}

/** Lets the program stop, and answers what is asked ahead up to the local variables. */
async function stop(adapter: FakeAdapter): Promise<void> {
  adapter.event("stopped", { reason: "step", threadId: 1 });
  adapter.answer(await adapter.isAsked("threads"), { threads: [{ id: 1, name: "main" }] });
  adapter.answer(await adapter.isAsked("stackTrace"), stack);
  adapter.answer(await adapter.isAsked("scopes"), locals);
  adapter.answer(await adapter.isAsked("variables"), rows);
}

const request = (seq: number, command: string, more: object = {}): object => ({
  seq,
  type: "request",
  command,
  ...more,
});

describe("what is asked ahead", () => {
  test("travels before the news that a program has stopped", async () => {
    await using session = await joined();
    const { end, adapter, stopped } = session;
    await stop(adapter);
    await stopped();
    const ahead = await end.says("answers", ({ event }) => event === "igorAhead");
    const { answers } = ahead.body as { answers: readonly (readonly unknown[])[] };
    expect(answers.map(([command]) => command)).toEqual([
      "threads",
      "stackTrace",
      "scopes",
      "variables",
    ]);
  });

  test("is not held back by a question of the last stop that nobody answers", async () => {
    await using session = await joined();
    const { end, adapter, stopped } = session;
    adapter.event("stopped", { reason: "step", threadId: 1 });
    await adapter.isAsked("threads");
    await stopped();
    end.send(request(7, "continue", { arguments: {}, igorChange: 1, igorUsed: [] }));
    adapter.answer(await adapter.isAsked("continue"));
    await stop(adapter);
    await stopped();
    const told = end.said.filter(({ event }) => event === "igorAhead");
    expect(told.at(-1)?.body?.["answers"]).toHaveLength(4);
  });

  test("forgets what was known where a stop comes to nothing new", async () => {
    await using session = await joined();
    const { end, adapter, stopped } = session;
    adapter.event("stopped", { reason: "step", threadId: 1 });
    await stopped();
    const ahead = await end.says("no answers", ({ event }) => event === "igorAhead");
    expect(ahead.body).toMatchObject({ answers: [] });
  });

  test("is no answer to what the client asks after a change", async () => {
    await using session = await joined();
    const { end, adapter, stopped } = session;
    adapter.event("stopped", { reason: "step", threadId: 1 });
    adapter.answer(await adapter.isAsked("threads"));
    adapter.answer(await adapter.isAsked("stackTrace"), stack);
    adapter.answer(await adapter.isAsked("scopes"), locals);
    const slow = await adapter.isAsked("variables");
    await stopped();
    const variables = { arguments: { variablesReference: 4 } };
    end.send(request(7, "variables", variables));
    end.send(request(8, "setVariable", { arguments: {}, igorChange: 1, igorUsed: [] }));
    end.send(request(9, "variables", variables));
    adapter.answer(await adapter.isAsked("setVariable"));
    const again = await adapter.isAsked("variables");
    adapter.answer(slow, rows);
    adapter.answer(again, { variables: [] });
    const answerTo = (seq: number) =>
      end.says(`the answer to ${String(seq)}`, (said) => said.request_seq === seq);
    expect((await answerTo(7)).body).toEqual(rows);
    expect((await answerTo(9)).body).toEqual({ variables: [] });
  });

  test("is what the client has looked at, until it does so no more", async () => {
    await using session = await joined();
    const { end, adapter, stopped } = session;
    let seq = 1;
    /** Whether the children of what is in the local variables were asked for, at a stop where the client used these. */
    const asksFor = async (igorUsed: readonly number[]): Promise<boolean> => {
      await stop(adapter);
      const isStopped = (said: Said): boolean => said.event === "stopped";
      await until("more", () => adapter.asked.length > 0 || end.said.some(isStopped));
      const more = adapter.asked.splice(0);
      for (const each of more) {
        expect(each).toMatchObject({ command: "variables", arguments: { variablesReference: 5 } });
        adapter.answer(each, { variables: [] });
      }
      await stopped();
      seq += 1;
      end.send(request(seq, "continue", { arguments: {}, igorChange: seq, igorUsed }));
      adapter.answer(await adapter.isAsked("continue"));
      return more.length > 0;
    };
    expect(await asksFor([4])).toBe(false);
    expect(await asksFor([4, 5])).toBe(false);
    expect(await asksFor([4])).toBe(true);
    // Nobody looks at anything: that says nothing.
    expect(await asksFor([])).toBe(true);
    expect(await asksFor([4])).toBe(true);
    expect(await asksFor([4, 5])).toBe(true);
    for (let vain = 0; vain < 3; vain += 1) expect(await asksFor([4])).toBe(true);
    expect(await asksFor([4])).toBe(false);
  });

  test("holds nothing back for long", async () => {
    await using session = await joined();
    const { adapter, stopped } = session;
    const begin = performance.now();
    adapter.event("stopped", { reason: "step", threadId: 1 });
    await stopped();
    expect(performance.now() - begin).toBeGreaterThan(holdSeconds * 900);
  });
});

test("a thread that is told to step is woken once", async () => {
  await using session = await joined();
  const { end, adapter, stopped } = session;
  await stop(adapter);
  await stopped();
  for (const seq of [7, 8]) {
    const more = { arguments: { threadId: 1 }, igorChange: seq, igorUsed: [] };
    end.send(request(seq, "next", more));
    adapter.answer(await adapter.isAsked("next"));
    await end.says("the answer", (said) => said.request_seq === seq);
  }
  const { arguments: given } = (await adapter.isAsked("evaluate")) as Said & { arguments: object };
  expect(given).toEqual({ expression: "None", context: "hover", frameId: 3 });
  await pause(50);
  expect(adapter.asked).toEqual([]);
});

describe("the far end", () => {
  test.each([
    ["before the program", debugProgramBytes().subarray(0, 100)],
    ["before the hello", debugProgramBytes()],
    [
      "within the hello",
      Buffer.concat([debugProgramBytes(), Buffer.from('Content-Length: 500\r\n\r\n{"seq"')]),
    ],
  ])("leaves without a word when igor goes %s", async (_, said) => {
    await using end = new DebugEnd({ said });
    expect(await end.end()).toBe(0);
    expect(end).toMatchObject({ stderr: "", said: [] });
  });

  test("leaves when igor goes in the middle", async () => {
    await using session = await joined();
    expect(await session.end.end()).toBe(0);
    expect(session.end.stderr).toBe("");
  });

  test.each([
    ["no message", "GET / HTTP/1.0\r\n\r\n"],
    ["no end of a header", "x".repeat(100_000)],
    ["no JSON", "Content-Length: 3\r\n\r\n{x}"],
    ["no object", "Content-Length: 2\r\n\r\n[]"],
    ["bytes", Buffer.from([0, 255, 254, 13, 10, 13, 10])],
  ])("says what is wrong with garbage instead of a hello: %s", async (_, garbage) => {
    await using end = new DebugEnd();
    end.write(garbage);
    expect(await end.ended()).toBe(1);
    expect(end.stderr).toMatch(/^igor: no message: .*\n$/);
  });

  test("ends at garbage in the middle", async () => {
    await using session = await joined();
    session.end.write("GET / HTTP/1.0\r\n\r\n");
    expect(await session.end.ended()).toBe(1);
    expect(session.end.stderr).toMatch(/^igor: no message: .*\n$/);
  });

  test("says that nobody listens", async () => {
    await using end = new DebugEnd();
    end.hello({ listening: 9 });
    const failed = await end.says("a failure", ({ event }) => event === "igorFailed");
    expect(failed.body).toMatchObject({ why: "nobody-listens", words: ["9", expect.anything()] });
    expect(await end.ended()).toBe(0);
  });

  test("takes no file of the project for a module of Python", async () => {
    const cwd = temporaryDirectory("igor-debug-");
    for (const name of ["json", "select", "socket", "zlib", "os", "zipfile", "tempfile", "io"])
      writeFileSync(join(cwd, `${name}.py`), "raise SystemExit('taken')\n");
    mkdirSync(join(cwd, "subprocess"));
    writeFileSync(join(cwd, "subprocess", "__init__.py"), "raise SystemExit('taken')\n");
    await using end = new DebugEnd({ cwd });
    end.hello({ listening: 9 });
    await end.says("a failure", ({ event }) => event === "igorFailed");
    expect(end.stderr).toBe("");
  });

  test("carries a very long message, and one that comes byte by byte", async () => {
    await using session = await joined();
    const { end, adapter } = session;
    const output = "é\u0000x".repeat(3_000_000);
    adapter.event("output", { category: "stdout", output });
    const long = await end.says("much", ({ event }) => event === "output");
    expect(long.body?.["output"] === output).toBe(true);
    const body = Buffer.from('{"seq": 9, "type": "event", "event": "output", "body": {}}');
    for (const byte of Buffer.concat([
      Buffer.from(`Content-Length: ${String(body.length)}\r\n\r\n`),
      body,
    ]))
      adapter.write(Buffer.from([byte]));
    expect(await end.says("the other", ({ seq }) => seq === 9)).toMatchObject({ event: "output" });
  });
});
