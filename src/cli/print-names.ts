import { namesFor } from "../app/names.ts";
import type { NamesOf } from "../app/names.ts";

/** Prints names for a completion script, one per line; in case of doubt none, and never an error. */
export async function printNames(of: string, group: string | undefined): Promise<number> {
  try {
    if (!isKnown(of)) return 0;
    const names = await namesFor(process.cwd(), of, group === "" ? undefined : group);
    process.stdout.write(names.map((name) => `${name}\n`).join(""));
  } catch {
    // Whoever presses a key wants no error in the line.
  }
  return 0;
}

function isKnown(of: string): of is NamesOf {
  return of === "host-groups" || of === "hosts" || of === "actions";
}
