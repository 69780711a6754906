import { createHash } from "node:crypto";
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Incoming } from "../model/pull.ts";
import { isAlive } from "./is-alive.ts";
import { lookHere, statusOf } from "./pull-look.ts";
import { salvage } from "./pull-salvage.ts";
import { readText } from "./read.ts";

/** Below `.igor/` of the project: on the same file system, so that a file can be moved into place in one step. */
const ownDirectory = "pull";
/** Where rsync keeps the beginning of a file, beside its place. */
const partialDirectory = ".igor-part";
/** What was begun and nobody came back to for so long takes no room any more. */
const forgottenMs = 7 * 24 * 3_600_000;

/** Where what comes from one host waits until it is whole. */
export interface Stage {
  /** The files, under their own names. */
  readonly files: string;
  /** What is not under its name yet. */
  readonly parts: string;
}

/** `.igor`, or what igor has in it, is a link; igor writes through none. */
export interface LinkInTheWay {
  readonly inTheWay: string;
}

/**
 * The stage of one host (`destination` tells hosts apart): that of an igor that is gone, with what it had brought, or a
 * new one. Its name tells its owner, and renaming it is how it is taken over: only one igor can. `aside` is where what makes
 * way is to be kept.
 */
export function claimStage(root: string, destination: string, aside: string): Stage | LinkInTheWay {
  const stages = makeOwnDirectories(root);
  if (typeof stages !== "string") return stages;
  // Made only when something must make way.
  const onWay = lookHere(root, `${aside}/`);
  if (onWay.startsWith("x l ")) return { inTheWay: onWay.slice("x l ".length) };
  const key = createHash("sha256").update(destination).digest("hex").slice(0, 12);
  const mine = join(stages, `${key}.${ownerOf(process.pid)}`);
  for (const name of readdirSync(stages)) {
    if (isForgotten(join(stages, name)) && isAbandoned(name)) {
      rmSync(join(stages, name), { recursive: true, force: true });
    } else if (name.startsWith(`${key}.`) && isAbandoned(name) && !exists(mine)) {
      takeOver(join(stages, name), mine);
    }
  }
  const stage = { files: join(mine, "f"), parts: join(mine, "t") };
  rmSync(stage.parts, { recursive: true, force: true });
  for (const directory of Object.values(stage))
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  return stage;
}

/** Clears the way in the stage for these: what has another type there now. */
export function makeWay({ files }: Stage, incoming: readonly Incoming[]): void {
  const checked = new Set<string>();
  for (const { path } of incoming) {
    const parts = path.split("/");
    for (const [index] of parts.entries()) {
      const part = parts.slice(0, index + 1).join("/");
      if (checked.has(part)) continue;
      checked.add(part);
      const found = statusOf(join(files, part));
      if (found === undefined) break;
      if (found.isDirectory() !== index < parts.length - 1)
        rmSync(join(files, part), { recursive: true, force: true });
    }
  }
}

/** Leaves nothing behind but what a later pull can go on with. */
export function leaveStage({ files, parts }: Stage): void {
  rmSync(parts, { recursive: true, force: true });
  if (removeEmptied(files)) removeEmptied(join(files, ".."));
}

/** Where what made way is kept; a new place for each pull. */
export function asideDirectory(stamp: string): string {
  return `.igor/${ownDirectory}/conflicts/${stamp}`;
}

/** Private, and not seen by git: nothing in here is part of the project. */
function makeOwnDirectories(root: string): string | LinkInTheWay {
  for (const part of [".igor", `.igor/${ownDirectory}`, `.igor/${ownDirectory}/stage`]) {
    const found = statusOf(join(root, part));
    if (found?.isSymbolicLink() === true) return { inTheWay: part };
    if (found === undefined) mkdirSync(join(root, part), { mode: 0o700, recursive: true });
  }
  const own = join(root, ".igor", ownDirectory);
  if (!exists(join(own, ".gitignore"))) writeFileSync(join(own, ".gitignore"), "*\n");
  return join(own, "stage");
}

function takeOver(stage: string, mine: string): void {
  try {
    renameSync(stage, mine);
    salvage(join(mine, "f"), partialDirectory);
  } catch {
    // Another igor was faster, or there is nothing to go on with.
  }
}

/** e.g. `3f2a9c-77aa01-4242-991122`: machine, its start, process, and when that began */
function ownerOf(pid: number): string {
  const short = (text: string): string =>
    createHash("sha256").update(text).digest("hex").slice(0, 6);
  const machine = readText("/etc/machine-id") ?? hostname();
  const boot = readText("/proc/sys/kernel/random/boot_id") ?? "";
  return [short(machine), short(boot), String(pid), bornAt(pid)].join("-");
}

/** Whose process is certainly gone. Of another machine (a home that is shared) that is not known. */
function isAbandoned(name: string): boolean {
  const owner = name.slice(name.indexOf(".") + 1);
  const [machine, boot, pid = ""] = owner.split("-");
  const [thisMachine, thisBoot] = ownerOf(process.pid).split("-");
  if (machine !== thisMachine) return false;
  if (boot !== thisBoot) return true;
  return owner !== ownerOf(Number(pid)) || !isAlive(Number(pid));
}

/** As the kernel tells it; `0` where it does not. */
function bornAt(pid: number): string {
  const status = readText(`/proc/${String(pid)}/stat`) ?? "";
  return status.slice(status.lastIndexOf(")") + 2).split(" ")[19] ?? "0";
}

function isForgotten(stage: string): boolean {
  try {
    return Date.now() - statSync(stage).mtimeMs > forgottenMs;
  } catch {
    // Another igor has it now.
    return false;
  }
}

function exists(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}

/** Removes a directory and those in it, as far as there is nothing else in them; true when it is gone. */
function removeEmptied(directory: string): boolean {
  try {
    for (const entry of readdirSync(directory, { withFileTypes: true }))
      if (entry.isDirectory()) removeEmptied(join(directory, entry.name));
    rmdirSync(directory);
    return true;
  } catch {
    // It holds something that a later pull goes on with.
    return false;
  }
}
