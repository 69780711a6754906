import { expect, test } from "vitest";
import { parseDebugWords } from "../../src/request/debug-words.ts";

const dev = { kind: "dap", hostGroup: "dev", host: undefined };

test.each([
  ["", { where: dev, rank: undefined, what: { kind: "file" }, args: [] }],
  [
    "--lr 0.1 -g x",
    { where: dev, rank: undefined, what: { kind: "file" }, args: ["--lr", "0.1", "-g", "x"] },
  ],
  [
    "-g cluster --host=apollo --lr 1",
    {
      where: { kind: "dap", hostGroup: "cluster", host: "apollo" },
      rank: undefined,
      what: { kind: "file" },
      args: ["--lr", "1"],
    },
  ],
  ["-- test", { where: dev, rank: undefined, what: { kind: "file" }, args: ["test"] }],
  ["test -q", { where: dev, rank: undefined, what: { kind: "test" }, args: ["-q"] }],
  [
    "module a.b last",
    { where: dev, rank: undefined, what: { kind: "module", module: "a.b" }, args: ["last"] },
  ],
  ["attach", { where: dev, rank: undefined, what: { kind: "attach", port: undefined }, args: [] }],
  ["attach 5678", { where: dev, rank: undefined, what: { kind: "attach", port: 5678 }, args: [] }],
  [
    "rank=2 module torch.distributed.run train.py",
    {
      where: dev,
      rank: { rank: 2, others: "run" },
      what: { kind: "module", module: "torch.distributed.run" },
      args: ["train.py"],
    },
  ],
  [
    "--host=apollo rank=0 others=wait --lr 1",
    {
      where: { ...dev, host: "apollo" },
      rank: { rank: 0, others: "wait" },
      what: { kind: "file" },
      args: ["--lr", "1"],
    },
  ],
  ["-- rank=2", { where: dev, rank: undefined, what: { kind: "file" }, args: ["rank=2"] }],
  ["rank=all", { where: dev, rank: undefined, what: { kind: "file" }, args: ["rank=all"] }],
  ["last", { where: dev, rank: undefined, what: { kind: "last" }, args: [] }],
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
  ["rank=1 last", { kind: "extra-argument", given: "rank=1" }],
  ["rank=1 attach", { kind: "extra-argument", given: "rank=1" }],
  ["-g", { kind: "option-needs-value", given: "-g", valueName: "NAME" }],
])(":IgorDebug %s is refused", (line, problem) => {
  expect(parseDebugWords(line.split(" "))).toMatchObject({ ok: false, failure: { problem } });
});
