import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readBase, writeBase } from "../../src/project/manifest-base.ts";
import { readJournal } from "../../src/project/manifest-journal.ts";
import { ManifestStore } from "../../src/project/manifest-store.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "igor-damaged-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));
const file = () => join(directory, "x.tree");

const unit = fc.constantFrom("a", "b", "/", "\n", "\\", "é", "日", " ", "0", "\u{1F600}");
const path = fc.string({ unit, minLength: 1, maxLength: 6 });
const state = fc.string({ unit, maxLength: 8 }).map((text) => `f ${text}`);
const tree = fc.array(fc.tuple(path, state), { maxLength: 30 }).map((files) => new Map(files));
const head = { turn: 3, covered: 14, generation: "g1" };

describe("the base of a manifest", () => {
  test("is what was written, as a whole and in any part", () => {
    fc.assert(
      fc.property(tree, fc.array(path, { maxLength: 5 }), (written, others) => {
        writeBase(file(), head, written);
        const base = readBase(file());
        expect(base).toMatchObject(head);
        expect(base?.tree()).toEqual(written);
        const asked = [...others, ...[...written.keys()].slice(0, 5)];
        const known = asked.filter((name) => written.has(name));
        expect(base?.part(asked)).toEqual(
          new Map(known.map((name) => [name, written.get(name) ?? ""])),
        );
      }),
    );
  });

  test("is none when it was cut, at any byte, or goes on", () => {
    fc.assert(
      fc.property(tree, (written) => {
        writeBase(file(), head, written);
        const whole = readFileSync(file());
        for (let bytes = 0; bytes < whole.length; bytes += 1) {
          writeFileSync(file(), whole.subarray(0, bytes));
          expect(readBase(file())).toBeUndefined();
        }
        writeFileSync(file(), Buffer.concat([whole, Buffer.from("x")]));
        expect(readBase(file())).toBeUndefined();
      }),
      { numRuns: 5 },
    );
  });

  test("is read without failing, whatever its bytes are", () => {
    const bytes = fc.uint8Array({ maxLength: 60 });
    const words = fc.array(fc.constantFrom("\0", "/", "1", "g", "\0/", "f 1"), { maxLength: 30 });
    fc.assert(
      fc.property(
        fc.oneof(
          bytes,
          words.map((list) => Buffer.from(list.join(""))),
        ),
        (records) => {
          const intact = Buffer.from(`3\u000014\0g1\0${String(records.length)}\0`);
          for (const content of [records, Buffer.concat([intact, records])]) {
            writeFileSync(file(), content);
            const base = readBase(file());
            base?.tree();
            base?.part(["a", "", "/", "g"]);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("the journal of a manifest", () => {
  const words = fc.constantFrom("pending", "knows", "changes", "confirmed", "withdrawn");
  const nearly = fc.dictionary(words, fc.oneof(fc.jsonValue(), fc.constant("g1")));
  const answer = fc.record({ confirmed: fc.constant("g1"), changes: fc.jsonValue() });
  const attempt = fc.record({
    pending: fc.constant("g1"),
    knows: fc.oneof(fc.constant([]), fc.jsonValue()),
    changes: fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue(), { maxLength: 3 })),
  });
  const line = fc.oneof(
    fc.oneof(fc.jsonValue(), nearly, answer, attempt).map((value) => JSON.stringify(value)),
    fc.string({ unit: "binary" }),
  );

  test("is read as far as it makes sense, whatever its lines are", () => {
    const good = { generation: "g9", changes: new Map([["a", "f 1 1.0 644"]]) };
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
        for (const name of readdirSync(directory)) rmSync(join(directory, name));
        const store = new ManifestStore(directory, "dino@apollo:/srv");
        store.addPending(good);
        const [name = ""] = readdirSync(directory);
        appendFileSync(join(directory, name), `${lines.join("\n")}\n{"confirmed":"g1"}\n`);
        const loaded = new ManifestStore(directory, "dino@apollo:/srv").load();
        expect(loaded.pending[0]).toEqual(good);
        for (const { changes } of loaded.pending)
          for (const [changed, now] of changes)
            expect([typeof changed, typeof (now ?? "")]).toEqual(["string", "string"]);
      }),
      { numRuns: 300 },
    );
  });

  test("that was cut at any byte gives the lines before", () => {
    const lines = ['{"confirmed":"é1"}', '{"withdrawn":"g2"}', '{"confirmed":"g3"}'];
    const whole = Buffer.from(lines.map((text) => `${text}\n`).join(""));
    for (let bytes = 0; bytes <= whole.length; bytes += 1) {
      writeFileSync(file(), whole.subarray(0, bytes));
      const read = readJournal(file(), 0);
      const breaks = whole.subarray(0, bytes).toString("latin1").split("\n").length - 1;
      expect(read?.lines).toHaveLength(breaks);
      expect(readJournal(file(), bytes + 1)).toBeUndefined();
    }
  });
});
