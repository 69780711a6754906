import { Buffer } from "node:buffer";
import { expect, test } from "vitest";
import { leaveKeys } from "../../src/remote/leave-keys.ts";

test.each([
  ["at the begin of a line", ["ls\r", "~."], true],
  ["in a line", ["ls ~."], false],
  ["behind what the terminal answered to a prompt", ["\r", "\x1b[12;", "3R~."], true],
  ["behind such an answer in a line", ["x\x1b[12;3R~."], false],
  ["behind an arrow key", ["\r\x1b[A~."], false],
])("Enter ~. leaves: %s", (_, chunks, leaves) => {
  const keys = leaveKeys();
  const read = chunks.map((chunk) => keys.read(Buffer.from(chunk)));
  expect(read.some((each) => each.leaves)).toBe(leaves);
  const passed = Buffer.concat(read.map(({ pass }) => pass)).toString();
  expect(passed).toBe(leaves ? chunks.join("").replace("~.", "") : chunks.join(""));
});
