import {
  chmodSync,
  closeSync,
  copyFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { isHere } from "../model/is-here.ts";
import type { Here, Incoming, LeftBecause } from "../model/pull.ts";
import { lookHere, stateAt, statusOf } from "./pull-look.ts";
import type { Stage } from "./pull-stage.ts";

/** What goes where. */
export interface Placing {
  readonly root: string;
  readonly stage: Stage;
  /** What is in the way may be moved to `aside`, a directory below the root; else it stays. */
  readonly overwrite: boolean;
  readonly aside: string;
}

/** What became of a path. */
export type Placed =
  | {
      readonly kind: "placed";
      /** What had to make way, when something had to. */
      readonly kept?: string;
      /** How it looks, where another igor brought the same: on another way a file keeps other digits of its time. */
      readonly here?: Here;
    }
  | { readonly kind: "left"; readonly because: Extract<LeftBecause, "changed-here" | "link-here"> };

/** How a path will look here that waits in the stage. */
export function stateToBe(incoming: Incoming, stage: Stage): Here {
  return incoming.kind === "link" ? `l ${incoming.target}` : stagedState(stage, incoming.path);
}

/** How a file that waits in the stage will look here; `-` when it does not wait there. */
export function stagedState({ files }: Stage, path: string): Here {
  return stateAt(join(files, path));
}

/**
 * Moves one path from the stage to its place: it is there whole, or not at all. What is here now counts, not what was here
 * when the pull was planned: whatever somebody has made of the path since stays, or is moved aside first.
 */
export function place(incoming: Incoming, placing: Placing): Placed {
  const { root } = placing;
  const { path, here, replaces } = incoming;
  const now = lookHere(root, path);
  if (now.startsWith("x l ")) return { kind: "left", because: "link-here" };
  const done = now === here ? undefined : broughtByAnother(incoming, placing);
  if (done !== undefined) return done;
  const isOurs = now === "-" || (now === here && replaces === "brought");
  if (!isOurs && !placing.overwrite) return { kind: "left", because: "changed-here" };
  const staged = readyFile(incoming, placing.stage);
  const target = join(root, path);
  const obstacle = now.startsWith("x f ") ? now.slice("x f ".length) : path;
  const mustKeep = !isOurs && !sameContent(staged, join(root, obstacle));
  if (mustKeep) keepAside(obstacle, placing, obstacle === path ? "until-replaced" : "at-once");
  mkdirSync(dirname(target), { recursive: true });
  if (now !== "-" || incoming.kind === "link") moveTo(staged, target);
  else if (!putWhereNothingIs(staged, target))
    return broughtByAnother(incoming, placing) ?? { kind: "left", because: "changed-here" };
  return { kind: "placed", ...(mustKeep ? { kept: obstacle } : {}) };
}

/** When another igor brought the same meanwhile, what waits in the stage is not needed. */
function broughtByAnother(incoming: Incoming, { root, stage }: Placing): Placed | undefined {
  const { path } = incoming;
  const here = lookHere(root, path);
  if (!isHere(incoming, here)) return undefined;
  rmSync(join(stage.files, path), { force: true });
  return { kind: "placed", here };
}

/** The file in the stage as it is to be here; a link is made there. */
function readyFile(incoming: Incoming, { files, parts }: Stage): string {
  if (incoming.kind === "file") {
    const staged = join(files, incoming.path);
    // What came can be read here, whoever may read it there.
    chmodSync(staged, (parseInt(incoming.mode, 8) & 0o777) | 0o400);
    return staged;
  }
  const made = join(parts, "link");
  rmSync(made, { force: true });
  symlinkSync(incoming.target, made);
  return made;
}

/** False when something is there by now. */
function putWhereNothingIs(staged: string, target: string): boolean {
  try {
    linkSync(staged, target);
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    // Another file system, or one without links.
    moveTo(staged, target);
    return true;
  }
  unlinkSync(staged);
  return true;
}

/** In one step; to another file system that is mounted in the project, beside its place first. */
function moveTo(staged: string, target: string): void {
  try {
    renameSync(staged, target);
  } catch (error) {
    if (codeOf(error) !== "EXDEV") throw error;
    const status = statusOf(staged);
    if (status?.isFile() !== true) throw error;
    const beside = join(dirname(target), `.igor.${String(process.pid)}.new`);
    try {
      copyFileSync(staged, beside);
      const seconds = Number(status.mtimeNs) / 1e9;
      utimesSync(beside, seconds, seconds);
      renameSync(beside, target);
    } catch (failed) {
      rmSync(beside, { force: true });
      throw failed;
    }
    unlinkSync(staged);
  }
}

/** A file may stay in its place until the new one takes it. */
function keepAside(
  path: string,
  { root, aside }: Placing,
  how: "at-once" | "until-replaced",
): void {
  const from = join(root, path);
  let to = join(root, aside, path);
  for (let count = 1; statusOf(to) !== undefined; count += 1)
    to = `${join(root, aside, path)}.${String(count)}`;
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  if (how === "until-replaced" && statusOf(from)?.isFile() === true && isLinked(from, to)) return;
  try {
    renameSync(from, to);
  } catch (error) {
    if (codeOf(error) !== "EXDEV") throw error;
    cpSync(from, to, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
    rmSync(from, { recursive: true });
  }
}

function isLinked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch {
    // It is moved.
    return false;
  }
}

/** Whether two regular files are the same, byte for byte. */
function sameContent(one: string, other: string): boolean {
  const sizes = [one, other].map((file) => {
    const found = statusOf(file);
    return found?.isFile() === true ? found.size : undefined;
  });
  if (sizes[0] === undefined || sizes[0] !== sizes[1]) return false;
  const opened: number[] = [];
  try {
    for (const file of [one, other]) opened.push(openSync(file, "r"));
    const [first = -1, second = -1] = opened;
    const buffers = [Buffer.alloc(1 << 20), Buffer.alloc(1 << 20)] as const;
    for (;;) {
      const count = readSync(first, buffers[0]);
      if (count !== readSync(second, buffers[1])) return false;
      if (count === 0) return true;
      if (!buffers[0].subarray(0, count).equals(buffers[1].subarray(0, count))) return false;
    }
  } catch {
    // What cannot be read is kept.
    return false;
  } finally {
    for (const file of opened) closeSync(file);
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
