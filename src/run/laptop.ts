import { runToEnd } from "./spawn.ts";

/** Which rsync this machine has; openrsync (macOS) refuses the options that igor needs. */
export async function laptopRsync(): Promise<"rsync" | "openrsync" | "none"> {
  const { missing, exitCode, stdout } = await runToEnd(["rsync", "--version"]);
  if (missing || exitCode !== 0) return "none";
  return stdout.toString("utf8").includes("openrsync") ? "openrsync" : "rsync";
}

/** What a program says of its version, e.g. `git version 2.39.5`; undefined when it is not there. */
export async function versionWords(
  argv: readonly [string, ...string[]],
): Promise<string | undefined> {
  const { missing, stdout, stderr } = await runToEnd(argv);
  // ssh says it on stderr.
  const words = stdout.toString("utf8").trim() === "" ? stderr : stdout.toString("utf8");
  return missing ? undefined : words.split("\n")[0]?.trim();
}
