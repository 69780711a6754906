import { createHash } from "node:crypto";
import { createReadStream, lstatSync, readlinkSync } from "node:fs";
import type { BigIntStats } from "node:fs";
import type { Here } from "../model/pull.ts";
import { timeText } from "./walk.ts";

/** How a path of the project looks here; no link on the way to it is followed. */
export function lookHere(root: string, path: string): Here {
  const obstacle = obstacleOn(root, path);
  if (obstacle !== undefined) return obstacle;
  return stateAt(`${root}/${path}`);
}

/** How one file looks, wherever it is. */
export function stateAt(file: string): Here {
  const found = statusOf(file);
  if (found === undefined) return "-";
  if (found.isFile()) return `f ${String(found.size)} ${timeText(found.mtimeNs)}`;
  if (found.isSymbolicLink()) return `l ${readlinkSync(file)}`;
  return found.isDirectory() ? "d" : "s";
}

/** The first thing on the way that is there and is no directory. */
function obstacleOn(root: string, path: string): Here | undefined {
  for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1)) {
    const part = path.slice(0, slash);
    const found = statusOf(`${root}/${part}`);
    if (found === undefined) return undefined;
    if (!found.isDirectory()) return `x ${found.isSymbolicLink() ? "l" : "f"} ${part}`;
  }
  return undefined;
}

/** Undefined for what is not there; anything else that the system says is thrown on. */
export function statusOf(file: string): BigIntStats | undefined {
  try {
    return lstatSync(file, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOTDIR") return undefined;
    throw error;
  }
}

/** The SHA-256 of a file here, as hex; undefined when it cannot be read. It may be larger than memory. */
export async function sumHere(root: string, path: string): Promise<string | undefined> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(`${root}/${path}`)) hash.update(chunk as Buffer);
    return hash.digest("hex");
  } catch {
    // It is taken for another one.
    return undefined;
  }
}
