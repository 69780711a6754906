/** What can go wrong with the container engine and what igor keeps in it. */
export type EngineFailure =
  | {
      readonly reason: "engine-unavailable";
      readonly engine: "docker" | "podman";
      readonly cause: "missing" | "no-rights" | "stopped" | "not-answering";
    }
  | {
      /** The link to a job is gone for good; the job goes on. */
      readonly reason: "job-out-of-reach";
      readonly job: string;
      /** Its log on the host. */
      readonly log: string;
    }
  | {
      /** It was told to end: by `igor stop`, or by the igor that began it. */
      readonly reason: "job-stopped";
      readonly job: string;
      /** Its log on the host. */
      readonly log: string;
    }
  | {
      /** The job on the host ended without a result: it was killed, or the host was restarted. */
      readonly reason: "job-lost";
      readonly job: string;
      /** Its log on the host. */
      readonly log: string;
    }
  | {
      readonly reason: "build-failed";
      readonly engine: "docker" | "podman";
      readonly cause:
        "step" | "base-image" | "dockerfile-syntax" | "missing-file" | "disk-full" | "engine-gone";
      /** e.g. `Step 3/7 : RUN pip install -r requirements.txt` */
      readonly step?: string;
      /** The log on the host. */
      readonly log: string;
    }
  | {
      readonly reason: "no-container";
      readonly engine: "docker" | "podman";
      readonly container: string;
      /** `other-directory`: it still has the project's directory of before, which was deleted or moved on the host. */
      readonly state: "missing" | "stopped" | "paused" | "other-directory";
    }
  | {
      /** The directory in which the command was to start is not in the container. */
      readonly reason: "no-directory";
      readonly container: string;
      readonly directory: string;
    }
  | {
      /**
       * The REPL that the user was attached to has ended, and not by itself. `gone`: while the link was lost, nobody
       * knows how.
       */
      readonly reason: "repl-ended";
      readonly cause: "stopped" | "expired" | "replaced" | "gone";
    }
  | {
      /** Something runs in the container that would be replaced or removed. */
      readonly reason: "container-in-use";
      readonly would: "replace" | "remove";
      readonly container: string;
      /** One line per process, as `pid command`. */
      readonly processes: readonly string[];
    }
  | { readonly reason: "container-foreign"; readonly container: string; readonly owner: string }
  | {
      readonly reason: "container-not-started";
      readonly container: string;
      readonly cause: "gpu" | "mount" | "no-shell" | "arguments" | "other";
      /** What the cause is about, e.g. the missing directory of a mount. */
      readonly detail?: string;
      /** Whether the container that was there before runs again. */
      readonly previous: "none" | "running-again" | "lost";
    };

/** Why something that runs is not stopped. */
export type StopFailure =
  | {
      /** Nothing there has that id. */
      readonly reason: "unknown-id";
      readonly id: string;
    }
  | {
      /** Several things there have an id that begins so. */
      readonly reason: "ambiguous-id";
      readonly id: string;
      readonly ids: readonly string[];
    }
  | {
      /** Even KILL did not end it. */
      readonly reason: "still-running";
      readonly ids: readonly string[];
    };
