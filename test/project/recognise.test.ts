import { expect, test } from "vitest";
import { recognise } from "../../src/project/recognise.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { writeThings } from "../support/tree.ts";

function recognised(...paths: readonly string[]) {
  const root = temporaryDirectory("igor-recognise-");
  writeThings(root, Object.fromEntries(paths.map((path) => [path, "x"])));
  return recognise(root);
}

test.each([
  [["Dockerfile", "Dockerfile.gpu", "docker/Dockerfile"], "Dockerfile"],
  [["dockerfile"], "dockerfile"],
  [["Containerfile"], "Containerfile"],
  [["docker/Dockerfile", "gpu.Dockerfile"], "docker/Dockerfile"],
  [[".devcontainer/Dockerfile"], ".devcontainer/Dockerfile"],
  [["Dockerfile.dev", "Dockerfile.dockerignore", "Dockerfile.dev.bak"], "Dockerfile.dev"],
  [["Containerfile.gpu"], "Containerfile.gpu"],
  [["train.Dockerfile", "Dockerfile.j2"], "train.Dockerfile"],
  [["cuda.dockerfile"], "cuda.dockerfile"],
  [["Dockerfile.old", "Dockerfile~", "README.md"], undefined],
])("of %j the dockerfile is %s", (paths, dockerfile) => {
  expect(recognised(...paths)).toMatchObject({ dockerfile, candidates: [] });
});

test("of several dockerfiles of equal right none is taken, and all are known", () => {
  expect(recognised("Dockerfile.cpu", "Dockerfile.gpu", "a.py")).toMatchObject({
    dockerfile: undefined,
    candidates: ["Dockerfile.cpu", "Dockerfile.gpu"],
  });
});

test.each([
  ["pip", ["requirements.txt", "requirements-dev.txt", "requirements.in"]],
  ["setuptools", ["setup.py", "setup.cfg", "pyproject.toml"]],
  ["poetry", ["poetry.lock", "pyproject.toml"]],
  ["uv", ["uv.lock", "pyproject.toml"]],
  ["pdm", ["pdm.lock", "pyproject.toml"]],
  ["pipenv", ["Pipfile", "Pipfile.lock"]],
  ["conda", ["environment.yml", "conda-lock.yml"]],
  ["conda with another name", ["environment.yaml"]],
])("what %s installs is a rebuild file", (_, files) => {
  const { rebuildFiles } = recognised(...files, "src/setup.py", "requirements.md", "train.py");
  expect([...rebuildFiles].sort()).toEqual([...files].sort());
});
