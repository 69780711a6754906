import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Tree } from "../model/manifest.ts";
import type { Project } from "../model/project.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import type { DockerfileReads } from "../plan/dockerfile.ts";
import type { LaptopFacts } from "../plan/facts.ts";
import { buildInputsOf, buildSourcesOf, copiedState, filesToDigest } from "../plan/image.ts";
import { readNote, writeNote } from "../project/notes.ts";
import { sha256Of, readText } from "../project/read.ts";

/** What the project's dockerfile reads. Parsing it is slow, so the result is noted beside its digest. */
export async function dockerfileReads(project: Project): Promise<Result<DockerfileReads>> {
  const { dockerfile, buildArgs } = project.image;
  const text = readText(join(project.root, dockerfile));
  if (text === undefined) return fail({ reason: "dockerfile-missing", file: dockerfile });
  const digest = createHash("sha256")
    .update(JSON.stringify([2, text, buildArgs]))
    .digest("hex");
  const key = { root: project.root, name: "dockerfile", digest };
  const noted = readNote(key);
  if (noted !== undefined) return ok(noted as DockerfileReads);
  const { parseDockerfile } = await import("../plan/dockerfile.ts");
  const reads = parseDockerfile(text, buildArgs);
  writeNote(key, reads);
  return ok(reads);
}

/** What the image would be made of now, with a digest of each input. */
export function buildFacts(
  project: Project,
  reads: DockerfileReads,
  tree: Tree,
): Result<NonNullable<LaptopFacts["build"]>> {
  const { root, image, container } = project;
  const dockerignore = [`${image.dockerfile}.dockerignore`, ".dockerignore"]
    .map((path) => ({ path, text: readText(join(root, path)) }))
    .find((file): file is { path: string; text: string } => file.text !== undefined);
  const sources = buildSourcesOf(
    { image, workspace: container.workspace },
    { dockerfile: image.dockerfile, reads, dockerignore, tree },
  );
  if (!sources.ok) return sources;
  const digests = new Map(
    filesToDigest(sources.value).map((file) => [
      file,
      `${sha256Of(join(root, file)) ?? "missing"} ${copiedState(tree.get(file))}`,
    ]),
  );
  return ok({
    sources: sources.value,
    inputs: buildInputsOf(sources.value, image.buildArgs, digests),
  });
}
