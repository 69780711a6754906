import { readFileSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onHost } from "../hosts/bed.ts";
import type { Laptop } from "./laptop.ts";
import { temporaryDirectory } from "./temporary.ts";

const openrsync = fileURLToPath(new URL("openrsync.sh", import.meta.url));

interface Elsewhere {
  readonly env: { readonly PATH: string };
}

/** The environment of a laptop whose rsync is openrsync. */
export function withOpenrsyncHere(laptop: Laptop): Elsewhere {
  const bin = temporaryDirectory("igor-openrsync-");
  symlinkSync(openrsync, join(bin, "rsync"));
  return { env: { PATH: `${bin}:${laptop.env["PATH"] ?? ""}` } };
}

/** The environment of a laptop with every program but rsync. */
export function withoutRsyncHere(laptop: Laptop): Elsewhere {
  const bin = temporaryDirectory("igor-no-rsync-");
  for (const name of readdirSync("/usr/bin"))
    if (name !== "rsync") symlinkSync(join("/usr/bin", name), join(bin, name));
  const [bed = ""] = (laptop.env["PATH"] ?? "").split(":");
  return { env: { PATH: `${bed}:${bin}` } };
}

/** Runs something while the rsync of apollo is openrsync. */
export async function whileOpenrsyncThere<T>(work: () => Promise<T>): Promise<T> {
  const input = readFileSync(openrsync);
  await onHost("apollo", "cat >/usr/local/bin/rsync; chmod 755 /usr/local/bin/rsync", { input });
  try {
    return await work();
  } finally {
    await onHost("apollo", "rm /usr/local/bin/rsync");
  }
}

/** Runs something while apollo has no rsync. */
export async function whileNoRsyncThere<T>(work: () => Promise<T>): Promise<T> {
  await onHost("apollo", "mv /usr/bin/rsync /usr/bin/rsync.away");
  try {
    return await work();
  } finally {
    await onHost("apollo", "mv /usr/bin/rsync.away /usr/bin/rsync");
  }
}
