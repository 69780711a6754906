import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { attachArguments, launchArguments } from "../../src/debug/launch.ts";
import { launchConfigurations } from "../../src/debug/vscode.ts";

interface Manifest {
  readonly version: string;
  readonly engines: { readonly vscode: string };
  readonly contributes: {
    readonly breakpoints: readonly { readonly language: string }[];
    readonly debuggers: readonly [
      {
        readonly configurationAttributes: Readonly<
          Record<"launch" | "attach", { readonly properties: Readonly<Record<string, object>> }>
        >;
        readonly initialConfigurations: readonly object[];
      },
    ];
  };
}

function jsonOf(path: string): unknown {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
}

const manifest = jsonOf("../../editors/vscode/package.json") as Manifest;
const [debug] = manifest.contributes.debuggers;
const attributes = debug.configurationAttributes;

const ground = {
  root: "/home/dino/train",
  realRoot: "/home/dino/train",
  workspace: "/workspace",
  pathMappings: [],
  port: 5678,
  configFile: "/home/dino/train/.igor/config.json",
};

type Given = Readonly<Record<string, unknown>>;

/** What the adapter makes of a configuration. */
const taken = {
  launch: (given: Given) => launchArguments(given, ground),
  attach: (given: Given) => attachArguments(given, ground),
};

const requests = ["launch", "attach"] as const;

/** Keys of other adapters' configurations, which igor's leaves out or does not offer. */
const notOffered = new Set(["port"]);

describe("the extension for VS Code", () => {
  test("has what VS Code asks of a package.json, and igor's version", () => {
    expect(manifest).toMatchObject({
      name: expect.stringMatching(/^[a-z0-9][a-z0-9-]*$/),
      publisher: expect.stringMatching(/^[a-z0-9][a-z0-9-]*$/i),
      engines: { vscode: expect.stringMatching(/^\^1\.\d+\.0$/) },
      version: (jsonOf("../../package.json") as Manifest).version,
    });
    // Without code there is nothing to begin, and VS Code refuses the one without the other.
    for (const key of ["main", "browser", "activationEvents", "dependencies"])
      expect(manifest).not.toHaveProperty(key);
  });

  test("lets breakpoints be set in Python, and names igor dap in PATH as the adapter", () => {
    expect(manifest.contributes.breakpoints).toEqual([{ language: "python" }]);
    expect(debug).toMatchObject({
      type: "igor",
      label: expect.any(String),
      languages: ["python"],
      // A program would be looked for in the extension's directory.
      runtime: "igor",
      runtimeArgs: ["dap"],
    });
    expect(debug).not.toHaveProperty("program");
  });

  test("offers in a new launch.json what igor config vscode writes", () => {
    expect(debug.initialConfigurations).toEqual([...launchConfigurations().values()]);
  });

  test.each(requests)("knows every key of %s that the adapter looks at", (request) => {
    const seen = new Set<string>();
    const given = new Proxy<Given>(request === "launch" ? { program: "a.py" } : {}, {
      get: (target, key) => {
        seen.add(String(key));
        return target[String(key)];
      },
    });
    expect(taken[request](given)).toMatchObject({ ok: true });
    const wanted = [...seen].filter((key) => !notOffered.has(key));
    expect(wanted.length).toBeGreaterThan(0);
    expect(Object.keys(attributes[request].properties)).toEqual(expect.arrayContaining(wanted));
  });

  test.each(requests)("describes each key of %s so that the adapter takes it", (request) => {
    const schema = { type: "object", ...attributes[request], additionalProperties: false };
    const isValid = new Ajv({ strict: true, allowUnionTypes: true }).compile(schema);
    for (const value of Object.values(samplesOf[request]))
      expect([value, isValid(value), isValid.errors]).toEqual([value, true, null]);
    const keys = Object.values(samplesOf[request]).flatMap((value) => Object.keys(value));
    expect(new Set(keys)).toEqual(new Set(Object.keys(attributes[request].properties)));
    for (const value of Object.values(samplesOf[request]))
      expect(taken[request](value)).toMatchObject({ ok: true });
  });

  test.each(["program", "module", "cwd", "console", "env", "args", "stopOnEntry", "justMyCode"])(
    "refuses as %s what the adapter refuses",
    (key) => {
      const isValid = new Ajv({ strict: true, allowUnionTypes: true }).compile({
        type: "object",
        ...attributes.launch,
      });
      const given = { ...(key === "module" ? {} : { program: "a.py" }), [key]: 7 };
      expect(taken.launch(given)).toMatchObject({
        ok: false,
        failure: { problem: { kind: "wrong-type", key } },
      });
      expect(isValid(given)).toBe(false);
    },
  );

  test("hands on every key but those that say where, which mean nothing in the container", () => {
    for (const value of samplesOf.launch) {
      const result = launchArguments(value, ground);
      const kept = Object.keys(value).filter((key) => key !== "igor");
      expect(result.ok && Object.keys(result.value)).toEqual(expect.arrayContaining(kept));
    }
  });
});

const common = {
  cwd: "/home/dino/train",
  justMyCode: false,
  subProcess: true,
  redirectOutput: true,
  pathMappings: [{ localRoot: "/usr/lib/x", remoteRoot: "/opt/x" }],
  igor: { host_group: "cluster", host: "apollo" },
};

/** Together they have every key. */
const samplesOf: Readonly<Record<"launch" | "attach", readonly Given[]>> = {
  launch: [
    { ...common, program: "a.py", args: ["x"], env: { A: "1", B: null } },
    { module: "pytest", args: "-x", console: "integratedTerminal", stopOnEntry: true },
    { code: ["import a", "a.run()"] },
  ],
  attach: [{ ...common, connect: { port: 5678 } }, { processId: 7 }, {}],
};
