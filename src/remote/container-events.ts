import type { BuildReason, ContainerReason, Decision } from "../model/event.ts";
import type { Failure } from "../model/failure.ts";
import { decodeWord } from "./frame.ts";
import type { Where } from "./read-failure.ts";
import { parseRunningDecision, parseStopFailure } from "./running-events.ts";
import { textOfWord } from "./words.ts";

/** What setup and build answer when the rest takes longer than a frame, and logs when there is one. */
export type JobAnswer =
  | { readonly kind: "job"; readonly job: string; readonly nonce: string }
  | {
      /** A job of this project and group runs; when it does not make `same`, plan again after it has ended. */
      readonly kind: "job-running";
      readonly job: string;
      readonly nonce: string;
      readonly same: boolean;
    }
  | {
      /** Nothing was begun: only its log is wanted. */
      readonly kind: "log";
      readonly job: string;
      readonly nonce: string;
    }
  | {
      /** The list of context files was too long to travel without need; plan again with it. */
      readonly kind: "context-needed";
    };

/** Reads `job ID NONCE`, `job-running ID NONCE same|other` `context-needed`, and `log-of`. */
export function parseJobAnswer(words: readonly string[]): JobAnswer | undefined {
  const [verb, job = "", nonce = "", same] = words;
  switch (verb) {
    case "job":
      return { kind: verb, job, nonce };
    case "job-running":
      return { kind: verb, job, nonce, same: same === "same" };
    case "context-needed":
      return { kind: verb };
    case "log-of":
      return { kind: "log", job, nonce: words[5] ?? "" };
    default:
      return undefined;
  }
}

/** Reads the events of image, container and clean that tell a decision; undefined for all others. */
export function parseContainerDecision(words: readonly string[]): Decision | undefined {
  const [verb, first = "", ...rest] = words;
  switch (verb) {
    case "image-up-to-date":
    case "container-kept":
    case "nothing-to-remove":
    case "stops-at-logout":
      return { kind: verb };
    case "building":
      return { kind: verb, because: buildReason(first, rest) };
    case "built":
      return { kind: verb, image: first };
    case "copied-directory-ignored":
      return { kind: verb, directory: textOfWord(first), dockerfile: decodeWord(rest[0]) };
    case "container-started":
    case "container-replaced":
      return { kind: verb, because: containerReason(first, rest) };
    case "port-taken":
      return { kind: verb, port: first, holder: decodeWord(rest[0]) };
    case "gpus":
      return {
        kind: verb,
        found: oneOf(["none", "runtime", "cdi", "no-runtime"], first) ?? "none",
      };
    case "files-not-yours":
      return { kind: verb, owner: decodeWord(first) };
    case "removed":
      return { kind: verb, what: first === "image" ? "image" : "container", name: rest[0] ?? "" };
    case "image-kept":
      return { kind: verb, name: first, usedBy: rest };
    case "job-stopped":
      return { kind: verb, job: first };
    default:
      return parseRunningDecision(words);
  }
}

/** Reads why an image is built. */
export function buildReason(kind: string, names: readonly string[]): BuildReason {
  if (kind === "changed") return { kind, inputs: names.map(textOfWord) };
  return { kind: "no-image" };
}

/** Reads why a container is made or started. */
export function containerReason(kind: string, keys: readonly string[]): ContainerReason {
  if (kind === "changed") return { kind, keys: keys.map(textOfWord) };
  return {
    kind: oneOf(["stopped", "leftover", "new-image", "other-directory"], kind) ?? "no-container",
  };
}

/** Reads `failed REASON WORDS` of engine, image, container and clean; undefined for the reasons of other parts. */
export function parseContainerFailure(
  [reason = "", ...words]: readonly string[],
  where: Where,
): Failure | undefined {
  const [first = "", second = "", third, fourth] = words;
  switch (reason) {
    case "engine-unavailable": {
      const cause = oneOf(["missing", "no-rights", "stopped", "not-answering"], second);
      return cause === undefined ? undefined : { reason, engine: engineOf(first), cause, ...where };
    }
    case "dockerfile-missing":
      return { reason, file: decodeWord(first) };
    case "build-failed": {
      const step = decodeWord(third);
      return {
        reason,
        engine: engineOf(first),
        cause:
          oneOf(
            ["base-image", "dockerfile-syntax", "missing-file", "disk-full", "engine-gone"],
            second,
          ) ?? "step",
        ...(step === "" ? {} : { step }),
        log: decodeWord(fourth),
        ...where,
      };
    }
    case "container-in-use": {
      const processes = decodeWord(second)
        .split("\n")
        .filter((line) => line !== "");
      const would = oneOf(["remove"], third ?? "") ?? "replace";
      return { reason, would, container: first, processes, ...where };
    }
    case "container-foreign":
      return { reason, container: first, owner: decodeWord(second), ...where };
    case "container-not-started":
      return {
        reason,
        container: first,
        cause: oneOf(["gpu", "mount", "no-shell", "arguments"], second) ?? "other",
        previous: oneOf(["running-again", "lost"], third ?? "") ?? "none",
        ...(fourth === undefined ? {} : { detail: decodeWord(fourth) }),
        ...where,
      };
    case "step-failed":
      return { reason, step: decodeWord(first), exitCode: Number(second), ...where };
    default:
      return parseStopFailure([reason, ...words], where);
  }
}

function engineOf(word: string): "docker" | "podman" {
  return word === "podman" ? "podman" : "docker";
}

function oneOf<T extends string>(known: readonly T[], word: string): T | undefined {
  return known.find((each) => each === word);
}
