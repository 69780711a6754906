import {
  chmodSync,
  linkSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { lookAtOnce, lookInThread, unchangedOf } from "../../src/project/unchanged.ts";
import { readTree } from "../../src/project/walk.ts";
import { writeThings } from "../support/tree.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "igor-unchanged-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe.each([
  ["at once", () => lookAtOnce],
  ["most of it in a thread", () => lookInThread("most")],
  ["in a thread", () => lookInThread("all")],
])("a look %s", (_, look) => {
  test("finds the files that look as they did, and no other", async () => {
    const names = [
      "same",
      "old",
      "before 1970",
      "size",
      "time",
      "mode",
      "racy",
      "gone",
      "became a link",
      "in/link",
      "odd \n\\",
    ];
    writeThings(root, Object.fromEntries(names.map((name) => [name, "12345"])));
    utimesSync(join(root, "old"), 1_700_000_000.25, 1_700_000_000.25);
    utimesSync(join(root, "before 1970"), new Date(-1500), new Date(-1500));
    symlinkSync("same", join(root, "link"));
    linkSync(join(root, "old"), join(root, "of the same file"));
    const found = readTree(root, [...names, "link"]);
    const known = new Map(found.ok ? found.value.tree : []);
    known.set("racy", `${known.get("racy") ?? ""} racy`);
    writeFileSync(join(root, "size"), "123456");
    utimesSync(join(root, "time"), 1, 1);
    chmodSync(join(root, "mode"), 0o600);
    rmSync(join(root, "gone"));
    rmSync(join(root, "became a link"));
    symlinkSync("same", join(root, "became a link"));
    renameSync(join(root, "in"), join(root, "moved"));
    symlinkSync("moved", join(root, "in"));
    const unchanged = await unchangedOf(root, known, look());
    expect([...unchanged.tree.keys()]).toEqual(["same", "old", "before 1970", "odd \n\\"]);
    expect(unchanged.linked).toEqual(["old"]);
    for (const [path, state] of unchanged.tree) expect(state).toBe(known.get(path));
  });

  test("sees a change that keeps size and time", async () => {
    writeThings(root, { a: { text: "1.2.3", at: 499_162_500 } });
    const known = readTree(root, ["a"]);
    const before = known.ok ? known.value.tree : new Map<string, string>();
    // The next tick of the clock of the file system.
    const begin = Date.now();
    while (Date.now() <= begin + 20);
    writeThings(root, { a: { text: "1.2.4", at: 499_162_500 } });
    expect((await unchangedOf(root, before, look())).tree.size).toBe(0);
  });
});
