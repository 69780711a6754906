import { relative } from "node:path";
import type { PathMap } from "../model/local-path.ts";
import { loadProject } from "../project/config-load.ts";

/** How what a container says of files is to be read here. */
export interface Reading {
  /** The project's directory, absolute. */
  readonly root: string;
  readonly map: PathMap;
  /** Relative to the root. */
  readonly dockerfile: string;
}

/** How paths are read that commands name which were begun in a directory; undefined where there is no project. */
export async function readingIn(directory: string): Promise<Reading | undefined> {
  const project = await loadProject(directory);
  if (!project.ok) return undefined;
  const { root, container, image, debug } = project.value;
  const below = relative(root, directory);
  const { workspace } = container;
  return {
    root,
    dockerfile: image.dockerfile,
    map: {
      workspace,
      directory: below === "" ? workspace : `${workspace}/${below}`,
      mappings: debug.pathMappings,
    },
  };
}
