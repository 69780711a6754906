import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { directoryId } from "../../src/project/identity.ts";
import { temporaryDirectory } from "../support/temporary.ts";

test("what stands below a file, where a directory was, is no directory", () => {
  const root = temporaryDirectory("igor-identity-");
  expect(directoryId(root)).not.toBe("");
  writeFileSync(join(root, "d"), "");
  expect(directoryId(join(root, "d/e"))).toBe("");
  expect(directoryId(join(root, "gone"))).toBe("");
});
