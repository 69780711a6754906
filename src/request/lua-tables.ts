/** One option of the editor, as `lua/igor/options.lua` has it. */
export interface EditorOption {
  readonly name: string;
  /** e.g. `string|false` */
  readonly type: string;
  readonly text: string;
  /** As Lua writes it. */
  readonly default: string;
}

/** What a key can be mapped to, as `lua/igor/maps.lua` has it. */
export interface EditorMap {
  readonly name: string;
  /** e.g. `["n", "x"]` */
  readonly modes: readonly string[];
  /** The keys behind the prefix of the option `mappings`. */
  readonly keys: string | undefined;
  readonly summary: string;
}

/** A highlight group, as `lua/igor/highlights.lua` has it. */
export interface Highlight {
  readonly group: string;
  /** The standard group that it is linked to. */
  readonly link: string;
  /** What is drawn with it. */
  readonly text: string;
}

/** The options of the annotated class and of the table of defaults. */
export function optionsIn(lua: string): readonly EditorOption[] {
  const defaults = new Map(
    [
      ...(/^local defaults = \{\n([^}]*)\}/m.exec(lua)?.[1] ?? "").matchAll(
        /^ {2}(\w+) = (.*),$/gm,
      ),
    ].map(([, name = "", value = ""]) => [name, value]),
  );
  return [...lua.matchAll(/^---@field (\w+) (\S+) (.*)$/gm)].map(
    ([, name = "", type = "", text = ""]) => ({
      name,
      type,
      text,
      default: defaults.get(name) ?? "",
    }),
  );
}

/** The rows of the table of mappings. */
export function mapsIn(lua: string): readonly EditorMap[] {
  const rows = lua.matchAll(/^ {2}\{(?: name = .* \},|\n(?: {4}.*\n)+ {2}\},)$/gm);
  return [...rows].map(([row]) => ({
    name: textIn(row, "name") ?? "",
    modes: [...(/modes = \{([^}]*)\}/.exec(row)?.[1] ?? "").matchAll(/"(\w+)"/g)].map(
      ([, mode = ""]) => mode,
    ),
    keys: textIn(row, "lhs"),
    summary: textIn(row, "summary") ?? "",
  }));
}

/** The rows of the table of links. */
export function highlightsIn(lua: string): readonly Highlight[] {
  return [...lua.matchAll(/^ {2}(Igor\w+) = "(\w+)", -- (.*)$/gm)].map(
    ([, group = "", link = "", text = ""]) => ({ group, link, text }),
  );
}

function textIn(row: string, name: string): string | undefined {
  return new RegExp(`\\b${name} = "([^"]*)"`).exec(row)?.[1];
}
