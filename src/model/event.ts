import type { Failure } from "./failure.ts";
import type { Finding, FoundJob } from "./finding.ts";
import type { LeftBecause } from "./pull.ts";

/** Why an image is built. */
export type BuildReason =
  | { readonly kind: "no-image" }
  | {
      /** Build inputs that differ from those of the image on that host, e.g. `requirements.txt`, `build argument CUDA`. */
      readonly kind: "changed";
      readonly inputs: readonly string[];
    };

/** Why a container is made (anew). `other-directory`: what it has of the project was deleted or moved on the host. */
export type ContainerReason =
  | { readonly kind: "no-container" }
  | { readonly kind: "stopped" }
  | { readonly kind: "leftover" }
  | { readonly kind: "new-image" | "other-directory" }
  | {
      /** Keys of the configuration that differ from those the container was made with, e.g. `ports`. */
      readonly kind: "changed";
      readonly keys: readonly string[];
    };

/** Why rsync is not used: it is missing, or openrsync, which refuses the options that igor needs. */
export type WithoutRsync =
  "no-rsync-here" | "openrsync-here" | "no-rsync-there" | "openrsync-there";

/** Something igor decided or did on a host, with its reason: what a user wants to read afterwards. */
export type Decision =
  | {
      readonly kind: "pushed";
      readonly files: number;
      readonly deleted: number;
      readonly bytes: number;
    }
  | {
      /** Everything is there; from now on each save is pushed. */
      readonly kind: "watching";
      readonly files: number;
    }
  | {
      /** A push of what was saved while igor watches. */
      readonly kind: "synced";
      readonly files: number;
      readonly deleted: number;
      readonly bytes: number;
      /** Only where one was touched. */
      readonly path?: string;
      /** From the begin of its first step to the host's confirmation. */
      readonly tookMs: number;
      /** How many there were since the watch began. */
      readonly pushes: number;
    }
  | {
      /** What was saved is not on the host (yet); it is tried again. */
      readonly kind: "not-pushed";
      readonly failure: Failure;
    }
  | {
      /** The system lets nobody watch more directories: what is saved there is pushed some seconds later. */
      readonly kind: "not-watched";
      readonly directories: number;
    }
  | { readonly kind: "connected-again" }
  | { readonly kind: "nothing-to-push"; readonly files: number }
  | { readonly kind: "pulled"; readonly files: number; readonly bytes: number }
  | {
      /** `files`: what is here as it is there. */
      readonly kind: "nothing-to-pull";
      readonly files: number;
    }
  | {
      /** Nothing there matches any of these, e.g. before the first run. */
      readonly kind: "nothing-there";
      readonly wanted: readonly string[];
    }
  | {
      /** What was changed here was moved to `directory` of the project before its place was taken. */
      readonly kind: "kept-aside-here";
      readonly paths: readonly string[];
      readonly directory: string;
    }
  | {
      /** What cannot be brought, and need not be decided about. */
      readonly kind: "not-brought";
      readonly because: LeftBecause;
      readonly paths: readonly string[];
    }
  | {
      /** Files that were written to there while they were pulled: what is here may be old and new in one. */
      readonly kind: "changed-meanwhile";
      readonly paths: readonly string[];
    }
  | {
      /** What igor did not put there was moved to `directory` on the host before its place was taken. */
      readonly kind: "kept-aside";
      readonly paths: readonly string[];
      readonly directory: string;
    }
  | {
      /** Files in the directory on the host that are not of this checkout; they stay. */
      readonly kind: "left-alone";
      readonly files: number;
    }
  | { readonly kind: "adopted"; readonly dir: string }
  | {
      /** Another checkout or laptop pushed there before. */
      readonly kind: "new-source";
      readonly previous: string;
    }
  | { readonly kind: "reconciling"; readonly because: "first-push" | "unknown-generation" }
  | { readonly kind: "by-tar"; readonly because: WithoutRsync }
  | { readonly kind: "image-up-to-date" }
  | { readonly kind: "building"; readonly because: BuildReason }
  | { readonly kind: "built"; readonly image: string }
  | {
      /** A directory that the dockerfile copies outside the workspace is no reason to rebuild; it can be listed. */
      readonly kind: "copied-directory-ignored";
      readonly directory: string;
      readonly dockerfile: string;
    }
  | { readonly kind: "joined-job"; readonly job: string }
  | { readonly kind: "container-kept" }
  | { readonly kind: "container-started"; readonly because: ContainerReason }
  | { readonly kind: "container-replaced"; readonly because: ContainerReason }
  | { readonly kind: "port-taken"; readonly port: string; readonly holder: string }
  | {
      /** What `gpus: auto` found; `no-runtime`: the host has GPUs, but its engine cannot give them to a container. */
      readonly kind: "gpus";
      readonly found: "none" | "runtime" | "cdi" | "no-runtime";
    }
  | {
      /** Files made in the container do not belong to the user of the host, but to `owner`. */
      readonly kind: "files-not-yours";
      readonly owner: string;
    }
  | {
      /** podman of a user who may not linger: systemd ends the container some time after the last login there. */
      readonly kind: "stops-at-logout";
    }
  | { readonly kind: "removed"; readonly what: "container" | "image"; readonly name: string }
  | {
      /** An image that was to be removed stays, because containers use it. */
      readonly kind: "image-kept";
      readonly name: string;
      readonly usedBy: readonly string[];
    }
  | { readonly kind: "job-stopped"; readonly job: string }
  | { readonly kind: "nothing-to-remove" }
  | {
      /** What ran is ended, with all that it had started. The rest is unknown where nothing of it ran. */
      readonly kind: "stopped";
      readonly what: "session" | "process";
      readonly id: string;
      /** In the container; of a session that of its first process. */
      readonly pid?: number;
      readonly ageMs?: number;
      readonly command?: string;
    }
  | {
      /** Nothing on this host has that id; another host may have it. */
      readonly kind: "not-here";
      readonly id: string;
    }
  | { readonly kind: "nothing-to-stop" }
  | { readonly kind: "connection-closed" }
  | { readonly kind: "connection-kept" }
  | {
      /** Whose log is printed next. */
      readonly kind: "log-of";
      readonly job: string;
      readonly verb: FoundJob["verb"];
      readonly state: FoundJob["state"];
      readonly exitCode?: number;
      readonly ageMs?: number;
    }
  | { readonly kind: "no-log" }
  | { readonly kind: "retrying"; readonly because: string }
  /** The link to a kept REPL is lost; igor attaches again as soon as it can. */
  | { readonly kind: "repl-cut" }
  /** The user left a kept REPL, which goes on. */
  | { readonly kind: "repl-left" }
  | {
      /** A REPL that ends when igor does, since nothing there can keep it. */
      readonly kind: "repl-not-kept";
      readonly because: "no-python" | "no-place" | "no-place-of-host";
    }
  /** Linux killed something in the container for want of memory, and KILL ended the command. */
  | { readonly kind: "out-of-memory" }
  | {
      /** The user's ssh configuration logs in although the host showed another key than the one that is known. */
      readonly kind: "other-host-key";
      /** Where the known key is, e.g. `/home/dino/.ssh/known_hosts:3`. */
      readonly keyAt?: string;
    };

/** What happened, as data. The journal, the screen, the float and `--json` read one stream. Times are milliseconds of the epoch. */
export type Event =
  | {
      readonly type: "plan-started";
      readonly title: string;
      readonly hosts: readonly string[];
      /** Nothing is done: what is found is the result. */
      readonly asks?: true;
      readonly at: number;
    }
  | {
      readonly type: "step-started";
      readonly host: string;
      readonly step: string;
      readonly at: number;
    }
  | {
      /** How far the running step is. `note` is its current item, e.g. a file name or a build step. */
      readonly type: "progress";
      readonly host: string;
      readonly unit: "files" | "bytes" | "steps";
      readonly done: number;
      readonly total?: number;
      readonly note?: string;
      readonly at: number;
    }
  | {
      readonly type: "decided";
      readonly host: string;
      readonly decision: Decision;
      readonly at: number;
    }
  | {
      /** What was asked for is there: the result of a request that only asks. */
      readonly type: "found";
      readonly host: string;
      readonly finding: Finding;
      readonly at: number;
    }
  | {
      /** A line of output: of a tool, e.g. of the image build, or of the user's own command on several hosts. */
      readonly type: "output";
      readonly host: string;
      /** Whose line it is; a tool's when absent. `log`: the user asked to read it. */
      readonly of?: "tool" | "command" | "log";
      readonly stream: "stdout" | "stderr";
      readonly line: string;
      readonly at: number;
    }
  | {
      readonly type: "step-ended";
      readonly host: string;
      readonly step: string;
      readonly at: number;
    }
  | {
      /** The lane of a host is through; for exec `exitCode` is that of the user's command. */
      readonly type: "host-ended";
      readonly host: string;
      readonly failure?: Failure;
      readonly exitCode?: number;
      readonly at: number;
    }
  | { readonly type: "plan-ended"; readonly at: number }
  | {
      /** Nothing was begun, e.g. the words or the configuration have a mistake. There is no plan around it. */
      readonly type: "failed";
      readonly failure: Failure;
      readonly at: number;
    };

/** Where events go; called in order, must not throw. */
export type Emit = (event: Event) => void;
