import { expect, test } from "vitest";
import { parseDebugWords } from "../../src/request/debug-words.ts";

const dev = { kind: "dap", hostGroup: "dev", host: undefined };

test.each([
  ["", { where: dev, what: { kind: "file" }, args: [] }],
  ["--lr 0.1 -g x", { where: dev, what: { kind: "file" }, args: ["--lr", "0.1", "-g", "x"] }],
  [
    "-g cluster --host=apollo --lr 1",
    {
      where: { kind: "dap", hostGroup: "cluster", host: "apollo" },
      what: { kind: "file" },
      args: ["--lr", "1"],
    },
  ],
  ["-- test", { where: dev, what: { kind: "file" }, args: ["test"] }],
  ["test -q", { where: dev, what: { kind: "test" }, args: ["-q"] }],
  ["module a.b last", { where: dev, what: { kind: "module", module: "a.b" }, args: ["last"] }],
  ["attach", { where: dev, what: { kind: "attach", port: undefined }, args: [] }],
  ["attach 5678", { where: dev, what: { kind: "attach", port: 5678 }, args: [] }],
  ["last", { where: dev, what: { kind: "last" }, args: [] }],
])(":IgorDebug %s", (line, value) => {
  expect(parseDebugWords(line.split(" ").filter((word) => word !== ""))).toEqual({
    ok: true,
    value,
  });
});

test.each([
  ["module", { kind: "missing-argument", name: "NAME" }],
  ["attach train.py", { kind: "missing-argument", name: "PORT" }],
  ["attach 5678 5679", { kind: "extra-argument", given: "5679" }],
  ["last --lr 1", { kind: "extra-argument", given: "--lr" }],
  ["-g cluster last", { kind: "extra-argument", given: "-g" }],
  ["-g", { kind: "option-needs-value", given: "-g", valueName: "NAME" }],
])(":IgorDebug %s is refused", (line, problem) => {
  expect(parseDebugWords(line.split(" "))).toMatchObject({ ok: false, failure: { problem } });
});
