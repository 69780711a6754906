import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readText } from "./read.ts";
import { stateDir } from "./state-dir.ts";

/** Each group of a project has its own, and a user may go back and forth between branches. */
const mostDigests = 50;

/** Whether somebody has agreed here to what a configuration asks for, known by its digest. */
export function isTrusted(projectRoot: string, digest: string): boolean {
  return digestsIn(fileOf(projectRoot)).includes(digest);
}

/** Remembers that. Throws where the state cannot be written. */
export function trust(projectRoot: string, digest: string): void {
  const file = fileOf(projectRoot);
  const digests = [...digestsIn(file), digest].slice(-mostDigests);
  const written = `${file}.${String(process.pid)}`;
  mkdirSync(stateDir(projectRoot), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(written, JSON.stringify({ version: 1, digests }), { mode: 0o600 });
    renameSync(written, file);
  } catch (error) {
    rmSync(written, { force: true });
    throw error;
  }
}

/** What is damaged was never agreed to. */
function digestsIn(file: string): readonly string[] {
  try {
    const noted: unknown = JSON.parse(readText(file) ?? "{}");
    const isList = typeof noted === "object" && noted !== null && "digests" in noted;
    if (!isList || !Array.isArray(noted.digests)) return [];
    return noted.digests.filter((digest: unknown) => typeof digest === "string");
  } catch {
    return [];
  }
}

function fileOf(projectRoot: string): string {
  return join(stateDir(projectRoot), "trust.json");
}
