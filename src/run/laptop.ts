import { runToEnd } from "./spawn.ts";

/** Which rsync this machine has; openrsync (macOS) refuses the options that igor needs. */
export async function laptopRsync(): Promise<"rsync" | "openrsync" | "none"> {
  const { missing, exitCode, stdout } = await runToEnd(["rsync", "--version"]);
  if (missing || exitCode !== 0) return "none";
  return stdout.toString("utf8").includes("openrsync") ? "openrsync" : "rsync";
}
