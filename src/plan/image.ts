import { createHash } from "node:crypto";
import { posix } from "node:path";
import type { LaptopFailure } from "../model/failure.ts";
import type { FileState, Tree } from "../model/manifest.ts";
import type { ImageSettings } from "../model/project.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { linesOf, wordOf } from "../remote/words.ts";
import { parentsOf } from "./difference.ts";
import type { DockerfileReads } from "./dockerfile.ts";
import { parseDockerignore } from "./dockerignore.ts";
import { isPattern, patternToRegExp } from "./path-pattern.ts";

/** What is known of the project's files when a build is planned. */
export interface BuildFacts {
  /** The dockerfile's path in the project. */
  readonly dockerfile: string;
  readonly reads: DockerfileReads;
  /** `.dockerignore`, or `<dockerfile>.dockerignore`, which goes before it. */
  readonly dockerignore: { readonly path: string; readonly text: string } | undefined;
  /** The files that are pushed. */
  readonly tree: Tree;
}

/** What a build reads of the project, by what it means for the question whether to build again. */
export interface BuildSources {
  /** Files of which a change rebuilds the image, by the name a user knows the input by. Several files can be one input. */
  readonly inputs: ReadonlyMap<string, readonly string[]>;
  /** The files that must be there when the image is built. */
  readonly context: readonly string[];
  /** Directories that are copied to a place outside the workspace and do not rebuild the image when they change. */
  readonly ignored: readonly string[];
}

/** One thing the image depends on, and a digest of it. */
export interface BuildInput {
  /** e.g. `requirements.txt`, `build argument CUDA` */
  readonly name: string;
  readonly hash: string;
}

/** What an image is made of. Two of them with one hash are the same image. */
export interface BuildInputs {
  readonly hash: string;
  readonly inputs: readonly BuildInput[];
}

/** More files than these, matched by one entry, are one input with the entry's name. */
const mostNamedFiles = 32;

/** The longest list of context files that every frame may carry, in bytes; a longer one is sent when the host asks for it. */
const mostContextBytes = 16_384;

/**
 * Sorts what a build reads: single files that the dockerfile names and `docker_rebuild_files` are reasons to rebuild,
 * copied directories are not.
 */
export function buildSourcesOf(
  settings: { readonly image: ImageSettings; readonly workspace: string },
  facts: BuildFacts,
): Result<BuildSources, LaptopFailure> {
  const { dockerfile, dockerignore, tree } = facts;
  const inputs = new Map<string, readonly string[]>([[dockerfile, [dockerfile]]]);
  if (dockerignore !== undefined) inputs.set(dockerignore.path, [dockerignore.path]);
  for (const pattern of settings.image.rebuildFiles) {
    const files = filesOf(pattern, tree);
    if (files.length === 0) return fail({ reason: "rebuild-file-missing", pattern });
    if (files.length > mostNamedFiles) inputs.set(pattern, files);
    else for (const file of files) inputs.set(file, [file]);
  }
  const listed = new Set([...inputs.values()].flat());
  const view = contextView(facts);
  const context = new Set<string>();
  const ignored = new Set<string>();
  for (const { sources, target } of facts.reads.copies) {
    for (const source of sources) {
      const { files, directories } = view.find(source);
      if (files.length <= mostNamedFiles) for (const file of files) inputs.set(file, [file]);
      else if (!inputs.has(source)) inputs.set(source, files);
      for (const file of files) context.add(file);
      for (const directory of directories) {
        const within = view.filesIn(directory);
        for (const path of within) context.add(path);
        const rebuilds = within.some((path) => path !== dockerfile && listed.has(path));
        if (within.length > 0 && !rebuilds && !lands(target, settings.workspace))
          ignored.add(directory);
      }
    }
  }
  return ok({ inputs, context: [...context].sort(), ignored: [...ignored].sort() });
}

/** Files whose content has to be known for `buildInputsOf`. */
export function filesToDigest(sources: BuildSources): readonly string[] {
  return [...new Set([...sources.inputs.values()].flat())].sort();
}

/** The names that the dockerfile spells out: they are pushed even when they are ignored. */
export function filesNamedBy(reads: DockerfileReads): readonly string[] {
  return [...new Set(reads.copies.flatMap(({ sources }) => sources))].filter(
    (source) => source !== "." && !isPattern(source),
  );
}

/** What of a file's state goes into an image with it: its mode, or where a link leads. Its time does not. */
export function copiedState(state: FileState | undefined): string {
  return state?.startsWith("f ") === true ? (state.split(" ")[3] ?? "") : (state ?? "");
}

/** What the image is made of. `digests` has one for each of `filesToDigest`. */
export function buildInputsOf(
  sources: BuildSources,
  buildArgs: Readonly<Record<string, string>>,
  digests: ReadonlyMap<string, string>,
): BuildInputs {
  const inputs = [
    ...[...sources.inputs].map(([name, files]) => ({
      name,
      hash: hashOf(files.map((file) => [file, digests.get(file) ?? "missing"])),
    })),
    ...Object.entries(buildArgs).map(([name, value]) => ({
      name: `build argument ${name}`,
      hash: hashOf([name, value]),
    })),
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { hash: hashOf(inputs.map(({ name, hash }) => [name, hash])).slice(0, 32), inputs };
}

/** The inputs of the remote programs for the image. `askedForContext`: the host has answered `context-needed`. */
export function imageInputs(
  image: {
    readonly name: string;
    readonly settings: ImageSettings;
    readonly dockerfile: string;
    readonly askedForContext?: boolean;
  },
  sources: BuildSources,
  build: BuildInputs,
): Readonly<Record<string, string>> {
  const context = linesOf(sources.context);
  const isLeftOut = context.length > mostContextBytes && image.askedForContext !== true;
  return {
    in_image: image.name,
    in_image_hash: build.hash,
    in_image_inputs: build.inputs
      .map(({ name, hash }) => `${wordOf(name)}=${hash.slice(0, 12)}`)
      .join(" "),
    in_dockerfile: image.dockerfile,
    in_build_args: linesOf(
      Object.entries(image.settings.buildArgs).map(([name, value]) => `${name}=${value}`),
    ),
    in_context: isLeftOut ? "" : context,
    in_context_missing: isLeftOut ? "1" : "",
    in_ignored: sources.ignored.map(wordOf).join(" "),
  };
}

/** SHA-256 of a value, by its JSON. */
export function hashOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}

function isIn(directory: string, path: string): boolean {
  return directory === "." || path.startsWith(`${directory}/`);
}

function lands(target: string | undefined, workspace: string): boolean {
  const place = target?.replace(/\/+$/, "");
  return place !== undefined && (place === workspace || place.startsWith(`${workspace}/`));
}

/** The files that an entry of `docker_rebuild_files` means: itself, what matches, or all that is in that directory. */
function filesOf(pattern: string, tree: Tree): readonly string[] {
  const entry = pattern.replace(/^(?:\.?\/)+|\/+$/g, "");
  if (tree.has(entry)) return [entry];
  const matches = patternToRegExp(entry);
  const paths = [...tree.keys()].sort();
  const files = paths.filter((path) => matches.test(path));
  return files.length > 0 ? files : paths.filter((path) => isIn(entry, path));
}

/** The project's files as a build sees them, without what `.dockerignore` keeps out. */
interface ContextView {
  /** What a source of COPY means: files it names, and directories. */
  readonly find: (source: string) => {
    readonly files: readonly string[];
    readonly directories: readonly string[];
  };
  readonly filesIn: (directory: string) => readonly string[];
}

function contextView({ dockerignore, tree }: BuildFacts): ContextView {
  const ignores = parseDockerignore(dockerignore?.text ?? "");
  let all: readonly string[] | undefined;
  // A dockerfile that names single files only, as most do, never asks for this.
  const visible = (): readonly string[] =>
    (all ??= [...tree.keys()].filter((path) => !ignores(path)).sort());
  const find: ContextView["find"] = (source) => {
    // `COPY * /x` names no file: it is the content of a directory.
    const wildcardOnly = /^(?:(.*)\/)?\*+$/.exec(source);
    if (wildcardOnly !== null) return { files: [], directories: [wildcardOnly[1] ?? "."] };
    const named = isPattern(source)
      ? matching(source, visible())
      : { files: [source], directories: [] };
    const directories = [...named.directories];
    const files: string[] = [];
    for (const file of named.files) {
      const { links, path } = followed(file, tree);
      files.push(...links);
      if (tree.has(path)) files.push(path);
      else directories.push(path);
    }
    return { files: [...new Set(files)].filter((path) => !ignores(path)), directories };
  };
  return { find, filesIn: (directory) => visible().filter((path) => isIn(directory, path)) };
}

function matching(pattern: string, paths: readonly string[]): ReturnType<ContextView["find"]> {
  const matches = patternToRegExp(pattern);
  const directories = new Set<string>();
  for (const path of paths) {
    for (let at = path.indexOf("/"); at > 0; at = path.indexOf("/", at + 1)) {
      if (matches.test(path.slice(0, at))) directories.add(path.slice(0, at));
    }
  }
  return { files: paths.filter((path) => matches.test(path)), directories: [...directories] };
}

/** More links than these, one behind the other, are a circle, as for the kernel. */
const mostLinks = 40;

/** Where a path leads that is, or goes through, symbolic links inside the project, and by which of them. */
function followed(
  source: string,
  tree: Tree,
): { readonly links: readonly string[]; readonly path: string } {
  const links: string[] = [];
  let path = source;
  while (links.length < mostLinks) {
    const link = [...parentsOf(path), path].find(
      (each) => tree.get(each)?.startsWith("l ") === true,
    );
    const target = link === undefined ? undefined : linkTarget(link, tree.get(link) ?? "");
    if (link === undefined || target === undefined) break;
    links.push(link);
    path = posix.join(target, path.slice(link.length + 1)).replace(/\/$/, "");
  }
  return { links, path };
}

/** Where a symbolic link inside the project leads, as a path of the project. */
function linkTarget(path: string, state: string): string | undefined {
  const target = state.slice(2);
  if (target.startsWith("/")) return undefined;
  const components = [...path.split("/").slice(0, -1)];
  for (const component of target.split("/")) {
    if (component === "..") components.pop();
    else if (component !== "." && component !== "") components.push(component);
  }
  return components.join("/") || ".";
}
