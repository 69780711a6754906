import fc from "fast-check";
import { expect, test } from "vitest";
import { afterMark } from "../../src/remote/after-mark.ts";

/** What is left of bytes that come in pieces of so many. */
function left(bytes: Buffer, size: number): string {
  const said = afterMark("mark");
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size)
    parts.push(said.read(bytes.subarray(at, at + size)));
  return Buffer.concat([...parts, said.rest(), said.rest()]).toString("latin1");
}

test("of what comes in any pieces, that behind the mark is left, and all where there is none", () => {
  const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));
  fc.assert(
    fc.property(bytes, bytes, fc.integer({ min: 1, max: 50 }), (before, after, size) => {
      fc.pre(!before.includes("mark"));
      const marked = Buffer.concat([before, Buffer.from("mark\n"), after]);
      expect(left(marked, size)).toBe(after.toString("latin1"));
      expect(left(before, size)).toBe(before.toString("latin1"));
    }),
    { examples: [[Buffer.from("Welcome\n"), Buffer.from("mark\nx\n"), 1]] },
  );
});
