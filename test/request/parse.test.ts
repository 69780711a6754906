import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { UsageProblem } from "../../src/model/failure-config.ts";
import { commandOf, kinds } from "../../src/request/commands.ts";
import { asksForJson, parse } from "../../src/request/parse.ts";

const common = {
  hostGroup: "dev",
  host: undefined,
  plan: false,
  json: false,
  verbosity: "normal",
} as const;

describe("words that are no request", () => {
  test.each([
    ["psuh --json", true],
    ["docker exce --json ls", true],
    ["push --nope x --json", true],
    ["docker exec --nope python --json", false],
    ["docker exec ls --json", false],
    ["push --nope", false],
  ])("%s asks for JSON: %s", (line, asks) => {
    expect(asksForJson(line.split(" "))).toBe(asks);
  });
});

describe("parse understands", () => {
  test.each([
    ["push", { kind: "push", watch: false, adopt: false, ...common }],
    ["pull", { kind: "pull", overwrite: false, paths: [], ...common }],
    [
      "pull runs/ --overwrite a.pt",
      { kind: "pull", overwrite: true, paths: ["runs/", "a.pt"], ...common },
    ],
    ["docker build", { kind: "build", adopt: false, ...common }],
    ["docker setup", { kind: "setup", replace: false, trust: false, adopt: false, ...common }],
    ["docker exec ls", { kind: "exec", push: false, tty: "auto", words: ["ls"], ...common }],
    ["docker repl", { kind: "repl", new: false, words: [], ...common }],
    ["docker clean", { kind: "clean", images: false, ...common }],
    ["init", { kind: "init", host: undefined, dir: undefined, yes: false }],
    ["config show", { kind: "config show", hostGroup: undefined, json: false }],
    ["config show -g dev", { kind: "config show", hostGroup: "dev", json: false }],
    ["config check", { kind: "config check", json: false }],
    ["log", { kind: "log", action: [], last: false, json: false, verbosity: "normal" }],
    ["help", { kind: "help", topic: [] }],
    ["--version", { kind: "version" }],
    ["-V", { kind: "version" }],
  ])("igor %s, with every default filled in", (line, request) => {
    expect(parse(line.split(" "))).toEqual({ ok: true, value: request });
  });

  test.each([
    ["push --host_group cluster", { hostGroup: "cluster" }],
    ["push --host-group cluster", { hostGroup: "cluster" }],
    ["push --host_group=cluster", { hostGroup: "cluster" }],
    ["push -g cluster", { hostGroup: "cluster" }],
    ["push -gcluster", { hostGroup: "cluster" }],
    ["push -g a -g b", { hostGroup: "b" }],
    ["-g cluster push", { hostGroup: "cluster" }],
    [
      "push --host apollo --json --plan --adopt",
      { host: "apollo", json: true, plan: true, adopt: true },
    ],
    ["push -q", { verbosity: "quiet" }],
    ["push -v", { verbosity: "verbose" }],
    ["push --quiet --verbose", { verbosity: "verbose" }],
    ["push -qg cluster", { verbosity: "quiet", hostGroup: "cluster" }],
  ])("the options of igor %s", (line, given) => {
    const request = { kind: "push", watch: false, adopt: false, ...common, ...given };
    expect(parse(line.split(" "))).toEqual({ ok: true, value: request });
  });

  test("options before, between and after the words of the verb", () => {
    const request = {
      kind: "setup",
      replace: true,
      trust: false,
      adopt: false,
      ...common,
      json: true,
      hostGroup: "c",
    };
    expect(parse(["--json", "docker", "-g", "c", "setup", "--replace"])).toEqual({
      ok: true,
      value: request,
    });
  });
});

describe("the words of docker exec", () => {
  const exec = { kind: "exec", push: false, tty: "auto", ...common } as const;

  test.each([
    [
      ["docker", "exec", "-g", "cluster", "python", "-c", "x", "--json"],
      { hostGroup: "cluster", words: ["python", "-c", "x", "--json"] },
    ],
    [["docker", "exec", "-t", "sh", "-T"], { tty: "always", words: ["sh", "-T"] }],
    [["docker", "exec", "--no-tty", "--tty", "sh"], { tty: "always", words: ["sh"] }],
    [["docker", "exec", "--", "--version"], { words: ["--version"] }],
    [["docker", "exec", "ls", "--", "-l"], { words: ["ls", "--", "-l"] }],
    [["docker", "exec", "--", "--", "ls"], { words: ["--", "ls"] }],
    [["docker", "exec", "--json", "ls", "--help"], { json: true, words: ["ls", "--help"] }],
    [["docker", "exec", ""], { words: [""] }],
    [["docker", "exec", "-"], { words: ["-"] }],
  ])("%j", (words, given) => {
    expect(parse(words)).toEqual({ ok: true, value: { ...exec, ...given } });
  });

  test("survive whatever they are, from the first word that is not an option", () => {
    const word = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("--", "-g", "--json", "--help", "-", "", "docker", "--host=x", "-qv"),
    );
    const command = fc.string({ unit: "binary" }).filter((text) => !/^-./s.test(text));
    fc.assert(
      fc.property(command, fc.array(word), (first, others) => {
        const words = [first, ...others];
        expect(parse(["docker", "exec", "-g", "c", "-q", ...words])).toEqual({
          ok: true,
          value: { ...exec, hostGroup: "c", verbosity: "quiet", words },
        });
        expect(parse(["docker", "exec", "--", ...words])).toMatchObject({ value: { words } });
      }),
    );
  });
});

describe("help", () => {
  test.each([
    ["-h", []],
    ["--help", []],
    ["push --help", ["push"]],
    ["--help push", ["push"]],
    ["docker -h", ["docker"]],
    ["docker exec --help ls", ["docker", "exec"]],
    ["push --json -h", ["push"]],
    ["help docker setup", ["docker", "setup"]],
    ["help docker", ["docker"]],
    ["help config", ["config"]],
    ["help help", ["help"]],
  ])("igor %s", (line, topic) => {
    expect(parse(line.split(" "))).toEqual({ ok: true, value: { kind: "help", topic } });
  });
});

describe("parse explains what is wrong with", () => {
  const topWords = [
    "push",
    "pull",
    "docker",
    "dap",
    "stop",
    "login",
    "status",
    "doctor",
    "init",
    "config",
    "log",
    "completion",
    "help",
  ];
  const dockerWords = ["build", "setup", "exec", "repl", "ps", "logs", "clean"];

  test.each<[string, UsageProblem, string]>([
    ["", { kind: "no-command", known: topWords }, "igor COMMAND [OPTION...]"],
    ["--json", { kind: "no-command", known: topWords }, "igor COMMAND [OPTION...]"],
    ["docker", { kind: "no-command", known: dockerWords }, "igor docker COMMAND [OPTION...]"],
    [
      "psuh",
      { kind: "unknown-command", given: "psuh", suggestion: "push", known: topWords },
      "igor COMMAND [OPTION...]",
    ],
    [
      "setup",
      { kind: "unknown-command", given: "setup", suggestion: "igor docker setup", known: topWords },
      "igor COMMAND [OPTION...]",
    ],
    [
      "docker biuld",
      { kind: "unknown-command", given: "biuld", suggestion: "build", known: dockerWords },
      "igor docker COMMAND [OPTION...]",
    ],
    [
      "docker frobnicate",
      { kind: "unknown-command", given: "frobnicate", suggestion: undefined, known: dockerWords },
      "igor docker COMMAND [OPTION...]",
    ],
    [
      "docker stop",
      { kind: "unknown-command", given: "stop", suggestion: "igor stop", known: dockerWords },
      "igor docker COMMAND [OPTION...]",
    ],
    [
      "help docker exce",
      { kind: "unknown-command", given: "exce", suggestion: "exec", known: dockerWords },
      "igor help [COMMAND]",
    ],
    [
      "help confg",
      {
        kind: "unknown-command",
        given: "confg",
        suggestion: "config",
        known: topWords,
      },
      "igor help [COMMAND]",
    ],
    ["help push pull", { kind: "extra-argument", given: "pull" }, "igor help [COMMAND]"],
    ["help push now", { kind: "extra-argument", given: "now" }, "igor help [COMMAND]"],
    [
      "push --hsot apollo",
      { kind: "unknown-option", given: "--hsot", suggestion: "--host" },
      "igor push [OPTION...]",
    ],
    [
      "--hots apollo push",
      { kind: "unknown-option", given: "--hots", suggestion: "--host" },
      "igor COMMAND [OPTION...]",
    ],
    [
      "push -x",
      { kind: "unknown-option", given: "-x", suggestion: undefined },
      "igor push [OPTION...]",
    ],
    [
      "docker repl --images",
      { kind: "option-not-here", given: "--images", verbs: ["docker clean"] },
      "igor docker repl [OPTION...] [COMMAND [ARG...]]",
    ],
    [
      "push --host",
      { kind: "option-needs-value", given: "--host", valueName: "NAME" },
      "igor push [OPTION...]",
    ],
    [
      "push -g --json",
      { kind: "option-needs-value", given: "-g", valueName: "NAME" },
      "igor push [OPTION...]",
    ],
    [
      "push --host=",
      { kind: "option-needs-value", given: "--host", valueName: "NAME" },
      "igor push [OPTION...]",
    ],
    [
      "push --json=yes",
      { kind: "option-takes-no-value", given: "--json" },
      "igor push [OPTION...]",
    ],
    ["log one two", { kind: "extra-argument", given: "two" }, "igor log [OPTION...] [ID|FILE]"],
    ["push now", { kind: "extra-argument", given: "now" }, "igor push [OPTION...]"],
    [
      "docker exec --tty",
      { kind: "missing-argument", name: "COMMAND [ARG...]" },
      "igor docker exec [OPTION...] COMMAND [ARG...]",
    ],
  ])("igor %s", (line, problem, usageLine) => {
    const words = line.split(" ").filter((word) => word !== "");
    expect(parse(words)).toMatchObject({
      ok: false,
      failure: { reason: "usage", problem, usageLine },
    });
  });
});

test("parse never throws, and what it understands is a verb of the table or igor's version", () => {
  const known = kinds.flatMap((kind) => [...commandOf(kind).words, ...commandOf(kind).options]);
  const word = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(...known, "--", "-g", "-qv", "-h", "--host=a", "--__proto__", "--tty=1", "-T5"),
  );
  fc.assert(
    fc.property(fc.array(word), (words) => {
      const result = parse(words);
      if (result.ok) expect([...kinds, "version"]).toContain(result.value.kind);
      else expect(result.failure.usageLine).toMatch(/^igor /);
    }),
  );
});
