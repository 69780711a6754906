import fc from "fast-check";
import { parse } from "jsonc-parser";
import { expect, test } from "vitest";
import { launchConfigurations, mergedLaunchJson } from "../../src/debug/vscode.ts";
import { looseJson } from "../support/loose-json.ts";

function merged(text: string): string {
  const result = mergedLaunchJson(text);
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

test("a new launch.json holds igor's entries, and the version that VS Code wants", () => {
  expect(JSON.parse(merged(""))).toEqual({
    version: "0.2.0",
    configurations: [...launchConfigurations().values()],
  });
  expect(merged("")).toContain('      "args": ["${relativeFile}"],\n');
});

test("entries of the user stay where they are, with comments and trailing commas", () => {
  const text = [
    "{",
    "    // Use IntelliSense to learn about possible attributes.",
    '    "version": "0.2.0",',
    '    "configurations": [',
    '        { "name": "mine", "type": "debugpy", "request": "launch", }, // mine',
    '        { "name": "igor: old", "type": "igor", "request": "launch" },',
    "    ],",
    '    "compounds": [],',
    "}",
  ].join("\r\n");
  const result = merged(text);
  const [begin, end] = text.split(/ {8}\{ "name": "igor: old".*\r\n/) as [string, string];
  expect(result.startsWith(begin)).toBe(true);
  expect(result.endsWith(end)).toBe(true);
  expect(result).toContain('\r\n        {\r\n            "name": "igor: current file",\r\n');
  const { configurations } = parse(result, [], { allowTrailingComma: true }) as {
    readonly configurations: readonly { readonly name: string }[];
  };
  expect(configurations.map(({ name }) => name)).toEqual([
    "mine",
    ...launchConfigurations().keys(),
  ]);
});

test("a second run changes nothing, whatever the user wrote", () => {
  const names = ["igor: current file", "igor: gone", "mine"];
  const file = looseJson({ configurations: "list", compounds: "list" }, names);
  fc.assert(
    fc.property(file, ({ text }) => {
      const once = merged(text);
      expect(merged(once)).toBe(once);
    }),
  );
});
