import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readText } from "./read.ts";

/** What the files of a directory tell about the project in it. */
export interface Recognised {
  /** Relative to the directory; undefined when there is none. */
  readonly dockerfile: string | undefined;
  /** Several that could be meant, where none is. */
  readonly candidates: readonly string[];
  /** Whether igor finds that dockerfile without being told. */
  readonly isDefaultDockerfile: boolean;
  /** Files that say what is to be installed. */
  readonly rebuildFiles: readonly string[];
  /** A REPL that those files install. */
  readonly replCommand: string | undefined;
}

const otherDockerfiles = ["docker/Dockerfile", ".devcontainer/Dockerfile", "Containerfile"];

/** e.g. `Dockerfile.gpu`, `gpu.Dockerfile`, and not `Dockerfile.dockerignore`, `Dockerfile.bak` or a template. */
const variant =
  /^(?:(?:Dockerfile|Containerfile)\.(?!.*(?:dockerignore|bak|old|orig|swp|in|j2|tmpl|template|~)$)[\w.-]+|[\w.-]+\.[Dd]ockerfile)$/;

/** Files that name what a project needs, wherever its dockerfile copies them from. */
const requirements =
  /^(?:requirements[\w.-]*\.(?:txt|in)|pyproject\.toml|setup\.(?:py|cfg)|poetry\.lock|uv\.lock|pdm\.lock|Pipfile|Pipfile\.lock|environment\.ya?ml|conda-lock\.yml)$/;

/** What brings ipython with it. */
const ipython = /(?:^|["'\s])(?:ipython|ipykernel|jupyter|jupyterlab|notebook)(?![\w-])/im;

/** Looks at the names in a directory, and for a REPL into the files that say what is to be installed. */
export function recognise(directory: string): Recognised {
  const names = filesIn(directory);
  const defaultDockerfile = defaultDockerfileAmong(names);
  const otherDockerfile = otherDockerfiles.find((path) =>
    path.includes("/") ? readText(join(directory, path)) !== undefined : names.includes(path),
  );
  const candidates = names.filter((name) => variant.test(name));
  const only = candidates.length === 1 ? candidates[0] : undefined;
  const dockerfile = defaultDockerfile ?? otherDockerfile ?? only;
  const below = filesIn(join(directory, "requirements")).some((name) => name.endsWith(".txt"));
  const rebuildFiles = [
    ...names.filter((name) => requirements.test(name)),
    ...(below ? ["requirements/*.txt"] : []),
  ];
  const isThere = rebuildFiles
    .filter((name) => !/lock$/.test(name))
    .some((name) => ipython.test(withoutComments(readText(join(directory, name)) ?? "")));
  return {
    dockerfile,
    candidates: dockerfile === undefined ? candidates : [],
    isDefaultDockerfile: defaultDockerfile !== undefined,
    rebuildFiles,
    replCommand: isThere ? "ipython" : undefined,
  };
}

/** The dockerfile that is meant when none is named, if it is there. */
export function defaultDockerfileAmong(names: readonly string[]): string | undefined {
  return ["Dockerfile", "dockerfile"].find((name) => names.includes(name));
}

function withoutComments(text: string): string {
  return text.replaceAll(/#.*$/gm, "");
}

function filesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  } catch {
    // Whoever writes there says what is wrong with it.
    return [];
  }
}
