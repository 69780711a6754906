import fc from "fast-check";
import { createScanner, parse, parseTree } from "jsonc-parser";
import type { Node, ParseError } from "jsonc-parser";
import { describe, expect, test } from "vitest";
import { withOwnEntries } from "../../src/debug/own-entries.ts";
import type { OwnEntries } from "../../src/debug/own-entries.ts";
import { looseJson } from "../support/loose-json.ts";

const isOurs = (name: string) => name.startsWith("igor: ");

const inObject: OwnEntries = {
  key: "configurations",
  kind: "object",
  isOurs,
  entries: new Map([
    ["igor: a", { adapter: "igor", list: ["${file}", 1] }],
    ["igor: b", { adapter: "igor", deep: { x: true } }],
  ]),
};

const inList: OwnEntries = {
  ...inObject,
  kind: "array",
  entries: new Map([
    ["igor: a", { name: "igor: a", list: [] }],
    ["igor: b", { name: "igor: b" }],
  ]),
};

const names = ["igor: a", "igor: b", "igor: gone", "mine", "igor", "Igor: a", "name"];

function merged(text: string, own: OwnEntries): string {
  const result = withOwnEntries(text, own);
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

describe.each([
  ["an object", inObject, "object"],
  ["a list", inList, "list"],
] as const)("in %s", (_, own, kind) => {
  const file = looseJson({ configurations: kind, adapters: "object" }, names);

  test("what is the user's stays byte for byte", () => {
    fc.assert(
      fc.property(file, ({ text }) => {
        const before = usersTokens(text, own, text);
        const after = usersTokens(merged(text, own), own, text);
        expect(after.map((token) => token.text)).toEqual(before.map((token) => token.text));
        for (const [index, { gap }] of before.entries()) {
          const other = after[index]?.gap;
          if (gap !== undefined && other !== undefined) expect(other).toBe(gap);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("what is read is the user's entries and igor's, each once", () => {
    fc.assert(
      fc.property(file, ({ text, hasTrailingCommas }) => {
        const errors: ParseError[] = [];
        const result = merged(text, own);
        const options = { allowTrailingComma: hasTrailingCommas };
        const value = parse(result, errors, options) as Record<string, unknown>;
        expect(errors).toEqual([]);
        const before = parse(text, [], { allowTrailingComma: true }) as Record<string, unknown>;
        const { configurations, ...rest } = value;
        const { configurations: had, ...others } = before;
        expect(rest).toEqual(others);
        const [ours, users] = parted(configurations);
        expect(users).toEqual(parted(had)[1]);
        expect(ours.toSorted(byName)).toEqual([...own.entries]);
      }),
      { numRuns: 2000 },
    );
  });

  test("a second run changes nothing", () => {
    fc.assert(
      fc.property(file, ({ text }) => {
        const once = merged(text, own);
        expect(merged(once, own)).toBe(once);
      }),
      { numRuns: 1000 },
    );
  });
});

type Named = readonly [string, unknown];

const byName = ([one]: Named, [other]: Named) => (one < other ? -1 : 1);

/** Entries that are igor's, by name, and all others. */
function parted(container: unknown): readonly [readonly Named[], readonly Named[]] {
  const entries: readonly Named[] = Array.isArray(container)
    ? container.map((item: { readonly name?: unknown } | null): Named => {
        const name = item?.name;
        return [typeof name === "string" ? name : "", item];
      })
    : Object.entries(container ?? {});
  return [entries.filter(([name]) => isOurs(name)), entries.filter(([name]) => !isOurs(name))];
}

interface UsersToken {
  readonly text: string;
  /** What stands before it, without commas; undefined when something of igor's does. */
  readonly gap: string | undefined;
}

/** Every token and comment of a file that is not igor's; a whole list that the user's file does not have is. */
function usersTokens(text: string, own: OwnEntries, users: string): readonly UsersToken[] {
  const ranges = ownRanges(text, own, users);
  const tokens: UsersToken[] = [];
  const scanner = createScanner(text);
  let end = 0;
  while (scanner.getPosition() < text.length) {
    scanner.scan();
    const start = scanner.getTokenOffset();
    const token = text.slice(start, start + scanner.getTokenLength());
    const isOwn = ranges.some((range) => start >= range.start && start < range.end);
    if (isOwn || token === "," || token.trim() === "") continue;
    tokens.push({ text: token, gap: gapBetween(text, { start: end, end: start }, ranges) });
    end = start + token.length;
  }
  const gap = gapBetween(text, { start: end, end: text.length }, ranges);
  return [...tokens, { text: "", gap }];
}

interface Range {
  readonly start: number;
  readonly end: number;
}

function gapBetween(text: string, { start, end }: Range, ranges: readonly Range[]) {
  const hasOwn = ranges.some((range) => range.start < end && range.end > start);
  return hasOwn ? undefined : text.slice(start, end).replaceAll(",", "");
}

function ownRanges(text: string, own: OwnEntries, users: string): readonly Range[] {
  const container = propertyOf(text, own.key);
  if (container === undefined) return [];
  if (propertyOf(users, own.key) === undefined) return [rangeOf(container)];
  const items = container.children?.[1]?.children ?? [];
  const nameOf = (node: Node): unknown =>
    own.kind === "object"
      ? node.children?.[0]?.value
      : node.children?.findLast(({ children }) => children?.[0]?.value === "name")?.children?.[1]
          ?.value;
  return items
    .filter((node) => {
      const name = node.type === "array" ? undefined : nameOf(node);
      return typeof name === "string" && isOurs(name);
    })
    .map(rangeOf);
}

function propertyOf(text: string, key: string): Node | undefined {
  return parseTree(text, [], { allowTrailingComma: true })?.children?.find(
    ({ children }) => children?.[0]?.value === key,
  );
}

function rangeOf({ offset, length }: Node): Range {
  return { start: offset, end: offset + length };
}

describe("how it looks", () => {
  const small: OwnEntries = { ...inObject, entries: new Map([["igor: a", { x: 1 }]]) };

  test.each([
    ["no text", "", '{\n  "configurations": {\n    "igor: a": {\n      "x": 1\n    }\n  }\n}\n'],
    [
      "an empty object in one line",
      '{ "configurations": {} }',
      '{ "configurations": {\n  "igor: a": {\n    "x": 1\n  }\n} }',
    ],
    [
      "tabs, Windows' lines and a comment at the end",
      '{\r\n\t"configurations": {\r\n\t\t"mine": 1 // one, mine\r\n\t\t// "old": 2\r\n\t}\r\n}',
      '{\r\n\t"configurations": {\r\n\t\t"mine": 1, // one, mine\r\n\t\t// "old": 2\r\n\t\t"igor: a": {\r\n\t\t\t"x": 1\r\n\t\t}\r\n\t}\r\n}',
    ],
    [
      "an entry that is not written any more, with its line",
      '{\n  "configurations": {\n    "igor: a": { "x": 1 },\n    "igor: gone": {},\n    "mine": 1\n  }\n}\n',
      '{\n  "configurations": {\n    "igor: a": { "x": 1 },\n    "mine": 1\n  }\n}\n',
    ],
    [
      "such an entry as the last one, with the comma before it",
      '{\n  "configurations": {\n    "igor: a": { "x": 1 }, // ours\n    "igor: gone": {}\n  }\n}\n',
      '{\n  "configurations": {\n    "igor: a": { "x": 1 } // ours\n  }\n}\n',
    ],
    [
      "a comment beside such an entry",
      '{\n  "configurations": {\n    "igor: gone": {}, // kept\n    "igor: a": { "x": 1 }\n  }\n}\n',
      '{\n  "configurations": {\n    // kept\n    "igor: a": { "x": 1 }\n  }\n}\n',
    ],
    [
      "an entry that is replaced in its place",
      '{\n  "configurations": {\n    "igor: a": { "x": 2 }, // ours\n    "mine": 1\n  }\n}\n',
      '{\n  "configurations": {\n    "igor: a": {\n      "x": 1\n    }, // ours\n    "mine": 1\n  }\n}\n',
    ],
    [
      "an entry that is right, however it is written",
      '{"configurations":{/* ours */"igor: a":{ "x" :1}}}',
      '{"configurations":{/* ours */"igor: a":{ "x" :1}}}',
    ],
  ])("%s", (_, text, wanted) => {
    expect(merged(text, small)).toBe(wanted);
  });

  test.each([
    ["[1]", { offset: 0, key: "", message: "the file must hold an object, in { }" }],
    [
      '{ "configurations": 1 }',
      { offset: 20, key: "configurations", message: "must be an object, in { }" },
    ],
  ])("%s is refused", (text, failure) => {
    expect(withOwnEntries(text, small)).toMatchObject({ ok: false, failure });
  });
});
