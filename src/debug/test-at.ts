const definition = /^(\s*)(?:async\s+)?(def|class)\s+([A-Za-z_]\w*)/;

/**
 * The test that a line belongs to, as pytest names it behind the file, e.g. `TestLoss::test_nan`; undefined where it is
 * in none, and all tests of the file are meant. Lines count from 1.
 */
export function testAt(text: string, line: number): string | undefined {
  const lines = text.split("\n");
  const names: string[] = [];
  let within = Infinity;
  for (let index = Math.min(line, lines.length) - 1; index >= 0 && within > 0; index -= 1) {
    const current = lines[index] ?? "";
    const [, margin = "", kind, name = ""] = definition.exec(current) ?? [];
    const indent = kind === undefined ? (/\S/.exec(current)?.index ?? Infinity) : margin.length;
    // Decorators stand above what they belong to.
    if (/^\s*@/.test(current) && within === Infinity) {
      const below = lines.slice(index + 1).findIndex((other) => definition.test(other));
      if (below >= 0) return testAt(text, index + below + 2);
    }
    if (kind === undefined) {
      if (within === Infinity && indent < Infinity) within = indent;
      continue;
    }
    if (indent >= within) continue;
    within = indent;
    if (kind === "def" ? name.startsWith("test") : name.startsWith("Test")) names.unshift(name);
    // What is defined in a function is none of pytest's.
    else names.length = 0;
  }
  return names.length === 0 ? undefined : names.join("::");
}
