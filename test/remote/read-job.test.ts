import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { advanceJobReading, endJobReading, startJobReading } from "../../src/remote/read-job.ts";
import type { JobItem } from "../../src/remote/read-job.ts";

const nonce = "0123456789abcdef01234567";

/** Reads the bytes in chunks that end at the given places. */
function read(bytes: Buffer, cuts: readonly number[]): readonly JobItem[] {
  let reading = startJobReading(nonce);
  const items: JobItem[] = [];
  let from = 0;
  for (const to of [
    ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b),
    bytes.length,
  ]) {
    const step = advanceJobReading(reading, bytes.subarray(from, to));
    reading = step.reading;
    items.push(...step.items);
    from = to;
  }
  return [...items, ...endJobReading(reading)];
}

const event = (words: string) => `\n${nonce} ev ${words}\n`;

describe("the log of a job", () => {
  test("is lines and events in their order", () => {
    const log = `${event("building no-image")}Step 1\nStep 2\n${event("built x:igor")}${event("gpus none")}end`;
    expect(read(Buffer.from(log), [])).toEqual([
      { kind: "event", words: ["building", "no-image"] },
      { kind: "line", text: "Step 1" },
      { kind: "line", text: "Step 2" },
      { kind: "event", words: ["built", "x:igor"] },
      { kind: "event", words: ["gpus", "none"] },
      { kind: "line", text: "end" },
    ]);
  });

  test("has the output before an event before it, also without a line break", () => {
    expect(read(Buffer.from(`ab${event("x")}cd\n`), [])).toEqual([
      { kind: "line", text: "ab" },
      { kind: "event", words: ["x"] },
      { kind: "line", text: "cd" },
    ]);
  });

  test("tells a line as soon as it ends, not when the next one comes", () => {
    const first = advanceJobReading(startJobReading(nonce), Buffer.from("pulling the image\n"));
    expect(first.items).toEqual([{ kind: "line", text: "pulling the image" }]);
    const next = advanceJobReading(first.reading, Buffer.from("\npulled\n"));
    expect(next.items).toEqual([
      { kind: "line", text: "" },
      { kind: "line", text: "pulled" },
    ]);
  });

  test("shows a line that was written over as it looked at last", () => {
    expect(read(Buffer.from("Sending  1kB\rSending  2kB\r\r\n10%\r50%\r100%"), [])).toEqual([
      { kind: "line", text: "Sending  2kB" },
      { kind: "line", text: "100%" },
    ]);
  });

  test("is no event without the nonce", () => {
    const fake = "\nffffffffffffffffffffffff ev built x\n0123456789abcdef01234567 e\n";
    expect(read(Buffer.from(fake), []).every(({ kind }) => kind === "line")).toBe(true);
  });

  test("that ends within an event has no line that nobody wrote", () => {
    expect(read(Buffer.from(`ab\n${nonce} ev `), [])).toEqual([
      { kind: "line", text: "ab" },
      { kind: "line", text: `${nonce} ev ` },
    ]);
  });

  test.each([
    ["dots", "日本.", 1],
    ["progress", "50% of it\r", 0],
    ["nothing", "\r", 0],
  ])("without line breaks is told in parts and not kept: %s", (_, text, isTold) => {
    const chunk = Buffer.from(text.repeat(1000)).subarray(1);
    let reading = startJobReading(nonce);
    let told = "";
    for (let count = 0; count < 100; count += 1) {
      const step = advanceJobReading(reading, chunk);
      reading = step.reading;
      expect(reading.line.length).toBeLessThan(66_000);
      for (const item of step.items) if (item.kind === "line") told += item.text;
    }
    for (const item of endJobReading(reading)) if (item.kind === "line") told += item.text;
    const all = Buffer.concat(Array.from({ length: 100 }, () => chunk)).toString();
    expect(told).toBe(isTold ? all : (text.split("\r")[0] ?? ""));
  });

  test("is read alike however it is cut", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "\n",
        "\n\n",
        `\n${nonce}`,
        `\n${nonce} ev`,
        `\n${nonce} ev `,
        nonce,
        "ü",
        "日本",
        "\r",
        event("a b"),
        event("c"),
      ),
      fc.string({ maxLength: 8 }),
    );
    fc.assert(
      fc.property(fc.array(piece), fc.array(fc.nat(), { maxLength: 30 }), (pieces, cuts) => {
        const bytes = Buffer.from(pieces.join(""));
        expect(read(bytes, cuts)).toEqual(read(bytes, []));
        expect(read(bytes, Array.from(bytes.keys()))).toEqual(read(bytes, []));
      }),
    );
  });
});
