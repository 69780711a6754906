import { describe, expect, test } from "vitest";
import type { FileState, Manifest, PendingPush } from "../../src/model/manifest.ts";
import { differenceOf, parentsOf, wholeTree } from "../../src/plan/difference.ts";
import type { Difference } from "../../src/plan/difference.ts";

type States = Readonly<Record<string, FileState>>;
const f = (version: number): FileState => `f ${String(version)} ${String(version)}.000000000 644`;
const tree = (states: States) => new Map(Object.entries(states));
const attempt = (
  generation: string,
  changes: Readonly<Record<string, FileState | undefined>>,
): PendingPush => ({ generation, changes: new Map(Object.entries(changes)) });
const manifest = (states: States, pending: readonly PendingPush[] = []): Manifest => ({
  generation: "g1",
  tree: tree(states),
  pending,
});
const local = (states: States, released: readonly string[] = []) => ({
  tree: tree(states),
  released: new Set(released),
});

/** One line for each change, e.g. `replace a (1@1.0, -> b)`: what may be there in brackets. */
const shown = ({ changes }: Difference): readonly string[] =>
  changes.map(
    ({ kind, path, expected }) =>
      `${kind} ${path} (${expected.map((each) => (each.kind === "file" ? `${each.size}@${each.mtime.split(".")[0] ?? ""}` : `-> ${each.target}`)).join(", ")})`,
  );

describe("the difference to a host whose generation is known", () => {
  test.each<[string, States, Manifest, readonly string[]]>([
    ["is empty when nothing changed", { a: f(1) }, manifest({ a: f(1) }), []],
    [
      "brings what is new and what changed",
      { a: f(2), b: f(1) },
      manifest({ a: f(1) }),
      ["replace a (1@1)", "replace b ()"],
    ],
    ["deletes what is gone here", {}, manifest({ a: f(1) }), ["delete a (1@1)"]],
    [
      "sees a change of the mode alone",
      { a: "f 1 1.0 755" },
      manifest({ a: "f 1 1.0 644" }),
      ["replace a (1@1)"],
    ],
    [
      "sees that a link points elsewhere",
      { a: "l c" },
      manifest({ a: "l b" }),
      ["replace a (-> b)"],
    ],
    [
      "deletes a file first that becomes a directory",
      { "a/b": f(2) },
      manifest({ a: f(1) }),
      ["unblock a (1@1)", "replace a/b ()"],
    ],
    [
      "deletes what is in a directory first that becomes a file",
      { a: f(2) },
      manifest({ "a/b/c": f(1) }),
      ["unblock a/b/c (1@1)", "replace a ()"],
    ],
    [
      "deletes a name first that differs only in case",
      { README: f(1) },
      manifest({ Readme: f(1) }),
      ["unblock Readme (1@1)", "replace README ()"],
    ],
    [
      "deletes a file that moved last, so that it is never missing in both places",
      { "z/moved": f(1) },
      manifest({ moved: f(1) }),
      ["replace z/moved ()", "delete moved (1@1)"],
    ],
    [
      "keeps the files of one directory together",
      { "a/x": f(1), b: f(1), "a/y": f(1), "a/b/z": f(1), c: f(1) },
      manifest({}),
      ["replace b ()", "replace c ()", "replace a/x ()", "replace a/y ()", "replace a/b/z ()"],
    ],
    [
      "sends a file again that may have been saved unseen",
      { a: f(1) },
      manifest({ a: `${f(1)} racy` }),
      ["replace a (1@1)"],
    ],
    [
      "does not know which of two states is there after an attempt that was cut",
      { a: f(2) },
      manifest({ a: f(1) }, [attempt("g2", { a: f(2) })]),
      ["replace a (1@1, 2@2)"],
    ],
    [
      "expects every state of every attempt",
      { a: f(4) },
      manifest({ a: f(1) }, [attempt("g2", { a: f(2) }), attempt("g3", { a: f(3) })]),
      ["replace a (1@1, 2@2, 3@3)"],
    ],
    [
      "sends a file again that an attempt may have deleted",
      { a: f(1) },
      manifest({ a: f(1) }, [attempt("g2", { a: undefined })]),
      ["replace a (1@1)"],
    ],
    [
      "deletes what only an attempt may have brought",
      {},
      manifest({}, [attempt("g2", { a: f(2) })]),
      ["delete a (2@2)"],
    ],
    [
      "leaves alone what no attempt touched",
      { a: f(1), b: f(2) },
      manifest({ a: f(1), b: f(1) }, [attempt("g2", { b: f(2) })]),
      ["replace b (1@1, 2@2)"],
    ],
  ])("%s", (_, states, known, expected) => {
    expect(shown(differenceOf(local(states), known))).toEqual(expected);
  });

  test("releases what is still here but no longer pushed, and forgets it", () => {
    const { changes, states } = differenceOf(
      local({}, ["model.bin"]),
      manifest({ "model.bin": f(1), gone: f(1) }),
    );
    expect(changes.map(({ path }) => path)).toEqual(["gone"]);
    expect([...states]).toEqual([
      ["model.bin", undefined],
      ["gone", undefined],
    ]);
  });
});

test("a host that is not known is compared with everything, and only what this checkout pushed is deleted", () => {
  const difference = wholeTree(local({ a: f(1), b: f(2) }), manifest({ a: f(1), c: f(1) }));
  expect(shown(difference)).toEqual(["replace a (1@1)", "replace b ()", "delete c (1@1)"]);
});

test("parents are the directories above a path", () => {
  expect(parentsOf("a/b/c")).toEqual(["a", "a/b"]);
  expect(parentsOf("a")).toEqual([]);
});
