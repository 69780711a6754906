import { ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import type { LaptopFacts } from "../plan/facts.ts";
import { filesNamedBy } from "../plan/image.ts";
import { isNeverSent } from "../project/select-files.ts";
import { readTree } from "../project/walk.ts";
import type { HostRequest } from "../request/commands.ts";
import { buildFacts, dockerfileReads } from "./build-facts.ts";
import type { KnownTree, Moment } from "./known-tree.ts";
import type { Scene } from "./observe.ts";
import { scan } from "./scan.ts";
import type { Ground, Scan } from "./scan.ts";

/** What a request needs to know of the project's files. */
export interface Seen {
  readonly scanned?: Scan;
  readonly build?: LaptopFacts["build"];
}

/** Looks at all files. */
export async function lookAtFiles(
  scene: Scene,
  before: Pick<Ground, "known" | "inThread">,
): Promise<Result<Seen>> {
  const { request, subject, shells, now } = scene;
  if (!isPushed(request)) return ok({});
  const { project, group } = subject;
  const ready = Promise.all(group.hosts.map((host) => shells.connection(host)));
  return seenBy(scene, (named) => scan({ project, named, ready, now, ...before }));
}

/** The files as they are known, and what of them the last push to a host may not have brought. */
export interface KnownFiles extends Seen {
  readonly at: Moment;
  /** The only paths in which they can differ from a manifest; any, when undefined. */
  readonly touchedSince: KnownTree["touchedSince"];
}

/** Looks at what was just saved; undefined when that is not enough, or nothing of it is wanted. */
export async function lookAtKnown(
  tree: KnownTree,
  scene: Scene,
): Promise<Result<KnownFiles> | undefined> {
  if (!isPushed(scene.request)) return undefined;
  const looked = await tree.look();
  if (looked?.ok !== true) return looked;
  const at = tree.moment;
  let more: ReadonlySet<string> = new Set();
  const seen = await seenBy(scene, (named) => {
    more = new Set(named);
    return Promise.resolve(withNamed(looked.value, { root: scene.subject.project.root, named }));
  });
  if (!seen.ok) return seen;
  const touchedSince: KnownFiles["touchedSince"] = (store, manifest) => {
    const touched = tree.touchedSince(store, manifest);
    for (const path of more) touched?.add(path);
    return touched;
  };
  return ok({ ...seen.value, at, touchedSince });
}

/** With files that are sent although git ignores them. */
function withNamed(
  scanned: Scan,
  { root, named }: { readonly root: string; readonly named: readonly string[] },
): Result<Scan> {
  const others = named.filter((path) => !scanned.tree.has(path) && !isNeverSent(path));
  if (others.length === 0) return ok(scanned);
  const found = readTree(root, others);
  if (!found.ok) return found;
  const tree = new Map([...scanned.tree, ...found.value.tree]);
  return ok({ ...scanned, tree, files: tree.size });
}

/** What a request needs; `look` finds the files, with those that are named by what is built. */
async function seenBy(
  { request, subject: { project } }: Scene,
  look: (named: readonly string[]) => Promise<Result<Scan>>,
): Promise<Result<Seen>> {
  if (!["build", "setup", "status", "dap"].includes(request.kind)) {
    const scanned = await look([]);
    return scanned.ok ? ok({ scanned: scanned.value }) : scanned;
  }
  const reads = await dockerfileReads(project);
  // How things stand can be told without an image that could be built.
  const mustBuild = request.kind !== "status";
  if (!reads.ok && mustBuild) return reads;
  const scanned = await look(reads.ok ? filesNamedBy(reads.value) : []);
  if (!scanned.ok) return scanned;
  const build = reads.ok ? buildFacts(project, reads.value, scanned.value.tree) : reads;
  if (build.ok) return ok({ scanned: scanned.value, build: build.value });
  return mustBuild ? build : ok({ scanned: scanned.value });
}

/** What is built needs every file, and so does a watch. */
export function isOnlyPush(request: HostRequest): boolean {
  return (request.kind === "push" && !request.watch) || (request.kind === "exec" && request.push);
}

/** Whether the project's files are looked at. */
function isPushed(request: HostRequest): boolean {
  if (request.kind === "exec") return request.push;
  if (request.kind === "dap") return request.brings;
  return ["push", "build", "setup", "status"].includes(request.kind);
}
