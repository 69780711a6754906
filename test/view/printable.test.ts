import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { printable, printableJson, printableLines } from "../../src/view/printable.ts";
import { clip, widthOf, wrap } from "../../src/view/text-width.ts";

const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "\u001b",
        "\u001b[",
        "\u001b]0;title",
        "\u001b]8;;http://x\u001b\\",
        "\u009b31m",
        "\u0007",
        "\u202e",
        "\u2066",
        "\r",
        "\n",
        "\ud800",
        "31m",
        "\\",
      ),
    ),
  )
  .map((parts) => parts.join(""));

const forbidden = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;

describe("printable", () => {
  test("leaves nothing that moves, colours or reorders", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(printable(text)).not.toMatch(forbidden);
        expect(() => encodeURIComponent(printable(text))).not.toThrow();
      }),
    );
  });

  test("changes nothing the second time", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(printable(printable(text))).toBe(printable(text));
      }),
    );
  });

  test("keeps ordinary text as it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii" }), (text) => {
        expect(printable(text)).toBe(text);
      }),
    );
  });

  test.each([
    ["\u001b[1;31merror\u001b[0m: no", "error: no"],
    ["\u001b]0;owned\u0007text", "text"],
    ["\u001b]8;;http://evil\u001b\\click\u001b]8;;\u001b\\", "click"],
    ["\u001b(Bplain", "plain"],
    ["10%\r20%\r100%\r\n", "100%"],
    ["a\tb", "a\tb"],
    ["user\u202etxt.exe", "usertxt.exe"],
    ["日本 ✓ é", "日本 ✓ é"],
    ["\u001b]0;never ends", "0;never ends"],
  ])("%j becomes %j", (text, expected) => {
    expect(printable(text)).toBe(expected);
  });

  test("keeps each of several lines", () => {
    expect(printableLines(["a\r\nb", "", "\u001b[0m", "  c "])).toEqual(["a", "b", "  c"]);
  });
});

describe("printableJson", () => {
  test("is the same value, one line, without anything unprintable", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const json = printableJson({ text });
        expect(JSON.parse(json)).toEqual({ text });
        expect(json).not.toMatch(forbidden);
        expect(json).not.toMatch(/[\n\t]/);
      }),
    );
  });
});

test("a long line of nothing but begins of sequences does not hold igor up", () => {
  for (const begin of ["\u009d", "\u001b]", "\u001b[", "\u009b", "\u001b "]) {
    const began = performance.now();
    printable(begin.repeat(100_000));
    expect(performance.now() - began, JSON.stringify(begin)).toBeLessThan(1000);
  }
});

describe("widths", () => {
  test.each([
    ["", 0],
    ["abc", 3],
    ["日本", 4],
    ["é", 1],
    ["e\u0301", 1],
    ["👩‍💻", 2],
    ["🇩🇪", 2],
    ["✓", 1],
    ["ｱ", 1],
    ["한글", 4],
  ])("%j takes %i columns", (text, width) => {
    expect(widthOf(text)).toBe(width);
  });

  test("what is clipped or wrapped fits", () => {
    const text = fc.string({ unit: "grapheme" }).map(printable);
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 40 }), (line, width) => {
        expect(widthOf(clip(line, width))).toBeLessThanOrEqual(width);
        for (const piece of wrap(line, width)) expect(widthOf(piece)).toBeLessThanOrEqual(width);
        expect(wrap(line, width).join("").replaceAll(" ", "")).toBe(line.replaceAll(" ", ""));
      }),
    );
  });
});
