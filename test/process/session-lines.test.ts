import { Buffer } from "node:buffer";
import fc from "fast-check";
import { expect, test } from "vitest";
import { commandLines } from "../../src/run/session-lines.ts";

function linesOf(chunks: readonly Buffer[]): string[] {
  const lines: string[] = [];
  const reader = commandLines((line) => lines.push(line));
  chunks.forEach((chunk) => reader.write(chunk));
  reader.end();
  return lines;
}

test("lines are the same however their bytes are cut", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.array(fc.nat(40)), (text, cuts) => {
      const bytes = Buffer.from(text);
      const ends = [
        ...new Set([...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length]),
      ].sort((a, b) => a - b);
      const chunks = ends.map((end, at) => bytes.subarray(ends[at - 1] ?? 0, end));
      expect(linesOf(chunks)).toEqual(linesOf([bytes]));
      expect(linesOf([bytes]).join("\n")).toBe(text.replace(/\n$/, ""));
    }),
  );
});

test("an unfinished line is told at the end, and an empty one is a line", () => {
  expect(linesOf([Buffer.from("a\n\nb")])).toEqual(["a", "", "b"]);
});

test("bytes that are no text stay readable beside text", () => {
  expect(linesOf([Buffer.from([0x61, 0xff, 0xc3, 0xa9, 0x80, 0x0a])])).toEqual(["a\\xffé\\x80"]);
});

test("a line without an end comes in pieces, none of them within a character", () => {
  const text = `x${"é".repeat(100_000)}`;
  const lines = linesOf([Buffer.from(text)]);
  expect(lines.length).toBeGreaterThan(2);
  expect(lines.join("")).toBe(text);
});
