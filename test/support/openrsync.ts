import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onHost } from "../hosts/bed.ts";
import type { Laptop } from "./laptop.ts";
import { temporaryDirectory } from "./temporary.ts";

const standIn = fileURLToPath(new URL("openrsync.sh", import.meta.url));

/** The environment of a laptop whose rsync is openrsync. */
export function withOpenrsyncHere(laptop: Laptop): { readonly env: { readonly PATH: string } } {
  const bin = temporaryDirectory("igor-openrsync-");
  symlinkSync(standIn, join(bin, "rsync"));
  return { env: { PATH: `${bin}:${laptop.env["PATH"] ?? ""}` } };
}

/** Runs something while the rsync of apollo is openrsync. */
export async function whileOpenrsyncThere<T>(work: () => Promise<T>): Promise<T> {
  const input = readFileSync(standIn);
  await onHost("apollo", "cat >/usr/local/bin/rsync; chmod 755 /usr/local/bin/rsync", { input });
  try {
    return await work();
  } finally {
    await onHost("apollo", "rm /usr/local/bin/rsync");
  }
}
