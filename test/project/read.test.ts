import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readText, sha256Of } from "../../src/project/read.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "igor-read-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test("a file is read", () => {
  writeFileSync(join(root, "Dockerfile"), "FROM x\n");
  expect(readText(join(root, "Dockerfile"))).toBe("FROM x\n");
  expect(sha256Of(join(root, "Dockerfile"))).toMatch(/^[0-9a-f]{64}$/);
});

test("nobody waits for a pipe or a device", () => {
  execFileSync("mkfifo", [join(root, "Dockerfile")]);
  for (const file of [join(root, "Dockerfile"), "/dev/zero", root, join(root, "gone")]) {
    expect(readText(file)).toBeUndefined();
    expect(sha256Of(file)).toBeUndefined();
  }
});
