import { describe, expect, test } from "vitest";
import type { Tree } from "../../src/model/manifest.ts";
import { parseDockerfile } from "../../src/plan/dockerfile.ts";
import {
  buildInputsOf,
  buildSourcesOf,
  filesNamedBy,
  filesToDigest,
  imageInputs,
} from "../../src/plan/image.ts";

interface Given {
  readonly dockerfile: string;
  readonly paths: readonly string[];
  readonly rebuildFiles?: readonly string[];
  readonly buildArgs?: Readonly<Record<string, string>>;
  readonly dockerignore?: string;
}

function sourcesOf({ dockerfile, paths, rebuildFiles = [], buildArgs = {}, dockerignore }: Given) {
  const tree: Tree = new Map(
    ["Dockerfile", ...paths].map((path) => {
      const [name = "", target] = path.split(" -> ");
      return [name, target === undefined ? "f 1 1.000000000 644" : `l ${target}`];
    }),
  );
  return buildSourcesOf(
    { image: { dockerfile: "Dockerfile", rebuildFiles, buildArgs }, workspace: "/workspace" },
    {
      dockerfile: "Dockerfile",
      reads: parseDockerfile(dockerfile, buildArgs),
      dockerignore:
        dockerignore === undefined ? undefined : { path: ".dockerignore", text: dockerignore },
      tree,
    },
  );
}

function expectSources(given: Given) {
  const sources = sourcesOf(given);
  if (!sources.ok) throw new Error(sources.failure.reason);
  const { inputs, context, ignored } = sources.value;
  return expect({
    inputs: [...inputs.keys()].filter((name) => name !== "Dockerfile"),
    context,
    ignored,
  });
}

describe("what a build reads", () => {
  test.each<[string, string, string[], string[]]>([
    ["a file", "COPY a.txt /", ["a.txt"], ["a.txt"]],
    [
      "a file by ADD, with flags",
      "ADD --chown=1:1 --chmod=644 ./a.txt b.txt /x/",
      ["a.txt", "b.txt"],
      ["a.txt", "b.txt"],
    ],
    [
      "a name with a space, in the JSON form",
      'COPY ["a b.txt", \\\n  "/x"]',
      ["a b.txt"],
      ["a b.txt"],
    ],
    ["files by wildcard", "COPY r*.txt /", ["r1.txt", "r2.txt"], ["r1.txt", "r2.txt"]],
    ["a continued line with a comment", "COPY a.txt \\\n# b.txt\n  /", ["a.txt"], ["a.txt"]],
    [
      "a bind mount of RUN",
      "RUN --mount=type=bind,source=a.txt,target=a.txt \\\n  --mount=type=cache,target=/c make",
      ["a.txt"],
      ["a.txt"],
    ],
    ["a trigger", "ONBUILD COPY a.txt /", ["a.txt"], ["a.txt"]],
    ["a lower-case keyword", "copy a.txt /", ["a.txt"], ["a.txt"]],
    ["a path above the context, which Docker cuts", "COPY ../a.txt /", ["a.txt"], ["a.txt"]],
    ["a variable", "ARG A=a\nCOPY ${A}.txt $A.txt /x/", ["a.txt"], ["a.txt"]],
    ["a variable with a default", "COPY ${X:-a.txt} /", ["a.txt"], ["a.txt"]],
    ["nothing from another stage", "COPY --from=base a.txt /", [], []],
    ["nothing from the network", "ADD https://example.com/a.txt git@github.com:a/b.git /", [], []],
    ["nothing from a here-document", "COPY <<a.txt <<b.txt /\na\na.txt\nb\nb.txt\n", [], []],
    ["nothing that a here-document says", "RUN <<END\nCOPY a.txt /\nEND\n", [], []],
    ["nothing else", "RUN pip install -r a.txt\nENV a.txt=1", [], []],
  ])("is %s", (_, text, inputs, context) => {
    const paths = ["a.txt", "b.txt", "a b.txt", "r1.txt", "r2.txt", "src/r3.txt", "c/c.py"];
    expectSources({ dockerfile: `FROM x AS base\n${text}`, paths }).toEqual({
      inputs,
      context,
      ignored: [],
    });
  });

  test("is the same file with another escape character", () => {
    const dockerfile = "# escape=`\n# syntax=docker/dockerfile:1\nFROM x\nCOPY a.txt `\n  /d\n";
    expectSources({ dockerfile, paths: ["a.txt"] }).toMatchObject({ inputs: ["a.txt"] });
  });

  test("takes build arguments before defaults, and arguments from before FROM", () => {
    const dockerfile = "ARG R=one.txt\nFROM x\nARG R\nCOPY $R /\nARG S=one.txt\nCOPY $S /";
    const paths = ["one.txt", "two.txt"];
    expectSources({ dockerfile, paths }).toMatchObject({ inputs: ["one.txt"] });
    const given = { dockerfile, paths, buildArgs: { R: "two.txt", S: "two.txt" } };
    expectSources(given).toMatchObject({ inputs: ["two.txt"] });
  });

  test("is everything when a name depends on the base image", () => {
    const dockerfile = "FROM x\nCOPY $UNKNOWN /x";
    expectSources({ dockerfile, paths: ["a", "b/c"] }).toEqual({
      inputs: [],
      context: ["Dockerfile", "a", "b/c"],
      ignored: ["."],
    });
  });

  test("is what a link leads to, too", () => {
    const paths = ["r.txt -> deps/r.txt", "deps/r.txt"];
    expectSources({ dockerfile: "FROM x\nCOPY r.txt /", paths }).toMatchObject({
      inputs: ["r.txt", "deps/r.txt"],
      context: ["deps/r.txt", "r.txt"],
    });
  });
});

describe("a symbolic link that is copied", () => {
  const paths = [
    "a -> b",
    "b -> real/f",
    "dir -> real",
    "real/f",
    "circle -> circle",
    "up -> ../x",
  ];

  test.each<[string, string, string[], string[]]>([
    ["to a link", "COPY a /", ["a", "b", "real/f"], ["a", "b", "real/f"]],
    ["to a directory", "COPY dir /d", ["dir"], ["dir", "real/f"]],
    ["on the way to a file", "COPY dir/f /", ["dir", "real/f"], ["dir", "real/f"]],
    ["that a pattern matches", "COPY di* /d/", ["dir"], ["dir", "real/f"]],
    ["to itself", "COPY circle /", ["circle"], ["circle"]],
    ["to the outside", "COPY up /", ["up"], ["up"]],
  ])("%s is followed", (_, text, inputs, context) => {
    expectSources({ dockerfile: `FROM x\n${text}`, paths }).toMatchObject({ inputs, context });
  });
});

test("many files that one pattern matches are one input, which a label can hold", () => {
  const paths = Array.from({ length: 40 }, (_, index) => `data/${String(index)}.csv`);
  const dockerfile = "FROM x\nCOPY data/*.csv /d/";
  expectSources({ dockerfile, paths }).toMatchObject({
    inputs: ["data/*.csv"],
    context: paths.toSorted(),
  });
});

test("a pattern that is none matches nothing", () => {
  expectSources({ dockerfile: "FROM x\nCOPY [z-a].txt /", paths: ["a.txt"] }).toMatchObject({
    context: [],
  });
});

describe("a directory that is copied", () => {
  const paths = ["src/a.py", "src/b/c.py", "top.py"];

  test.each([
    ["to the workspace", "COPY . /workspace"],
    ["below the workspace", "COPY . /workspace/"],
    ["to a relative place in the workspace", "WORKDIR /workspace\nCOPY . ."],
    ["to the workspace of an earlier stage", "WORKDIR /workspace\nFROM base\nCOPY . ."],
  ])("%s is in the context and is no reason to rebuild", (_, text) => {
    expectSources({ dockerfile: `FROM x AS base\n${text}`, paths }).toEqual({
      inputs: [],
      context: ["Dockerfile", ...paths],
      ignored: [],
    });
  });

  test.each([
    ["COPY src /app/src", "src", ["src/a.py", "src/b/c.py"]],
    ["COPY src/ /app/src", "src", ["src/a.py", "src/b/c.py"]],
    ["COPY src/* /app", "src", ["src/a.py", "src/b/c.py"]],
    ["COPY s?c /workspaces", "src", ["src/a.py", "src/b/c.py"]],
    ["WORKDIR /app\nCOPY src .", "src", ["src/a.py", "src/b/c.py"]],
  ])("elsewhere is told: %s", (text, directory, context) => {
    expectSources({ dockerfile: `FROM x\n${text}`, paths }).toEqual({
      inputs: [],
      context,
      ignored: [directory],
    });
  });

  test("is not told when docker_rebuild_files has some of it", () => {
    const given = { dockerfile: "FROM x\nCOPY src /app", paths, rebuildFiles: ["src/**/*.py"] };
    expectSources(given).toMatchObject({ inputs: ["src/a.py", "src/b/c.py"], ignored: [] });
  });

  test("is there without what .dockerignore keeps out", () => {
    const dockerfile = "FROM x\nCOPY . /workspace\nCOPY top.py /";
    const dockerignore = "# comment\n/src\n!src/b\n*.py\n\n**/secret\n";
    expectSources({
      dockerfile,
      paths: [...paths, "d/e/secret/k", "d/f.py"],
      dockerignore,
    }).toEqual({
      inputs: [".dockerignore"],
      context: ["Dockerfile", "d/f.py", "src/b/c.py"],
      ignored: [],
    });
  });
});

describe("docker_rebuild_files", () => {
  test.each([
    ["a name", "requirements.txt", ["requirements.txt"]],
    ["a name with ./", "./requirements.txt", ["requirements.txt"]],
    ["a glob", "req/*.txt", ["req/a.txt", "req/b.txt"]],
    ["a glob over directories", "**/*.txt", ["req/a.txt", "req/b.txt", "requirements.txt"]],
    ["a directory", "req/", ["req/a.txt", "req/b.txt"]],
    ["a name with brackets, as it is", "a[1].txt", ["a[1].txt"]],
  ])("may be %s", (_, pattern, inputs) => {
    const paths = ["requirements.txt", "req/a.txt", "req/b.txt", "a[1].txt"].filter(
      (path) => path !== "a[1].txt" || pattern === path,
    );
    expectSources({ dockerfile: "FROM x", paths, rebuildFiles: [pattern] }).toMatchObject({
      inputs,
      context: [],
    });
  });

  test("that match nothing are a failure that names the entry", () => {
    const sources = sourcesOf({
      dockerfile: "FROM x",
      paths: ["a"],
      rebuildFiles: ["a", "b*.txt"],
    });
    expect(sources).toEqual({
      ok: false,
      failure: { reason: "rebuild-file-missing", pattern: "b*.txt" },
    });
  });

  test("that match many files are one input", () => {
    const paths = Array.from({ length: 40 }, (_, n) => `c/${n}.yaml`);
    const given = { dockerfile: "FROM x", paths, rebuildFiles: ["c/*.yaml"] };
    expectSources(given).toMatchObject({ inputs: ["c/*.yaml"] });
  });
});

describe("the hash of the inputs", () => {
  const given = { dockerfile: "FROM x\nCOPY a.txt /", paths: ["a.txt", "other"] };
  const hashOf = (digests: Record<string, string>, buildArgs: Record<string, string> = {}) => {
    const sources = sourcesOf(given);
    if (!sources.ok) throw new Error();
    expect(filesToDigest(sources.value)).toEqual(["Dockerfile", "a.txt"]);
    return buildInputsOf(sources.value, buildArgs, new Map(Object.entries(digests)));
  };

  test("changes with each of them and has names a person knows", () => {
    const before = hashOf({ Dockerfile: "1", "a.txt": "2" });
    expect(before.inputs.map(({ name }) => name)).toEqual(["Dockerfile", "a.txt"]);
    const hashes = [
      before,
      hashOf({ Dockerfile: "1", "a.txt": "3" }),
      hashOf({ Dockerfile: "2", "a.txt": "2" }),
      hashOf({ Dockerfile: "1", "a.txt": "2" }, { A: "1" }),
      hashOf({ Dockerfile: "1", "a.txt": "2" }, { A: "2" }),
    ].map(({ hash }) => hash);
    expect(new Set(hashes).size).toBe(5);
    expect(hashOf({ Dockerfile: "1", "a.txt": "2" }).hash).toBe(before.hash);
    const named = hashOf({}, { CUDA: "1" });
    expect(named.inputs.map(({ name }) => name)).toContain("build argument CUDA");
  });

  test("becomes words that a label and a shell can hold", () => {
    const sources = sourcesOf({
      dockerfile: 'FROM x\nCOPY ["a b*\'$.txt", "/"]',
      paths: ["a b'$.txt"],
    });
    if (!sources.ok) throw new Error();
    const inputs = imageInputs(
      {
        name: "i:igor",
        dockerfile: "Dockerfile",
        settings: { dockerfile: "Dockerfile", rebuildFiles: [], buildArgs: { A: "x\ny\\" } },
      },
      sources.value,
      buildInputsOf(sources.value, { A: "1" }, new Map()),
    );
    expect(inputs["in_image_inputs"]).toMatch(
      /^Dockerfile=\w{12} a%20b%27%24\.txt=\w{12} build%20argument%20A=\w{12}$/,
    );
    expect(inputs["in_build_args"]).toBe("A=x\\0012y\\0134");
  });
});

test("a list of context files that is long travels only when the host asks for it", () => {
  const paths = Array.from({ length: 2000 }, (_, n) => `directory/file${n}.py`);
  const sources = sourcesOf({ dockerfile: "FROM x\nCOPY . /workspace", paths });
  if (!sources.ok) throw new Error();
  const image = {
    name: "i",
    dockerfile: "Dockerfile",
    settings: { dockerfile: "Dockerfile", rebuildFiles: [], buildArgs: {} },
  };
  const build = buildInputsOf(sources.value, {}, new Map());
  expect(imageInputs(image, sources.value, build)).toMatchObject({
    in_context: "",
    in_context_missing: "1",
  });
  const asked = imageInputs({ ...image, askedForContext: true }, sources.value, build);
  expect(asked["in_context"]?.split("\n").length).toBe(2001);
});

test("names that a dockerfile spells out can be pushed even when they are ignored", () => {
  const reads = parseDockerfile(
    "FROM x\nCOPY model.bin a*.txt /\nCOPY . /w\nCOPY --from=x y /",
    {},
  );
  expect(filesNamedBy(reads)).toEqual(["model.bin"]);
});
