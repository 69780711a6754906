import type { Emit } from "../model/event.ts";
import type { Lane } from "../model/plan.ts";
import type { Host } from "../model/project.ts";
import type { Result } from "../model/result.ts";
import type { ReconcileAnswer } from "../remote/push-events.ts";
import type { HostShell } from "./host-shell.ts";
import type { FileSource, Pack, PackedFiles } from "./pack.ts";
import type { Transferred } from "./transfer.ts";

/** What the executor is given to act with. */
export interface Tools {
  /** The open host shell of a host: opened once, usually before the plan was made, and anew after a cut. */
  readonly connect: (host: Host) => Promise<Result<HostShell>>;
  /** A new one, over a new connection, after the link of that one died. */
  readonly reconnect: (host: Host) => Promise<Result<HostShell>>;
  readonly source: FileSource;
  /** Reads and packs files of the source, once for all hosts that need the same. */
  readonly pack: Pack;
  /** Values that no plan holds, by the name of the variable. */
  readonly environment: ReadonlyMap<string, string>;
  /** Called before anything of a generation is sent; `changed` is what was read of files that differ from the plan. */
  readonly aboutToSend: (
    host: Host,
    generation: string,
    changed: PackedFiles["changed"],
  ) => Result<undefined>;
  readonly confirmed: (host: Host, generation: string) => void;
  readonly now: () => number;
}

/** What a step works with, beside what it says. */
export interface StepMeans {
  readonly lane: Lane;
  readonly shell: HostShell;
  /** What a step before this one brought to the stage. */
  readonly transferred: Carried | undefined;
  readonly tools: Tools;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** What a transfer brought to the host, and how much of it travelled. */
export interface Carried extends Transferred {
  readonly bytes: number;
}

/** Why a lane is to be planned again: what the host said joins the facts. */
export type LaneAnswer =
  | { readonly kind: "reconcile"; readonly reconcile: ReconcileAnswer }
  | { readonly kind: "context-needed" }
  | {
      /** A job that made something else ran there; it has ended now. */
      readonly kind: "other-job-ended";
    };

/** A job that a frame started, or found running. */
export interface Job {
  readonly kind: "job";
  readonly job: string;
  readonly nonce: string;
  /** Whether it makes what was asked for; else there is more to do when it has ended. */
  readonly same: boolean;
  /** Who began it: a cancel here ends no job of another igor. */
  readonly begunBy: "us" | "another";
}

/** What became of a lane: it is through, or the host answered and the lane must be planned again. */
export type LaneEnd = { readonly kind: "done" } | LaneAnswer;
