import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stateDir } from "../../src/project/state-dir.ts";
import { isTrusted, trust } from "../../src/project/trust.ts";
import { useOwnStateHome } from "../support/state-home.ts";

const root = "/home/me/toy";
const state = useOwnStateHome();
const file = () => join(stateDir(root), "trust.json");

describe("what was agreed to", () => {
  test("is remembered for that project, by its owner alone, in one file", () => {
    expect(isTrusted(root, "a")).toBe(false);
    trust(root, "a");
    trust(root, "b");
    expect([isTrusted(root, "a"), isTrusted(root, "b")]).toEqual([true, true]);
    expect(isTrusted("/home/me/other", "a")).toBe(false);
    expect(readdirSync(stateDir(root))).toEqual(["trust.json"]);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(statSync(stateDir(root)).mode & 0o777).toBe(0o700);
  });

  test("is the last fifty things", () => {
    for (let index = 0; index < 51; index += 1) trust(root, String(index));
    expect([isTrusted(root, "0"), isTrusted(root, "1"), isTrusted(root, "50")]).toEqual([
      false,
      true,
      true,
    ]);
  });

  test.each([
    "",
    "{",
    "null",
    "[]",
    '{"digests":"a"}',
    '{"digests":[1]}',
    '{"version":1,"digests":{"a":1}}',
  ])("is nothing in a damaged file, which the next agreement replaces: %j", (text) => {
    trust(root, "b");
    writeFileSync(file(), text);
    expect(isTrusted(root, "a")).toBe(false);
    trust(root, "a");
    expect(JSON.parse(readFileSync(file(), "utf8"))).toEqual({ version: 1, digests: ["a"] });
  });

  test("cannot be noted where nothing can be written, and nothing half stays", () => {
    writeFileSync(join(state(), "igor"), "");
    expect(() => trust(root, "a")).toThrow();
    expect(isTrusted(root, "a")).toBe(false);
  });
});
