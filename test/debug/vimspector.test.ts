import fc from "fast-check";
import { parse } from "jsonc-parser";
import { describe, expect, test } from "vitest";
import { capabilities } from "../../src/debug/capabilities.ts";
import { attachArguments, launchArguments } from "../../src/debug/launch.ts";
import { mergedVimspector, vimspectorConfiguration } from "../../src/debug/vimspector.ts";
import { vimspectorMistakes } from "../../src/debug/vimspector-schema.ts";
import { looseJson } from "../support/loose-json.ts";

interface Entry {
  readonly default?: boolean;
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly breakpoints: { readonly exception: Readonly<Record<string, string>> };
}

interface Written {
  readonly adapters: Readonly<Record<string, unknown>>;
  readonly configurations: Readonly<Record<string, Entry>>;
}

function merged(text: string): Written & { readonly text: string } {
  const result = mergedVimspector(text);
  if (!result.ok) throw new Error(result.failure.message);
  return { ...(parse(result.value) as Written), text: result.value };
}

const fresh = merged("");
const entries = Object.entries(fresh.configurations);

describe("what igor writes to .vimspector.json", () => {
  test("gives an image the time to be built before the first answer", () => {
    expect(fresh.adapters).toEqual({
      igor: { command: ["igor", "dap"], async_timeout: 300_000 },
    });
  });

  test("has an entry for the current file, for a terminal, for its tests, and to attach", () => {
    expect(entries.map(([name, { configuration }]) => [name, configuration])).toEqual([
      ["igor: current file", { request: "launch", program: "${file}", console: "internalConsole" }],
      [
        "igor: current file in a terminal",
        { request: "launch", program: "${file}", console: "integratedTerminal" },
      ],
      [
        "igor: tests of the current file",
        {
          request: "launch",
          module: "pytest",
          args: ["${relativeFile}"],
          cwd: "${workspaceRoot}",
          console: "internalConsole",
        },
      ],
      ["igor: attach", { request: "attach", cwd: "${workspaceRoot}" }],
    ]);
  });

  test("answers what vimspector would ask about every filter of debugpy", () => {
    const filters = capabilities.exceptionBreakpointFilters ?? [];
    for (const [, { breakpoints }] of entries)
      expect(Object.keys(breakpoints.exception)).toEqual(filters.map(({ filter }) => filter));
  });

  test("is what igor's adapter takes", () => {
    const ground = {
      root: "/home/dino/train",
      realRoot: "/home/dino/train",
      workspace: "/workspace",
      pathMappings: [],
      port: 5678,
      configFile: "/home/dino/train/.igor/config.json",
    };
    for (const [, { configuration }] of entries) {
      const given = expanded(configuration, {
        "${file}": "/home/dino/train/tests/a_test.py",
        "${relativeFile}": "tests/a_test.py",
        "${workspaceRoot}": "/home/dino/train",
      });
      const taken = given["request"] === "attach" ? attachArguments : launchArguments;
      expect(taken(given, ground)).toMatchObject({ ok: true });
    }
  });
});

function expanded(
  given: Readonly<Record<string, unknown>>,
  variables: Readonly<Record<string, string>>,
): Record<string, unknown> {
  let text = JSON.stringify(given);
  for (const [name, value] of Object.entries(variables)) text = text.replaceAll(name, value);
  return JSON.parse(text) as Record<string, unknown>;
}

describe("the default entry", () => {
  const defaults = (text: string): readonly string[] =>
    Object.entries(merged(text).configurations)
      .filter(([, entry]) => entry.default === true)
      .map(([name]) => name);
  const mine = (more: object) =>
    JSON.stringify({ configurations: { mine: { adapter: "x", configuration: {}, ...more } } });

  test.each([
    ["a file without one", mine({})],
    ["one of other files", mine({ default: true, filetypes: ["cpp"] })],
    ["one that is never chosen by itself", mine({ default: true, autoselect: false })],
    ["one that is false", mine({ default: false })],
  ])("is that of the current file beside %s", (_, text) => {
    expect(defaults(text)).toEqual(expect.arrayContaining(["igor: current file"]));
    expect(defaults(text).filter((name) => name.startsWith("igor: "))).toHaveLength(1);
  });

  test.each([
    ["of all files", mine({ default: true })],
    ["of Python files", mine({ default: true, filetypes: ["cpp", "python"] })],
  ])("stays the user's where there is one %s", (_, text) => {
    expect(defaults(text)).toEqual(["mine"]);
    const again = merged(text).text;
    expect(merged(again).text).toBe(again);
  });

  test("is igor's again when the user's is gone", () => {
    const without = merged(mine({ default: true })).text.replace('"default":true,', "");
    const text = without.replace(',"default":true', "");
    expect(defaults(text)).toEqual(["igor: current file"]);
  });
});

test("whatever the user wrote, what is igor's is right, and a second run changes nothing", () => {
  const names = ["igor", "igor: current file", "igor: gone", "mine", "default"];
  const file = looseJson({ adapters: "object", configurations: "object" }, names);
  fc.assert(
    fc.property(file, ({ text }) => {
      const once = merged(text);
      expect(merged(once.text).text).toBe(once.text);
      expect(once.adapters["igor"]).toEqual(fresh.adapters["igor"]);
    }),
  );
});

describe("igor's schema for it", () => {
  const { adapters, configurations } = vimspectorConfiguration();
  const own = () =>
    JSON.parse(
      JSON.stringify({
        adapters: Object.fromEntries(adapters),
        configurations: Object.fromEntries(configurations),
      }),
    ) as Record<string, never>;

  test("lets what igor writes pass", () => {
    expect(vimspectorMistakes(own())).toEqual([]);
  });

  type Change = (value: Record<string, never>) => void;
  const entry = (value: Record<string, never>): Record<string, unknown> =>
    value["configurations"]!["igor: current file"];
  const inside = (value: Record<string, never>, key: string): Record<string, unknown> =>
    entry(value)[key] as Record<string, unknown>;

  test.each<readonly [string, Change]>([
    ["a key of the file that is none", (value) => Object.assign(value, { adaptors: {} })],
    [
      "an adapter's key that is none",
      (value) => Object.assign(value["adapters"]!["igor"], { asyncTimeout: 1 }),
    ],
    [
      "a time in seconds",
      (value) => Object.assign(value["adapters"]!["igor"], { async_timeout: 300 }),
    ],
    [
      "another adapter",
      (value) => Object.assign(value["adapters"]!, { debugpy: { command: ["igor", "dap"] } }),
    ],
    ["a key of an entry that is none", (value) => Object.assign(entry(value), { filetype: [] })],
    ["text for true", (value) => Object.assign(entry(value), { default: "true" })],
    [
      "a second default",
      (value) => Object.assign(value["configurations"]!["igor: attach"], { default: true }),
    ],
    [
      "a name without igor",
      (value) => Object.assign(value["configurations"]!, { attach: entry(value) }),
    ],
    [
      "a key of the adapter's that is none",
      (value) => Object.assign(inside(value, "configuration"), { programm: "${file}" }),
    ],
    [
      "a variable that vimspector would ask for",
      (value) => Object.assign(inside(value, "configuration"), { program: "${File}" }),
    ],
    [
      "a path that goes stale",
      (value) => Object.assign(inside(value, "configuration"), { program: "/home/dino/a.py" }),
    ],
    [
      "a port",
      (value) =>
        Object.assign(inside(value, "configuration"), { request: "attach", connect: { port: 1 } }),
    ],
    [
      "a console that is none",
      (value) => Object.assign(inside(value, "configuration"), { console: "terminal" }),
    ],
    [
      "a filter that is answered in another way",
      (value) =>
        Object.assign(inside(value, "breakpoints")["exception"] as object, { raised: "no" }),
    ],
    [
      "a filter that debugpy has not",
      (value) =>
        Object.assign(inside(value, "breakpoints")["exception"] as object, { caught: "N" }),
    ],
    ["no answers at all", (value) => Object.assign(entry(value), { breakpoints: {} })],
  ])("finds %s", (_, change) => {
    const value = own();
    change(value);
    expect(vimspectorMistakes(value)).not.toEqual([]);
  });
});
