import type { BuildReason, ContainerReason, Decision } from "../model/event.ts";
import { unreachable } from "../model/unreachable.ts";
import { listText } from "./amount-text.ts";

/** Why an image is built. */
export function buildText(because: BuildReason, host: string): string {
  switch (because.kind) {
    case "no-image":
      return `building: there was no image on ${host}`;
    case "changed":
      return `rebuilding: ${listText(because.inputs, 4)} changed`;
    default:
      return unreachable(because);
  }
}

/** Why a container is made. */
export function containerReasonText(because: ContainerReason, host: string): string {
  switch (because.kind) {
    case "no-container":
      return `there was none on ${host}`;
    case "stopped":
      return "it was stopped";
    case "leftover":
      return "a start before had failed halfway";
    case "new-image":
      return "new image";
    case "other-directory":
      return `the one before still had the project's old directory, which was deleted or moved on ${host}`;
    case "changed":
      return `${listText(because.keys, 4)} changed`;
    default:
      return unreachable(because);
  }
}

/** Which way the container has to the GPUs. */
export function gpuText(found: Extract<Decision, { kind: "gpus" }>["found"]): string {
  switch (found) {
    case "none":
      return "no GPUs on this host";
    case "runtime":
      return "GPUs through the NVIDIA runtime";
    case "cdi":
      return "GPUs through CDI";
    case "no-runtime":
      return "the container has no GPUs: the host has some, but its engine cannot give them (NVIDIA container toolkit)";
    default:
      return unreachable(found);
  }
}
