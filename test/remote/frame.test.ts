import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodeWord,
  escapePath,
  frameBytes,
  parseAnswer,
  unescapePath,
} from "../../src/remote/frame.ts";

const nonce = "0123456789abcdef01";

describe("a frame", () => {
  test("begins with the lengths of what follows", () => {
    const bytes = frameBytes(nonce, {
      id: 7,
      text: "echo hello\n",
      payload: Buffer.from("payload"),
    });
    const end = bytes.indexOf("\n");
    const [first, id, verb, textBytes, payloadBytes] = bytes.subarray(0, end).toString().split(" ");
    expect([first, id, verb, payloadBytes]).toEqual([nonce, "7", "run", "7"]);
    const text = bytes.subarray(end + 1, end + 1 + Number(textBytes));
    expect(gunzipSync(text).toString()).toBe("echo hello\n");
    expect(bytes.subarray(end + 1 + Number(textBytes)).toString()).toBe("payload");
  });
});

describe("an answer", () => {
  test.each([
    ["hello 1 4711", { kind: "hello", version: 1 }, "0"],
    ["pong 3", { kind: "pong", ping: 3 }, "0"],
    ["desync", { kind: "desync" }, "0"],
    ["ev pushed", { kind: "event", frame: 2, words: ["pushed"] }, "2"],
    [
      "ev failed not-writable L3NydgBh",
      { kind: "event", frame: 2, words: ["failed", "not-writable", "L3NydgBh"] },
      "2",
    ],
    [
      "o aGVsbG8=",
      { kind: "output", frame: 2, stream: "stdout", bytes: Buffer.from("hello") },
      "2",
    ],
    ["e AP8=", { kind: "output", frame: 2, stream: "stderr", bytes: Buffer.from([0, 255]) }, "2"],
    ["rc 143", { kind: "ended", frame: 2, exitCode: 143 }, "2"],
  ])("%s is read", (words, answer, frame) => {
    expect(parseAnswer(nonce, `${nonce} ${frame} ${words}`)).toEqual(answer);
  });

  test("is found behind what a startup file prints without a newline", () => {
    expect(parseAnswer(nonce, `Welcome to apollo! ${nonce} 0 hello 1 5`)).toEqual({
      kind: "hello",
      version: 1,
    });
  });

  test("is nothing else: whatever a startup file or a tool prints, with or without our words", () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom(
          "",
          nonce.slice(1),
          `${nonce}x 0`,
          nonce,
          `${nonce} x`,
          `${nonce} -1 rc`,
          `${nonce} 1 run`,
        ),
        (noise, beginning) => {
          expect(parseAnswer(nonce, `${beginning} ${noise.replace(/^\d+ /, "")}`)).toBeUndefined();
        },
      ),
      {
        examples: [
          ["0 hello 1", nonce.slice(1)],
          ["rc 0", `${nonce} `],
        ],
      },
    );
  });
});

describe("whatever the far end says", () => {
  const verb = fc.constantFrom("hello", "pong", "desync", "full", "ev", "o", "e", "rc", "run", "");
  const noise = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("", "=", "9".repeat(400)));

  test("a line is read as one of our answers or as none, and reading never fails", () => {
    fc.assert(
      fc.property(fc.nat(), verb, fc.array(noise), noise, (id, word, words, before) => {
        const line = `${before}${nonce} ${String(id)} ${word} ${words.join(" ")}`;
        const answer = parseAnswer(nonce, line);
        const isOurs = word !== "" && word !== "run" && !before.includes(nonce);
        expect(answer !== undefined).toBe(isOurs);
        if (answer !== undefined && "frame" in answer) expect(answer.frame).toBe(id);
        expect(parseAnswer("f".repeat(18), line)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  test("bytes that a program printed arrive as they were, also those that look like our words", () => {
    const looksLikeOurs = fc.constant(Buffer.from(`\n${nonce} 7 rc 0\n`));
    const bytes = fc.oneof(
      fc.uint8Array().map((list) => Buffer.from(list)),
      looksLikeOurs,
    );
    fc.assert(
      fc.property(bytes, (printed) => {
        const line = `${nonce} 7 o ${printed.toString("base64")}`;
        expect(parseAnswer(nonce, line)).toMatchObject({
          kind: "output",
          frame: 7,
          bytes: printed,
        });
      }),
    );
  });
});

test("every path survives its way into a list and back, in one line", () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom("\\", "\n", "0", "1", "2", "3", "4", "a", "/", "é", "%", "c"),
      }),
      (path) => {
        expect(escapePath(path)).not.toContain("\n");
        expect(unescapePath(escapePath(path))).toBe(path);
      },
    ),
  );
});

test("a word of a remote program is text again", () => {
  expect(decodeWord(Buffer.from("ünï\ncode").toString("base64"))).toBe("ünï\ncode");
  expect(decodeWord(undefined)).toBe("");
});
