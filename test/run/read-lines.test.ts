import { expect, test } from "vitest";
import { lineReader } from "../../src/run/read-lines.ts";

test("lines come whole at any split, and the last one when it is asked for", () => {
  const lines: string[] = [];
  const reader = lineReader((line) => lines.push(line));
  for (const byte of Buffer.from("ä\n日本\n\nend")) reader.write(Buffer.from([byte]));
  expect(lines).toEqual(["ä", "日本", ""]);
  expect(reader.rest()).toBe("end");
});

test("a line that never ends comes in pieces", () => {
  let longest = 0;
  let all = 0;
  const reader = lineReader((line) => {
    longest = Math.max(longest, line.length);
    all += line.length;
  });
  const chunk = Buffer.alloc(64_000, "x");
  for (let count = 0; count < 1000; count += 1) reader.write(chunk);
  expect(all + reader.rest().length).toBe(64_000_000);
  expect(longest).toBeLessThan(5_000_000);
});
