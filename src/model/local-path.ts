import type { DebugSettings } from "./project.ts";

/** How the paths of a container are to be read on the laptop. */
export interface PathMap {
  /** Where the project is in the container, absolute, e.g. `/workspace`. */
  readonly workspace: string;
  /** Where relative paths start, absolute in the container: the directory of the command that names them. */
  readonly directory: string;
  readonly mappings: DebugSettings["pathMappings"];
}

/**
 * Where a file of the container is here: relative to the project's root, or as the mapping says that holds it. The
 * deepest directory counts, a mapping before the workspace; undefined outside of all of them.
 * e.g. `/workspace/a/b.py` → `a/b.py`; with `{local: "../lib", remote: "/opt/lib"}` `/opt/lib/c.py` → `../lib/c.py`
 */
export function localPathOf(map: PathMap, remotePath: string): string | undefined {
  const path = normalized(
    remotePath.startsWith("/") ? remotePath : `${map.directory}/${remotePath}`,
  );
  const [deepest] = [...map.mappings, { local: "", remote: map.workspace }]
    .flatMap(({ local, remote }) =>
      below(path, normalized(remote)).map((rest) => ({ local, rest })),
    )
    .sort((one, other) => one.rest.length - other.rest.length);
  if (deepest === undefined) return undefined;
  const local = deepest.local.replace(/(?<=.)\/+$/, "");
  if (local === "" || local === ".") return deepest.rest;
  return local === "/" ? `/${deepest.rest}` : `${local}/${deepest.rest}`;
}

/** Without `.`, `..` and doubled slashes; nothing is above `/`. */
function normalized(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** The way from a directory to something in it; nothing where it is not in it. */
function below(path: string, directory: string): readonly string[] {
  const start = directory === "/" ? "/" : `${directory}/`;
  return path.startsWith(start) && path !== start ? [path.slice(start.length)] : [];
}
