import fc from "fast-check";

/** Text of JSON with comments, as people and their tools leave it: white space and comments anywhere. */
export interface LooseJson {
  readonly text: string;
  readonly hasTrailingCommas: boolean;
}

type Part =
  | { readonly kind: "scalar"; readonly text: string }
  | { readonly kind: "object"; readonly items: readonly (readonly [string, Part])[] }
  | { readonly kind: "list"; readonly items: readonly Part[] };

/** Between two tokens. */
const trivia = fc.constantFrom(
  ...["", "", "", " ", " ", "\t", "\n", "\n  ", "\n    ", "\n\n", "  \n", " // a, note } ]\n  "],
  ...["/* {, */", "\n  /* two\n  lines, */ ", " //\n", "\n  // \u65e5\u672c \ud83d\ude00  \n"],
);

const scalar: fc.Arbitrary<Part> = fc
  .oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null))
  .map((value) => ({ kind: "scalar", text: JSON.stringify(value) }));

const small: fc.Arbitrary<Part> = fc.oneof(
  scalar,
  fc
    .array(fc.tuple(fc.constantFrom("a", "name", "default", "b"), scalar), { maxLength: 3 })
    .map((items) => ({ kind: "object" as const, items })),
  fc.array(scalar, { maxLength: 3 }).map((items) => ({ kind: "list" as const, items })),
);

/** What may be below a key that igor writes to: entries with these names, ours or not. */
function entriesOf(kind: "object" | "list", names: readonly string[]): fc.Arbitrary<Part> {
  const name = fc.constantFrom(...names);
  if (kind === "object")
    return fc.array(fc.tuple(name, small), { maxLength: 5 }).map((items) => ({ kind, items }));
  const named = fc.tuple(name, small).map(([value, more]): Part => ({
    kind: "object",
    items: [
      ["a", more],
      ["name", { kind: "scalar", text: JSON.stringify(value) }],
    ],
  }));
  return fc.array(fc.oneof(named, small), { maxLength: 5 }).map((items) => ({ kind, items }));
}

/** A file of the user's that has these keys or not, with entries of these names, or some of them. */
export function looseJson(
  keys: Readonly<Record<string, "object" | "list">>,
  names: readonly string[],
): fc.Arbitrary<LooseJson> {
  const item = fc.oneof(
    fc.tuple(fc.constantFrom("$schema", "x"), small),
    ...Object.entries(keys).map(([key, kind]) =>
      fc.tuple(fc.constant(key), entriesOf(kind, names)),
    ),
  );
  const top = fc
    .uniqueArray(item, { maxLength: 4, selector: ([key]) => key })
    .map((items): Part => ({ kind: "object", items }));
  const eol = fc.constantFrom("\n", "\n", "\r\n");
  return fc
    .tuple(top, fc.array(trivia, { minLength: 1, maxLength: 30 }), fc.boolean(), eol)
    .map(([part, between, hasTrailingCommas, lineEnd]) => {
      let count = 0;
      const gap = () => between[count++ % between.length] ?? "";
      const text = written(part, { gap, hasTrailingCommas });
      return { text: (gap() + text + gap()).replaceAll("\n", lineEnd), hasTrailingCommas };
    });
}

function written(
  part: Part,
  how: { readonly gap: () => string; readonly hasTrailingCommas: boolean },
): string {
  if (part.kind === "scalar") return part.text;
  const { gap, hasTrailingCommas } = how;
  const items =
    part.kind === "list"
      ? part.items.map((item) => gap() + written(item, how) + gap())
      : part.items.map(
          ([key, value]) =>
            `${gap()}${JSON.stringify(key)}${gap()}:${gap()}${written(value, how)}${gap()}`,
        );
  const end = hasTrailingCommas && items.length > 0 ? `,${gap()}` : items.length > 0 ? "" : gap();
  return part.kind === "list" ? `[${items.join(",")}${end}]` : `{${items.join(",")}${end}}`;
}
