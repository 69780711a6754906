import type { Buffer } from "node:buffer";
import { createHash, randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { suppliedDebugpy } from "../remote/debug.ts";
import { environmentNow } from "./environment.ts";
import { runToEnd } from "./spawn.ts";

/** Whoever downloads wheels here. */
const downloaders = [["python3", "-m", "pip"], ["pip3"], ["pip"]] as const;

/**
 * The wheel of the debugpy that igor brings to images without one, from igor's cache; the first time it is downloaded by
 * the pip of this machine, which knows where packages come from here. A failure is a sentence for the user.
 */
export async function debugpyWheel(signal: AbortSignal): Promise<Result<Buffer, string>> {
  const { file } = suppliedDebugpy;
  const directory = cacheDirectory();
  const cached = await wheelIn(directory);
  if (cached !== undefined) return ok(cached);
  const into = join(directory, `new.${randomBytes(4).toString("hex")}`);
  try {
    await mkdir(into, { recursive: true });
    const problem = await download(into, signal);
    const wheel = await wheelIn(into);
    if (wheel !== undefined) {
      await rename(join(into, file), join(directory, file));
      return ok(wheel);
    }
    return fail(problem ?? `what pip downloaded is not the ${file} that igor knows`);
  } catch (error) {
    return fail(`${directory}: ${(error as Error).message}`);
  } finally {
    await rm(into, { recursive: true, force: true });
  }
}

function cacheDirectory(): string {
  const base = environmentNow()["XDG_CACHE_HOME"];
  const home = base?.startsWith("/") === true ? base : join(homedir(), ".cache");
  return join(home, "igor", "wheels");
}

/** The wheel in a directory, if it is what igor knows by its digest. */
async function wheelIn(directory: string): Promise<Buffer | undefined> {
  try {
    const wheel = await readFile(join(directory, suppliedDebugpy.file));
    const digest = createHash("sha256").update(wheel).digest("hex");
    return digest === suppliedDebugpy.sha256 ? wheel : undefined;
  } catch {
    return undefined;
  }
}

/** Why nothing was downloaded; undefined when something was. */
async function download(into: string, signal: AbortSignal): Promise<string | undefined> {
  let problem = "this machine has no pip to download it with";
  for (const pip of downloaders) {
    const words = ["download", "--quiet", "--no-deps", "--only-binary=:all:", "--platform", "any"];
    const what = `debugpy==${suppliedDebugpy.version}`;
    const done = await runToEnd([...pip, ...words, "--dest", into, what], { signal });
    if (done.exitCode === 0) return undefined;
    const said = done.stderr.trim().split("\n").at(-1) ?? "";
    if (!done.missing && !/No module named pip/.test(said)) problem = `pip download: ${said}`;
    if (signal.aborted) break;
  }
  return problem;
}
