import type { DebugArgumentsFailure, DebugFileFailure, DebuggerFailure } from "./failure-debug.ts";
import type { ConfigFailure } from "./failure-config.ts";
import type { EngineFailure, StopFailure } from "./failure-engine.ts";
import type { Left } from "./pull.ts";

/**
 * An expected error: something a user, a network or a tool caused. Each has its words in `view/failure-text.ts`.
 * `lastWords` are the tool's own last lines, never lost and never interpreted again.
 */
export type Failure =
  | ConfigFailure
  | DebugArgumentsFailure
  | DebugFileFailure
  | HostFailure
  | LaptopFailure
  | { readonly reason: "cancelled" };

/** What can go wrong on the laptop itself. */
export type LaptopFailure =
  | {
      /** A file that cannot be sent as it is. */
      readonly reason: "unreadable-file";
      readonly path: string;
      /** `too-large`: to be read into memory, which only rsync does not need. */
      readonly cause: "not-utf8" | "target-not-utf8" | "no-permission" | "too-large";
    }
  | {
      /** There is nothing to build an image from. */
      readonly reason: "dockerfile-missing";
      readonly file: string;
    }
  | {
      /** An entry of `docker_rebuild_files` that no file of the project matches. */
      readonly reason: "rebuild-file-missing";
      readonly pattern: string;
    }
  | {
      /** What igor puts on the hosts cannot be noted here. */
      readonly reason: "state-unwritable";
      readonly directory: string;
      readonly detail: string;
    }
  | {
      /** What a pull brought cannot be put in its place here. */
      readonly reason: "cannot-write-here";
      readonly path: string;
      readonly detail: string;
    }
  | {
      /** What igor would write to here is a symbolic link. */
      readonly reason: "link-in-the-way-here";
      readonly path: string;
    }
  | {
      /** Nothing says what to pull: no paths, and no `outputs` in the configuration. */
      readonly reason: "nothing-to-ask-for";
      readonly file: string;
      /** 1-based: where `outputs` is, or could be written. */
      readonly line: number;
    }
  | {
      /** A path that is to be pulled leads out of the project. */
      readonly reason: "outside-project";
      readonly path: string;
      readonly root: string;
    }
  | {
      /** None of these can be a private directory for the sockets of shared connections. */
      readonly reason: "no-socket-directory";
      readonly places: readonly string[];
    }
  | {
      /** A person is to answer, and nobody can be asked. */
      readonly reason: "no-terminal";
      readonly verb: string;
    }
  | {
      /** The directory that igor was called in has been removed. */
      readonly reason: "directory-gone";
    }
  | {
      /** What igor's standard output goes to does not take it, e.g. a full disk. */
      readonly reason: "output-unwritable";
      readonly detail: string;
    }
  | {
      /** igor itself went wrong: something was thrown. */
      readonly reason: "bug";
      readonly message: string;
      /** Of igor and what it runs on. */
      readonly version: string;
      /** The innermost calls first. */
      readonly stack: readonly string[];
    }
  | {
      /** A local tool refused, e.g. git in a directory of another owner. */
      readonly reason: "laptop-tool-failed";
      readonly program: string;
      readonly lastWords: readonly string[];
    };

/** A failure on one host; `host` is the name the user gave it. */
export type HostFailure = {
  readonly host: string;
  /** The host group that was asked for, so that the advice can name it; the default group when absent. */
  readonly group?: string;
  /** Of that group only this host was asked for. */
  readonly isNamed?: true;
  readonly lastWords: readonly string[];
} & (
  | LinkFailure
  | TargetFailure
  | EngineFailure
  | StopFailure
  | DebuggerFailure
  | {
      /** A program that igor needs is not on that machine. */
      readonly reason: "not-installed";
      readonly program: string;
      readonly where: "host" | "laptop";
    }
  | { readonly reason: "disk-full"; readonly path: string }
  | { readonly reason: "not-writable"; readonly path: string }
  | {
      /** A command of ours ended with an error that has no better words. */
      readonly reason: "step-failed";
      readonly step: string;
      readonly exitCode: number | undefined;
    }
  | {
      /** A pull that is through, but for some paths that somebody must decide about. */
      readonly reason: "not-all-pulled";
      readonly files: number;
      readonly bytes: number;
      readonly left: readonly Left[];
      /** What was named, as it was written; without any the outputs were asked for. */
      readonly paths?: readonly string[];
    }
  | {
      /** None of the hosts has anything of that name or pattern. */
      readonly reason: "nothing-matches";
      readonly paths: readonly string[];
    }
  | {
      /** The user's own command ended with this exit code. */
      readonly reason: "command-failed";
      readonly exitCode: number;
    }
);

/** What can go wrong between the laptop and a shell on the host. */
export type LinkFailure =
  | {
      readonly reason: "unreachable";
      readonly cause:
        | "unknown-name"
        | "refused"
        | "timed-out"
        | "no-route"
        | "no-way-through"
        | "closed"
        | "link-died"
        /** The host answered more than any of igor's programs does, so igor hung up. */
        | "endless"
        /** The link died under a command in the container, which the host ends then. */
        | "command-cut"
        /** igor itself did nothing for so long that the far end gave it up. */
        | "stood-still"
        /** The connection lives, but what moves files at its far end has not moved for long. */
        | "stuck"
        | "other";
      readonly address?: string;
    }
  | {
      readonly reason: "login-refused";
      readonly cause:
        | "no-accepted-key"
        /** ssh tried so many keys that the host hung up before the right one. */
        | "too-many-keys"
        /** Every session of the shared connection is in use, and a login beside it would have to ask. */
        | "no-session-left"
        | "host-key-unknown"
        | "host-key-changed"
        | "no-common-algorithm";
      /** `file:line` of the key in known_hosts, where ssh told it. */
      readonly keyAt?: string;
    }
  | {
      /** At the terminal, where ssh told why. */
      readonly reason: "login-failed";
    }
  | {
      /** The login worked, or would, but the next command would have to ask again. */
      readonly reason: "login-not-kept";
      /** `not-persistent`: the user's configuration shares connections, and keeps none. */
      readonly cause: "not-persistent" | "other";
    }
  | {
      readonly reason: "ssh-misconfigured";
      /** What ssh cannot read, or where it cannot make the socket of a shared connection. */
      readonly cause: "option" | "control-path";
    }
  | {
      readonly reason: "shell-refused";
      readonly cause: "restricted" | "startup-file" | "no-answer" | "no-temporary-directory";
    };

/** Why igor will not write to the directory on the host. */
export type TargetFailure =
  | {
      readonly reason: "target-refused";
      readonly dir: string;
      readonly cause:
        | "root"
        | "home"
        | "not-a-directory"
        | "has-files"
        /** The directory is a link that leads out of `dir`. */
        | "outside"
        | "other-owner"
        | "other-project";
      /** Who owns it, or which project it holds, as the marker there says. */
      readonly found?: string;
    }
  | {
      /** A directory of the project is, on the host, a symbolic link that igor did not make. */
      readonly reason: "symlink-in-the-way";
      readonly path: string;
    }
  | {
      /** Another igor holds the tree. */
      readonly reason: "locked";
      readonly holder: string;
    };
