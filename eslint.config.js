// @ts-check
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/**
 * The house (DESIGN.md, "The house"): what each folder of src/ may import besides itself and model/.
 * `packages` and `node` name what may come from outside; everything else is refused.
 * `pure` folders have no async, no clock, no randomness, no process.
 * @type {Record<string, { layers: string[], packages?: string[], node: string[], pure?: boolean }>}
 */
const house = {
  model: { layers: [], node: [], pure: true },
  request: { layers: [], packages: ["zod"], node: ["util"], pure: true },
  remote: {
    layers: [],
    packages: ["dockerfile-ast", "ignore"],
    node: ["buffer", "crypto", "path", "zlib"],
    pure: true,
  },
  debug: {
    layers: [],
    packages: ["@vscode/debugprotocol", "ajv", "jsonc-parser"],
    node: ["buffer", "path"],
    pure: true,
  },
  view: { layers: [], node: ["util"], pure: true },
  plan: {
    layers: ["request", "remote", "debug"],
    packages: ["dockerfile-ast", "ignore"],
    node: ["buffer", "crypto", "path"],
    pure: true,
  },
  project: {
    layers: [],
    packages: ["zod", "jsonc-parser", "ignore", "tar-stream"],
    node: [
      "buffer",
      "crypto",
      "fs",
      "fs/promises",
      "os",
      "path",
      "stream",
      "stream/promises",
      "worker_threads",
    ],
  },
  run: {
    layers: ["remote"],
    packages: ["tar-stream"],
    node: ["*"],
  },
  app: {
    layers: ["request", "project", "plan", "remote", "run"],
    node: ["crypto", "os", "path"],
  },
  nvim: {
    layers: ["app", "view", "request", "debug"],
    packages: ["neovim", "zod"],
    node: ["*"],
  },
  dap: {
    layers: ["app", "view", "request", "debug"],
    packages: ["@vscode/debugprotocol"],
    node: ["*"],
  },
  // It is how every edge but the editor's is reached from the shell.
  cli: {
    layers: ["app", "view", "request", "debug", "dap"],
    packages: ["log-update"],
    node: ["*"],
  },
};

/** Packages with a single home file. */
const homes = { "src/run/spawn.ts": ["execa"] };

const layerNames = Object.keys(house).join("|");

/**
 * The `no-restricted-imports` rule of one folder.
 * @param {string} layer
 * @param {string[]} extraPackages
 * @returns {import("eslint").Linter.RuleEntry}
 */
function importsAllowedIn(layer, extraPackages = []) {
  const { layers, packages = [], node } = house[layer] ?? { layers: [], node: [] };
  const rooms = [layer, "model", ...layers].join("|");
  const modules = node.includes("*") ? ".*" : `(?:${node.join("|")})$`;
  const outside = [...packages, ...extraPackages].map((name) => `${name}(?:/|$)`);
  const patterns = [
    {
      regex: `^(?:\\.\\./)+(?!(?:${rooms})/)(?:${layerNames})/`,
      message: `${layer}/ may import ${rooms.replaceAll("|", "/, ")}/ (DESIGN.md, "The house").`,
    },
    {
      regex: `^(?!${["\\.", `node:${modules}`, ...outside].join("|")})`,
      message: `${layer}/ may import from outside: ${[...node.map((name) => `node:${name}`), ...packages].join(", ") || "nothing"} (eslint.config.js).`,
    },
  ];
  return ["error", { patterns }];
}

// What would make a pure folder depend on the world or on time.
/** @type {import("eslint").Linter.RulesRecord} */
const purity = {
  "no-restricted-globals": [
    "error",
    ...[
      "process",
      "performance",
      "fetch",
      "setTimeout",
      "setInterval",
      "setImmediate",
      "queueMicrotask",
      "crypto",
    ],
  ],
  "no-restricted-properties": [
    "error",
    { object: "Date", property: "now", message: "The clock is a fact: take it as a parameter." },
    { object: "Math", property: "random", message: "Ids are facts: take them as a parameter." },
  ],
  "no-restricted-syntax": [
    "error",
    { selector: ":function[async=true]", message: "Pure folders have no async." },
    { selector: "AwaitExpression", message: "Pure folders have no async." },
    { selector: "ImportExpression", message: "Pure folders import at the top." },
    { selector: "NewExpression[callee.name='Promise']", message: "Pure folders have no async." },
    {
      selector: "NewExpression[callee.name='Date'][arguments.length=0]",
      message: "The clock is a fact: take it as a parameter.",
    },
    {
      selector: "ImportSpecifier[imported.name=/^random/]",
      message: "Ids are facts: take them as a parameter.",
    },
  ],
};

export default defineConfig(
  { ignores: ["dist/", "coverage/", "**/.igor/"] },
  {
    files: ["**/*.{ts,js,mjs}"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
      ],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_" },
      ],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "no-console": "error",
      eqeqeq: "error",
    },
  },
  {
    files: ["src/**/*.ts"],
    rules: {
      "max-params": ["error", 3],
      "max-lines": ["error", { max: 220, skipBlankLines: true, skipComments: true }],
    },
  },
  { files: ["src/cli/**/*.ts", "src/nvim/serve.ts"], rules: { "no-console": "off" } },
  ...Object.entries(house).map(([layer, { pure = false }]) => ({
    files: [`src/${layer}/**/*.ts`],
    rules: { "no-restricted-imports": importsAllowedIn(layer), ...(pure ? purity : {}) },
  })),
  ...Object.entries(homes).map(([file, packages]) => ({
    files: [file],
    rules: { "no-restricted-imports": importsAllowedIn(file.split("/")[1] ?? "", packages) },
  })),
  {
    files: ["test/**"],
    rules: {
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
    },
  },
  {
    files: ["**/*.{js,mjs}"],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { "no-console": "off" },
  },
  {
    files: ["bin/*.js", "rplugin/**/*.js"],
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
);
