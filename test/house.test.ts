import { ESLint, Linter } from "eslint";
import tseslint from "typescript-eslint";
import { describe, expect, test } from "vitest";

/** What lint says about code in a file of src/, by the rules that hold the house of DESIGN.md together. */
async function complaintsAbout(file: string, code: string): Promise<readonly string[]> {
  const { rules } = await new ESLint().calculateConfigForFile(file);
  const house = Object.entries(rules as Linter.RulesRecord).filter(([name]) =>
    name.startsWith("no-restricted-"),
  );
  const parser = tseslint.parser as Linter.Parser;
  const config = { languageOptions: { parser }, rules: Object.fromEntries(house) };
  return new Linter().verify(code, config).map(({ message }) => message);
}

describe("a file may import its own folder, model and the folders below", () => {
  test.each([
    ["src/plan/push.ts", "./image.ts"],
    ["src/plan/push.ts", "../model/plan.ts"],
    ["src/plan/push.ts", "../request/commands.ts"],
    ["src/plan/push.ts", "dockerfile-ast"],
    ["src/run/execute.ts", "../remote/quote.ts"],
    ["src/run/execute.ts", "node:net"],
    ["src/run/spawn.ts", "execa"],
    ["src/app/igor.ts", "../run/execute.ts"],
    ["src/cli/main.ts", "../app/igor.ts"],
    ["src/cli/main.ts", "node:fs"],
    ["src/project/config-load.ts", "node:fs/promises"],
    ["src/project/config-schema.ts", "zod/mini"],
    ["src/debug/vimspector-schema.ts", "ajv"],
  ])("%s imports %s", async (file, path) => {
    expect(await complaintsAbout(file, `import x from "${path}"; x();`)).toEqual([]);
  });
});

describe("a file may not import", () => {
  test.each([
    ["src/model/plan.ts", "../request/commands.ts"],
    ["src/plan/push.ts", "../run/execute.ts"],
    ["src/plan/push.ts", "../project/config-load.ts"],
    ["src/plan/push.ts", "node:fs"],
    ["src/plan/push.ts", "node:child_process"],
    ["src/request/parse.ts", "../project/config-schema.ts"],
    ["src/remote/ssh.ts", "node:fs/promises"],
    ["src/view/view.ts", "../app/igor.ts"],
    ["src/run/execute.ts", "../plan/push.ts"],
    ["src/run/execute.ts", "execa"],
    ["src/app/igor.ts", "../cli/main.ts"],
    ["src/app/igor.ts", "node:fs"],
    ["src/cli/main.ts", "../run/execute.ts"],
    ["src/cli/main.ts", "execa"],
    ["src/project/config-load.ts", "lodash"],
    ["src/app/debug-file.ts", "ajv"],
  ])("%s: %s", async (file, path) => {
    expect(await complaintsAbout(file, `import x from "${path}"; x();`)).toHaveLength(1);
  });
});

describe("a pure folder knows no", () => {
  test.each([
    ["clock", "export const now = Date.now();"],
    ["clock of another name", "export const now = new Date();"],
    ["chance", "export const id = Math.random();"],
    ["chance from node", 'import { randomUUID } from "node:crypto"; randomUUID();'],
    ["waiting", "export async function wait() {}"],
    ["promise", "export const later = new Promise(() => {});"],
    ["timer", "setTimeout(() => {}, 1);"],
    ["process", "export const home = process.env;"],
    ["file loaded later", 'export const load = () => import("./push.ts");'],
  ])("%s", async (_, code) => {
    for (const layer of ["model", "request", "remote", "view", "plan"]) {
      expect(await complaintsAbout(`src/${layer}/a.ts`, code), layer).not.toEqual([]);
    }
    expect(await complaintsAbout("src/run/a.ts", code), "run").toEqual([]);
  });
});
