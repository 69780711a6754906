import { execFileSync } from "node:child_process";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { FileState, Manifest } from "../../src/model/manifest.ts";
import { ManifestStore } from "../../src/project/manifest-store.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "igor-manifest-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const store = () => new ManifestStore(directory, "dino@apollo:/srv/mnist");
const changes = (entries: Readonly<Record<string, FileState | undefined>>) =>
  new Map(Object.entries(entries));
const journal = () =>
  join(directory, readdirSync(directory).find((name) => name.endsWith(".journal")) ?? "");

/** A manifest that can be compared. */
const shown = ({ generation, tree, pending }: Manifest) => ({
  generation,
  tree: Object.fromEntries(tree),
  pending: pending.map((attempt) => [attempt.generation, Object.fromEntries(attempt.changes)]),
});

describe("the manifest of a host", () => {
  test("is empty where igor never pushed, and each destination has its own", () => {
    expect(shown(store().load())).toEqual({ generation: undefined, tree: {}, pending: [] });
    const here = store();
    here.addPending({ generation: "g1", changes: changes({ a: "f 1 1.0 644" }) });
    expect(new ManifestStore(directory, "dino@enterprise:/srv/mnist").load().pending).toEqual([]);
    expect(store().load().pending).toHaveLength(1);
  });

  test("holds an attempt as pending until the host confirms it", () => {
    const here = store();
    here.addPending({
      generation: "g1",
      changes: changes({ a: "f 1 1.0 644", "b\nc\\": "l x\ny" }),
    });
    expect(shown(here.load())).toEqual({
      generation: undefined,
      tree: {},
      pending: [["g1", { a: "f 1 1.0 644", "b\nc\\": "l x\ny" }]],
    });
    here.confirm("g1");
    here.addPending({ generation: "g2", changes: changes({ a: undefined }) });
    const confirmed = { a: "f 1 1.0 644", "b\nc\\": "l x\ny" };
    expect(shown(store().load())).toEqual({
      generation: "g1",
      tree: confirmed,
      pending: [["g2", { a: undefined }]],
    });
    here.confirm("g2");
    expect(shown(store().load())).toEqual({
      generation: "g2",
      tree: { "b\nc\\": "l x\ny" },
      pending: [],
    });
  });

  test("takes the last of two notes of one attempt for what the host has", () => {
    const here = store();
    here.addPending({ generation: "g1", changes: changes({ a: "f 1 1.0 644", b: "f 1 1.0 644" }) });
    here.addPending({ generation: "g1", changes: changes({ a: "f 2 2.0 644" }) });
    expect(here.load().pending).toHaveLength(2);
    here.confirm("g1");
    expect(shown(here.load())).toEqual({
      generation: "g1",
      tree: { a: "f 2 2.0 644" },
      pending: [],
    });
  });

  test("forgets the attempts that a confirmed one was made after", () => {
    const here = store();
    here.addPending({ generation: "g1", changes: changes({ a: "f 1 1.0 644" }) });
    here.load();
    here.addPending({ generation: "g2", changes: changes({ a: "f 2 2.0 644" }) });
    here.confirm("g2");
    expect(shown(here.load())).toEqual({
      generation: "g2",
      tree: { a: "f 2 2.0 644" },
      pending: [],
    });
  });

  test("keeps an attempt that another igor made at the same time, because a part of it may have arrived", () => {
    const [one, other] = [store(), store()];
    one.load();
    other.load();
    other.addPending({ generation: "g2", changes: changes({ b: "f 2 2.0 644" }) });
    one.addPending({ generation: "g1", changes: changes({ a: "f 1 1.0 644" }) });
    one.confirm("g1");
    expect(shown(store().load())).toEqual({
      generation: "g1",
      tree: { a: "f 1 1.0 644" },
      pending: [["g2", { b: "f 2 2.0 644" }]],
    });
  });

  test("is read on from where it was read before, and anew when somebody removed the notes", () => {
    const [here, other] = [store(), store()];
    const note = (generation: string, entries: Readonly<Record<string, FileState>>) => {
      other.addPending({ generation, changes: changes(entries) });
      other.confirm(generation);
      return other.load().tree.size;
    };
    expect([note("g1", { a: "f 1 1.0 644" }), here.load().tree.size]).toEqual([1, 1]);
    expect([note("g2", { b: "f 1 1.0 644" }), here.load().tree.size]).toEqual([2, 2]);
    for (const name of readdirSync(directory)) rmSync(join(directory, name));
    expect([here.load(), other.load()].map(shown)).toEqual(
      [0, 0].map(() => ({ generation: undefined, tree: {}, pending: [] })),
    );
    expect(note("g3", { c: "f 1 1.0 644" })).toBe(1);
    expect(shown(here.load())).toEqual(shown(store().load()));
  });

  test("forgets an attempt that the host refused, and no other", () => {
    const here = store();
    here.addPending({ generation: "g1", changes: changes({ a: "f 1 1.0 644" }) });
    here.addPending({ generation: "g2", changes: changes({ b: "f 1 1.0 644" }) });
    here.withdraw("g2");
    expect(here.load().pending.map(({ generation }) => generation)).toEqual(["g1"]);
  });

  test("ignores the confirmation of an attempt that it does not know", () => {
    const here = store();
    here.confirm("unknown");
    expect(shown(here.load())).toEqual({ generation: undefined, tree: {}, pending: [] });
  });
});

describe("a crash", () => {
  test("at any byte of the journal leaves a manifest that was true before, and what comes later is not lost", () => {
    const here = store();
    const stages = [shown(here.load())];
    const note = (write: () => void) => {
      write();
      stages.push(shown(here.load()));
    };
    note(() =>
      here.addPending({
        generation: "g1",
        changes: changes({ a: "f 1 1.0 644", é: "f 2 1.0 644" }),
      }),
    );
    note(() => here.confirm("g1"));
    note(() => here.addPending({ generation: "g2", changes: changes({ a: undefined, b: "l é" }) }));
    note(() => here.confirm("g2"));
    const whole = readFileSync(journal());
    let reached = 0;
    for (let bytes = 0; bytes <= whole.length; bytes += 1) {
      writeFileSync(journal(), whole);
      truncateSync(journal(), bytes);
      const found = shown(store().load());
      const stage = stages.findIndex((each) => JSON.stringify(each) === JSON.stringify(found));
      expect(stage).toBeGreaterThanOrEqual(reached);
      reached = stage;
      store().addPending({ generation: "g9", changes: changes({ z: "f 9 9.0 644" }) });
      expect(store().load().pending.at(-1)?.generation).toBe("g9");
    }
    expect(reached).toBe(stages.length - 1);
  });

  test("while the base is written leaves the old one", () => {
    const here = store();
    here.addPending({ generation: "g1", changes: changes({ a: "f 1 1.0 644" }) });
    here.confirm("g1");
    writeFileSync(
      join(directory, `${readdirSync(directory)[0]?.split(".")[0] ?? ""}.tree.4711`),
      "1\x000\x00g0\x00half",
    );
    expect(shown(store().load())).toEqual({
      generation: "g1",
      tree: { a: "f 1 1.0 644" },
      pending: [],
    });
  });
});

describe("a base that was cut short by a crash of the machine", () => {
  test("at any byte is known to be, and nothing of it is believed", () => {
    const many = new Map(
      Array.from({ length: 6000 }, (_, index): [string, FileState] => [
        `f${String(index)}`,
        "f 1 1.0 644",
      ]),
    );
    const here = store();
    here.addPending({ generation: "g1", changes: many });
    here.confirm("g1");
    here.load();
    here.addPending({ generation: "g2", changes: changes({ a: "f 1 1.0 644" }) });
    here.confirm("g2");
    const base = join(
      directory,
      readdirSync(directory).find((name) => name.endsWith(".tree")) ?? "",
    );
    const whole = readFileSync(base);
    const journals = readdirSync(directory).filter((name) => name.endsWith(".journal"));
    const written = journals.map((name) => readFileSync(join(directory, name)));
    for (const bytes of [0, 1, 5, 12, 100, 40_000, whole.length - 12, whole.length - 1]) {
      writeFileSync(base, whole.subarray(0, bytes));
      for (const [index, name] of journals.entries())
        writeFileSync(join(directory, name), written[index] ?? "");
      const found = store().load();
      expect([bytes, found.generation, found.tree.size, found.pending]).toEqual([
        bytes,
        undefined,
        0,
        [],
      ]);
    }
  });
});

describe("a long journal", () => {
  const many = (generation: string) =>
    new Map(
      Array.from({ length: 6000 }, (_, index): [string, FileState] => [
        `f${String(index)}`,
        `f 1 ${generation}.0 644`,
      ]),
    );

  test("is taken into the base, and what was pushed is the same", () => {
    const here = store();
    for (const generation of ["1", "2", "3"]) {
      here.addPending({ generation, changes: many(generation) });
      here.confirm(generation);
      const expected = shown({ generation, tree: many(generation), pending: [] });
      expect(shown(here.load())).toEqual(expected);
      expect(shown(store().load())).toEqual(expected);
    }
    const bytes = readdirSync(directory).map((name) => readFileSync(join(directory, name)).length);
    expect(Math.max(...bytes)).toBeLessThan(400_000);
  });

  test("is left alone while an attempt is pending", () => {
    const here = store();
    here.addPending({ generation: "1", changes: many("1") });
    expect(shown(here.load()).pending).toHaveLength(1);
    here.confirm("1");
    expect(shown(here.load())).toEqual(shown({ generation: "1", tree: many("1"), pending: [] }));
  });

  test("does not lose what another igor appends while the base is written", () => {
    const here = store();
    here.addPending({ generation: "1", changes: many("1") });
    here.confirm("1");
    // Another igor has found out which journal is written now, and is slow to append.
    const slow = journal();
    expect(store().load().generation).toBe("1");
    writeFileSync(
      slow,
      `\n${JSON.stringify({ pending: "2", knows: [], changes: [["f0", null]] })}\n`,
      { flag: "a" },
    );
    expect(
      store()
        .load()
        .pending.map(({ generation }) => generation),
    ).toEqual(["2"]);
    store().confirm("2");
    expect(store().load().generation).toBe("2");
    expect(store().load().tree.has("f0")).toBe(false);
  });
});

test("several igors at once lose no note of each other", () => {
  const script = `
    const { ManifestStore } = await import(process.argv[1]);
    const store = new ManifestStore(process.argv[2], "dino@apollo:/srv/mnist");
    for (let turn = 0; turn < 30; turn += 1) {
      store.load();
      const generation = process.argv[3] + "-" + turn;
      const changes = new Map(Array.from({ length: 400 }, (_, index) => [process.argv[3] + "/" + index, "f 1 " + turn + ".0 644"]));
      store.addPending({ generation, changes });
      store.confirm(generation);
    }`;
  const entry = fileURLToPath(new URL("../../src/project/manifest-store.ts", import.meta.url));
  const module = join(directory, "store.mjs");
  buildSync({
    entryPoints: [entry],
    outfile: module,
    bundle: true,
    platform: "node",
    format: "esm",
  });
  const igors = ["a", "b", "c"].map(
    (name) =>
      `node --input-type=module -e "$0" "${module}" "${directory}" ${name} & pids="$pids $!"`,
  );
  execFileSync("sh", ["-ec", `${igors.join("\n")}\nfor pid in $pids; do wait $pid; done`, script], {
    stdio: "pipe",
  });
  const { tree, pending } = store().load();
  expect(pending).toEqual([]);
  expect(tree.size).toBe(1200);
  expect(new Set(tree.values())).toEqual(new Set(["f 1 29.0 644"]));
});
