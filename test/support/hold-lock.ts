import { onHost } from "../hosts/bed.ts";
import type { TestProject } from "./laptop.ts";

/** Holds the project's lock on apollo, as a process there that never ends; gives what lets it go. */
export async function holdLock({
  hostDir,
}: Pick<TestProject, "hostDir">): Promise<() => Promise<void>> {
  const hold = `cd "$1" && echo "1 $(cut -d' ' -f22 /proc/1/stat) $(cat /proc/sys/kernel/random/boot_id) apollo" >.igor/host/lock`;
  const { exitCode, stderr } = await onHost("apollo", ["sh", "-c", hold, "sh", hostDir], {
    user: "dino",
  });
  if (exitCode !== 0) throw new Error(stderr);
  return async () => {
    await onHost("apollo", ["rm", `${hostDir}/.igor/host/lock`]);
  };
}
