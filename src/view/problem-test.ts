import type { Clue } from "./problem-clue.ts";

/**
 * The heading of what pytest tells of one test, e.g. `____ TestModel.test_loss[a b] ____` or
 * `____ ERROR collecting tests/test_y.py ____`; the name without what went wrong with it.
 */
export function testHeading(text: string): string | undefined {
  if (!text.startsWith("___") || !text.endsWith("___")) return undefined;
  const name = text.replace(/^_+ | _+$/g, "");
  return name.replace(/^ERROR (?:collecting|at (?:setup|teardown) of) /, "");
}

/**
 * Reads a line of pytest's summary, which is all there is with `--tb=no`; `told` are the headings of the tests of which
 * there is more to see. e.g. `FAILED tests/test_x.py::TestK::test_f[c - d] - AssertionError: assert 'c - d' == 'x'`
 */
export function summaryOf(text: string, told: readonly string[]): Clue | "told" | undefined {
  const [, path, rest] = /^(?:FAILED|ERROR) (\S+?\.py)((?:::| - ).*)?$/.exec(text) ?? [];
  if (path === undefined) return undefined;
  const { names, message } = partsOf(rest ?? "");
  if (told.includes(names === "" ? path : names.replaceAll("::", "."))) return "told";
  const name = /(\w+)(?:\[.*)?$/s.exec(names)?.[1];
  const what = [names.replaceAll("::", "."), message].filter((part) => part !== "").join(": ");
  return {
    type: "E",
    text: what || "cannot be collected",
    path,
    ...(name === undefined ? { line: 1 } : { search: `def ${name}(` }),
  };
}

/** `::TestK::test_f[c - d] - AssertionError` → names `TestK::test_f[c - d]`, message `AssertionError` */
function partsOf(rest: string): { readonly names: string; readonly message: string } {
  const bracket = rest.indexOf("[");
  const dash = rest.indexOf(" - ");
  const hasParameters = bracket >= 0 && (dash < 0 || bracket < dash);
  const end = hasParameters ? rest.indexOf("] - ") + 1 : dash;
  const cut = hasParameters ? (end === 0 ? rest.length : end) : end < 0 ? rest.length : end;
  return { names: rest.slice(2, cut), message: rest.slice(cut + 3) };
}
