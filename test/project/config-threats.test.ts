import * as z from "zod/mini";
import { describe, expect, test } from "vitest";
import { readConfig } from "../../src/project/config-read.ts";
import { configSchema } from "../../src/project/config-schema.ts";

// What a configuration in a cloned repository could try with every text in it. The places come from the schema: a new
// key is among them, and has to be looked at before this test passes again.

type Schema = z.core.JSONSchema.JSONSchema;
type Step = string | number;

/** A name that stands for any, e.g. of a variable. */
const anyName = "NAME";

const isSchema = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The paths of every text that a configuration may hold; the names that are free are among them, as `(name)`. */
function textsIn(schema: Schema, path: readonly Step[] = []): readonly (readonly Step[])[] {
  const { type, properties = {}, items, additionalProperties, anyOf = [] } = schema;
  const below = (inner: unknown, step: Step) =>
    isSchema(inner) ? textsIn(inner, [...path, step]) : [];
  return [
    ...(type === "string" && schema.enum === undefined ? [path] : []),
    ...anyOf.flatMap((choice) => (isSchema(choice) ? textsIn(choice, path) : [])),
    ...Object.entries(properties).flatMap(([key, value]) => below(value, key)),
    ...below(items, 0),
    ...(isSchema(additionalProperties)
      ? [[...path, "(name)"], ...below(additionalProperties, anyName)]
      : []),
  ];
}

const places = textsIn(z.toJSONSchema(configSchema, { io: "input" }));
const title = (path: readonly Step[]) => path.join(".").replaceAll(".0", "[]");

const group = { hosts: [{ host: "apollo", dir: "/srv" }] };

/** What the items of a list need beside the one text, to be valid. */
const beside: Readonly<Record<string, object>> = {
  "host_groups.NAME.hosts": { host: "apollo", dir: "/srv" },
  mounts: { source: "/data", target: "/data" },
  "debug.path_mappings": { local: "a", remote: "/a" },
};

/** A configuration with that text in that place, and nothing else that is wrong. */
function configWith(path: readonly Step[], text: string): string {
  const isName = path.at(-1) === "(name)";
  const innermost = !isName ? text : path[0] === "host_groups" ? group : "value";
  const config = path.reduceRight<unknown>((inner, step, index) => {
    if (step === "(name)") return { [text]: inner };
    if (step !== 0) return { [step]: inner };
    return [isSchema(inner) ? { ...beside[path.slice(0, index).join(".")], ...inner } : inner];
  }, innermost);
  return JSON.stringify({ host_groups: { dev: group }, ...(config as object) });
}

const attacks = {
  option: ["-oProxyCommand=touch /tmp/pwned", "--help", "-", "./-x"],
  "steps up": ["../..", "a/../../b", ".."],
  shell: ["$(touch x)", "`touch x`", "a;touch x", "a'b", 'a"b', "a b", "*"],
  "control character": ["a\u001b]52;c;eA==\u0007", "a\rb", "a\u007f", "\u009b2J"],
  "line break": ["a\nb", "a\n"],
  NUL: ["a\0b", "\0"],
} as const;

/** Which attacks a text in that place survives, also behind what paths must begin with. */
function survivedBy(path: readonly Step[]): readonly string[] {
  return Object.entries(attacks)
    .filter(([name, texts]) =>
      texts
        .flatMap((text) => (name === "option" ? [text] : [text, `/${text}`, `~/${text}`]))
        .some((text) => readConfig(configWith(path, text)).ok),
    )
    .map(([name]) => name);
}

describe("a hostile text in a configuration", () => {
  test("is tried in every place, where a harmless one is valid", () => {
    const harmless = ["a", "/a", "~/a", "1:1", "1g", "10.0.0.1", "fe80::1"];
    for (const path of places) {
      const valid = harmless.filter((text) => readConfig(configWith(path, text)).ok);
      expect({ place: title(path), isTried: valid.length > 0 }).toMatchObject({ isTried: true });
    }
  });

  test("is refused, but for what its place can bear", () => {
    const borne = places.map((path) => `${title(path)}: ${survivedBy(path).join(", ") || "-"}`);
    // Steps up and options reach only what reads them as such (docker_args), the container (python, repl_cmd), values, and
    // patterns. What a shell would read is quoted wherever a shell is: see quote.test.ts, and hostile.test.ts on a host.
    expect(borne).toMatchInlineSnapshot(`
      [
        "$schema: option, steps up, shell, control character, line break, NUL",
        "host_groups.(name): -",
        "host_groups.NAME.hosts[].host: -",
        "host_groups.NAME.hosts[].dir: shell",
        "host_groups.NAME.hosts[].tag: -",
        "host_groups.NAME.hosts[].user: -",
        "host_groups.NAME.hosts[].ip: -",
        "host_groups.NAME.hosts[].ip: -",
        "project: -",
        "user: -",
        "dockerfile: shell",
        "docker_rebuild_files[]: shell",
        "build_args.(name): -",
        "build_args.NAME: option, steps up, shell, control character",
        "workspace: shell",
        "python: option, steps up, shell",
        "repl_cmd: option, steps up, shell",
        "gpus[]: steps up",
        "shm_size: -",
        "env.(name): -",
        "env.NAME: option, steps up, shell, control character",
        "mounts[].source: shell",
        "mounts[].target: shell",
        "ports[]: -",
        "network: -",
        "docker_args[]: option, steps up, shell",
        "exclude[]: option, steps up, shell",
        "outputs[]: shell",
        "shared[]: shell",
        "debug.path_mappings[].local: option, steps up, shell",
        "debug.path_mappings[].remote: shell",
      ]
    `);
  });
});
