import { decodeWord } from "./frame.ts";

/** What the program `push` says of a host whose generation does not fit. */
export interface ReconcileAnswer {
  readonly generation: string;
  readonly rsync: "rsync" | "openrsync" | "none";
  /** It holds no files yet: what is staged becomes the tree as a whole. */
  readonly fresh: boolean;
  /** An attempt to fill such a tree was cut; what it brought is beside the stage, in `old`. */
  readonly resumed: boolean;
  readonly root: string;
}

/** Reads `reconcile GENERATION RSYNC FRESH ROOT`. */
export function parseReconcile([verb, generation = "-", rsync, fresh, root]: readonly string[]):
  ReconcileAnswer | undefined {
  if (verb !== "reconcile") return undefined;
  return {
    generation,
    rsync: rsync === "rsync" || rsync === "openrsync" ? rsync : "none",
    fresh: fresh === "1" || fresh === "resumed",
    resumed: fresh === "resumed",
    root: decodeWord(root),
  };
}
