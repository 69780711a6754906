import { expect, test } from "vitest";
import { KnownAnswers } from "../../src/debug/known-answers.ts";
import type { Request } from "../../src/debug/message.ts";

const ask = (command: string, given: Request["arguments"] = {}): Request => ({
  type: "request",
  seq: 1,
  command,
  arguments: given,
});
const frames = [{ id: 1 }, { id: 2 }, { id: 3 }];
const stack = { stackFrames: frames, totalFrames: 3 };
const rows = { variables: [{ name: "rows" }] };

/** What is known after a stop. */
function known(change = 0): KnownAnswers {
  const answers = new KnownAnswers();
  answers.take({
    change,
    answers: [
      ["threads", {}, { threads: [] }],
      ["stackTrace", { threadId: 1 }, stack],
      ["variables", { variablesReference: 4 }, rows],
    ],
  });
  return answers;
}

test.each([
  [{}, [1, 2, 3]],
  [{ startFrame: 0, levels: 1 }, [1]],
  [{ startFrame: 1, levels: 1 }, [2]],
  [{ startFrame: 2, levels: 20 }, [3]],
  [{ startFrame: 7, levels: 20 }, []],
  // Like debugpy, which gives all of them where there is no number.
  [{ startFrame: 1 }, [1, 2, 3]],
  [{ startFrame: 1, levels: 0 }, [1, 2, 3]],
])("of a stack is answered what was asked for: %j", (part, ids) => {
  const answer = known().answerTo(ask("stackTrace", { threadId: 1, ...part }));
  expect(answer).toEqual({ stackFrames: ids.map((id) => ({ id })), totalFrames: 3 });
});

test.each(["rows", "rows[0].name", "rows['a']", "größe", "-1"])(
  "a glance at %s changes nothing",
  (expression) => {
    const answers = known();
    expect(answers.changeBy(ask("evaluate", { expression, context: "watch" }))).toBeUndefined();
    expect(answers.answerTo(ask("threads"))).toBeDefined();
  },
);

test.each(["rows.append(1)", "rows = []", "del rows", "f'{rows.pop()}'"])(
  "a glance at %s may change everything",
  (expression) => {
    const answers = known();
    const change = answers.changeBy(ask("evaluate", { expression, context: "hover" }));
    expect(change).toEqual({ igorChange: 1, igorUsed: [] });
    expect(answers.answerTo(ask("threads"))).toBeUndefined();
  },
);

test("what was looked at is told once", () => {
  const answers = known();
  answers.answerTo(ask("variables", { variablesReference: 4 }));
  answers.answerTo(ask("variables", { variablesReference: 5 }));
  expect(answers.changeBy(ask("next"))).toEqual({ igorChange: 1, igorUsed: [4] });
  expect(answers.changeBy(ask("next"))).toEqual({ igorChange: 2, igorUsed: [] });
});

test("what was asked before a change is no answer after it", () => {
  const answers = known();
  answers.changeBy(ask("next"));
  answers.take({ change: 0, answers: [["threads", {}, {}]] });
  expect(answers.answerTo(ask("threads"))).toBeUndefined();
  answers.take({ change: 1, answers: [["threads", {}, {}]] });
  expect(answers.answerTo(ask("threads"))).toEqual({});
});

test("a program that goes on, or stops with nothing known, takes what was known with it", () => {
  const answers = known();
  answers.told("continued");
  expect(answers.answerTo(ask("threads"))).toBeUndefined();
  const others = known();
  others.take({ change: 0, answers: [] });
  expect(others.answerTo(ask("threads"))).toBeUndefined();
});
