import type { WithoutRsync } from "../model/event.ts";
import type { Manifest, PendingPush } from "../model/manifest.ts";
import type { Change, ProgramName, Step } from "../model/plan.ts";
import type { Host, Project } from "../model/project.ts";
import type { ReconcileAnswer } from "../remote/push-events.ts";
import { differenceOf, wholeTree } from "./difference.ts";
import type { Difference, LocalTree } from "./difference.ts";

/** More than this does not go into a frame: rsync's deltas and its compression win. */
const frameLimit = { files: 1000, bytes: 4_000_000 } as const;
/** A directory that holds nothing is filled without a comparison of files, which is what takes long with many. */
const firstLimit = { files: 5000, bytes: 4_000_000 } as const;

/** What a push must know that is not in the configuration. */
export interface PushFacts {
  readonly local: LocalTree;
  readonly manifest: Manifest;
  /** How many files the project has. */
  readonly files: number;
  /** Chosen for the tree that comes out. */
  readonly generation: string;
  /** Names the place on the host where files wait; the same when a lane is planned again. */
  readonly stage: string;
  /** The first commit of the project's git history, `-` without one. */
  readonly commit: string;
  /** Laptop and checkout, for the marker and for people. */
  readonly source: string;
  readonly laptopRsync: "rsync" | "openrsync" | "none";
  /** What the host said when the changes did not fit; `generation` is `-` when igor never completed a push there. */
  readonly answer: ReconcileAnswer | undefined;
}

/** The last frame of a push may do more in the same round trip. */
export interface LastFrame {
  readonly program: ProgramName;
  readonly title: string;
  readonly inputs: Readonly<Record<string, string>>;
}

/** How the tree comes to the host, and what the manifest becomes. */
export interface PushPlan {
  readonly steps: readonly Step[];
  /** What to note as pending before anything is sent; undefined when nothing changes. */
  readonly pending: PendingPush | undefined;
}

/**
 * One frame when the difference is small. Else the host is asked first (it makes a stage and answers),
 * then the files travel by rsync or tar, and one frame moves them into place.
 * Every way of writing ends in the remote program `commit`.
 */
export function planPush(
  {
    project,
    host,
    adopt,
  }: { readonly project: Project; readonly host: Host; readonly adopt: boolean },
  facts: PushFacts,
  last: LastFrame,
): PushPlan {
  const { local, manifest, generation, answer } = facts;
  const accepted = acceptedBy(manifest);
  const fits = answer === undefined || (accepted.includes(answer.generation) && !isBlank(manifest));
  const difference = fits ? differenceOf(local, manifest) : wholeTree(local, manifest);
  const inputs: Record<string, string> = {
    in_base: host.dir,
    in_dir: projectDir(host, project),
    in_project: project.name,
    in_commit: facts.commit,
    in_source: facts.source,
    in_adopt: adopt ? "1" : "",
    in_stage: facts.stage,
    in_generation: generation,
    ...(manifest.generation === undefined ? { in_count: String(facts.files) } : {}),
    ...last.inputs,
  };
  const frame = (
    more: Readonly<Record<string, string>>,
    changes: readonly Change[],
    send: readonly string[],
  ): Step => ({
    kind: "frame",
    title: last.title,
    program: last.program,
    inputs: { ...inputs, ...more },
    payload: { changes, send },
    confirms: generation,
  });
  if (answer === undefined && difference.states.size === 0) {
    const { program, title } = last;
    const unchanged = { ...inputs, in_accept: accepted.join(" ") };
    return {
      steps: [{ kind: "frame", title, program, inputs: unchanged, files: facts.files }],
      pending: undefined,
    };
  }
  const pending: PendingPush = { generation, changes: difference.states };
  // What fills an empty tree is moved there as a whole; only what stands beside igor's own directory is listed.
  const besides = difference.changes.filter(({ path }) => path.startsWith(".igor/"));
  const accept = (answer === undefined ? accepted : [answer.generation]).join(" ");
  const replaced = replacedPaths(difference);
  if (answer === undefined && !adopt && isBlank(manifest) && isWithin(firstLimit, difference)) {
    const packed = { in_accept: accept, in_changes: "1", in_staged: "packed" };
    return { steps: [frame(packed, besides, replaced)], pending };
  }
  if (isWithin(frameLimit, difference)) {
    return {
      steps: [frame({ in_accept: accept, in_changes: "1" }, difference.changes, replaced)],
      pending,
    };
  }
  if (answer === undefined) {
    const ask = { ...inputs, in_accept: "" };
    return {
      steps: [{ kind: "frame", title: "prepare", program: "push", inputs: ask }],
      pending: undefined,
    };
  }
  const isFresh = answer.fresh && answer.generation === "-";
  const tree = answer.root;
  const stage = `${tree}/.igor/host/stage/${facts.stage}`;
  const because = withoutRsync(facts.laptopRsync, answer.rsync);
  const useRsync = because === undefined;
  return {
    steps: [
      {
        kind: "transfer",
        title: "transfer",
        ...(useRsync ? { tool: "rsync" } : { tool: "tar", because }),
        files: replaced,
        into: `${stage}/f`,
        ...(useRsync && !isFresh
          ? { compareWith: { tree, by: isBlank(manifest) ? "contents" : "size-and-time" } }
          : {}),
        ...(useRsync && isFresh && answer.resumed
          ? { compareWith: { tree: `${stage}/old`, by: "link" } }
          : {}),
      },
      frame(
        {
          in_accept: accept,
          in_changes: "1",
          ...(isFresh ? { in_staged: "fresh", ...countsOf(difference) } : { in_staged: "1" }),
        },
        isFresh ? besides : difference.changes,
        [],
      ),
    ],
    pending,
  };
}

/** What the host counts before it puts a whole stage in place. */
function countsOf(difference: Difference): Record<"in_files" | "in_links", string> {
  const files = replacedPaths(difference);
  const links = files.filter((path) => difference.states.get(path)?.startsWith("l ") === true);
  return { in_files: String(files.length), in_links: String(links.length) };
}

function withoutRsync(
  here: PushFacts["laptopRsync"],
  there: PushFacts["laptopRsync"],
): WithoutRsync | undefined {
  if (here !== "rsync") return here === "none" ? "no-rsync-here" : "openrsync-here";
  if (there !== "rsync") return there === "none" ? "no-rsync-there" : "openrsync-there";
  return undefined;
}

/** Where a project lives on a host. e.g. `/home/dino/dev_dsk/mnist` */
export function projectDir(host: Host, project: Project): string {
  return `${host.dir === "/" ? "" : host.dir}/${project.name}`;
}

function isBlank(manifest: Manifest): boolean {
  return manifest.generation === undefined && manifest.pending.length === 0;
}

function replacedPaths({ changes }: Difference): readonly string[] {
  return changes.filter(({ kind }) => kind === "replace").map(({ path }) => path);
}

function isWithin(
  limit: { readonly files: number; readonly bytes: number },
  difference: Difference,
): boolean {
  return difference.changes.length <= limit.files && bytesOf(difference) <= limit.bytes;
}

/** How many bytes the files have that would be sent. */
export function bytesOf({ states }: Difference): number {
  let bytes = 0;
  for (const state of states.values())
    if (state?.startsWith("f ") === true) bytes += Number(state.split(" ")[1]);
  return bytes;
}

/** The generations that a host may hold for changes that were made for this manifest; `-` for none. */
export function acceptedBy({ generation, pending }: Manifest): readonly string[] {
  return [generation ?? "-", ...pending.map((attempt) => attempt.generation)];
}
