import type { Host } from "./project.ts";

/** Something that a host has below its project's directory; directories are implied by what is in them. */
export type ThereEntry =
  | ({ readonly kind: "file"; readonly path: string } & FileThere)
  | { readonly kind: "link"; readonly path: string; readonly target: string }
  | {
      /** A pipe, a socket, a device. */
      readonly kind: "special";
      readonly path: string;
    };

/** How a file on a host looks. */
export interface FileThere {
  /** In bytes. */
  readonly size: number;
  /** Seconds of the epoch, with nine digits behind the point where the host tells them. */
  readonly mtime: string;
  /** Permission bits, octal. */
  readonly mode: string;
}

/**
 * How a path looks here, as one comparable word: `f <size> <mtime seconds>.<9 digits>` for a file, `l <target>` for a
 * link, `d` for a directory, `s` for anything else, `-` for nothing; `x l <path>` or `x f <path>` where a link or a
 * file is in the place of a directory on the way.
 */
export type Here = string;

/** How igor left a path here, or found it to be that of a host. */
export interface Brought {
  readonly here: Here;
  /** How the same content looks on the host, where its time is another one. */
  readonly there?: Here;
  /** How igor had left it before, while it is not certain that it has been replaced. */
  readonly before?: Here;
}

/** The same with its path. */
export interface BroughtPath extends Brought {
  readonly path: string;
}

/** What a pull brings to one path. */
export type Incoming = {
  readonly path: string;
  /** What was here when that was decided. */
  readonly here: Here;
  /** `foreign`: not as igor brought it; it is kept aside. */
  readonly replaces: "nothing" | "brought" | "foreign";
} & (({ readonly kind: "file" } & FileThere) | { readonly kind: "link"; readonly target: string });

/** Why a path is not brought. */
export type LeftBecause =
  /** It is not what igor brought last: somebody changed or made it here. */
  | "changed-here"
  /** Another host of the group has another file of that name. */
  | "differs"
  /** A directory on the way is a symbolic link here. */
  | "link-here"
  /** A directory on the way is a symbolic link there. */
  | "link-there"
  /** A link there that leads out of the project. */
  | "link-leaves"
  | "special"
  /** It cannot be a name here. */
  | "name"
  /** It cannot be read there. */
  | "unreadable";

/** A path that is not brought, and why. */
export interface Left {
  readonly path: string;
  readonly because: LeftBecause;
}

/** What is brought from one host. */
export interface PullLane {
  readonly host: Host;
  /** The project's directory there, absolute; undefined when there is none. */
  readonly from: string | undefined;
  /** `frame`: little enough for the open host shell. */
  readonly tool: "frame" | "rsync" | "tar";
  readonly files: readonly Incoming[];
  readonly left: readonly Left[];
  /** How many paths are here already as they are there. */
  readonly same: number;
  /** Those of them that igor did not know yet. */
  readonly known: readonly BroughtPath[];
  /** Entries of what was asked for that match nothing there. */
  readonly unmatched: readonly string[];
}

/** What a pull will do, complete before anything is touched. It survives `JSON.parse(JSON.stringify(plan))`. */
export interface PullPlan {
  readonly version: 1;
  readonly title: string;
  /** Whether what was changed here makes way; it is kept aside. */
  readonly overwrite: boolean;
  readonly lanes: readonly PullLane[];
}
