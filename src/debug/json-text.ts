/** A value that JSON can write. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** How a file is written. */
export interface Writing {
  /** One step of indentation, e.g. two spaces. */
  readonly unit: string;
  /** What ends a line. */
  readonly eol: string;
}

/** A value as people write it: each key in a line, and a list in one that holds no objects. All lines but the first begin with `indent`. */
export function jsonText(value: Json, indent: string, writing: Writing): string {
  const inner = indent + writing.unit;
  const around = (begin: string, lines: readonly string[], end: string): string =>
    [begin, lines.map((line) => inner + line).join(`,${writing.eol}`), indent + end].join(
      writing.eol,
    );
  if (isList(value)) {
    const items = value.map((item) => jsonText(item, inner, writing));
    return value.some(isKeyed) ? around("[", items, "]") : `[${items.join(", ")}]`;
  }
  if (!isKeyed(value)) return JSON.stringify(value);
  const lines = Object.entries(value).map(
    ([key, one]) => `${JSON.stringify(key)}: ${jsonText(one, inner, writing)}`,
  );
  return lines.length === 0 ? "{}" : around("{", lines, "}");
}

/** Whether two values say the same, whatever the order of their keys. */
export function isSameJson(one: Json, other: Json): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: Json): string {
  if (isList(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isKeyed(value)) return JSON.stringify(value);
  const entries = Object.entries(value).map(
    ([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`,
  );
  return `{${entries.toSorted().join(",")}}`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isKeyed(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !isList(value);
}
