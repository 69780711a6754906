import type { Handoff, Lane, Payload, Plan, Session, Step } from "../model/plan.ts";
import { unreachable } from "../model/unreachable.ts";
import { countText, listText } from "./amount-text.ts";
import { inputLines, withoutSecrets } from "./input-text.ts";
import { printable, printableJson } from "./printable.ts";
import { shownWord } from "./shown-word.ts";

/** `short` shows the first of many files, `full` all of them. */
export type PlanDetail = "short" | "full";

/**
 * A plan for people: per host what would be sent, deleted and run, line by line. Values of the environment and
 * secrets are not shown.
 */
export function planText(plan: Plan, detail: PlanDetail): string[] {
  const parts = [...plan.lanes, ...(plan.handoff?.sessions ?? [])];
  const hosts = [...new Set(parts.map(({ host }) => host.host))];
  return [
    `${printable(plan.title)} on ${printable(listText(hosts, 16))}; nothing was touched`,
    ...plan.lanes.flatMap((lane) => laneLines(lane, detail)),
    ...(plan.handoff === undefined ? [] : handoffLines(plan.handoff)),
  ];
}

/** A plan for programs, as one line of JSON; like `planText` it shows no values of the environment and no secrets. */
export function planJson(plan: Plan): string {
  const lanes = plan.lanes.map((lane) => ({
    ...lane,
    steps: lane.steps.map((step) =>
      step.kind === "frame" ? { ...step, inputs: withoutSecrets(step.inputs) } : step,
    ),
  }));
  const { handoff } = plan;
  const sessions = handoff?.sessions.map((session) => ({
    ...session,
    inputs: withoutSecrets(session.inputs),
  }));
  return `${printableJson({ ...plan, lanes, ...(handoff && { handoff: { ...handoff, sessions } }) })}\n`;
}

function laneLines({ host, steps }: Lane, detail: PlanDetail): string[] {
  const name = printable(host.host);
  return [
    "",
    `${name}:${printable(host.dir)}`,
    ...steps.flatMap((step, index) =>
      stepLines(step, detail).map((line, row) =>
        row === 0 ? `  ${index + 1}. ${line}` : `     ${line}`,
      ),
    ),
    ...conditionLines(name, steps),
  ];
}

function stepLines(step: Step, detail: PlanDetail): string[] {
  const title = printable(step.title);
  switch (step.kind) {
    case "frame":
      return [
        `${title}: run the remote program ${step.program} there`,
        ...(step.payload === undefined ? [] : payloadLines(step.payload, detail)),
        ...inputLines(step.inputs, detail),
      ];
    case "transfer": {
      const compared =
        step.compareWith === undefined ? "" : `, but not what ${step.compareWith.tree} has already`;
      return [
        printable(
          `${title}: send ${countText(step.files.length, "file")} with ${step.tool} into ${step.into}${compared}`,
        ),
        ...fileLines("+", step.files, detail),
      ];
    }
    case "follow":
      return [`${title}: follow the job there until it ends`];
    default:
      return unreachable(step);
  }
}

function payloadLines({ changes, send }: Payload, detail: PlanDetail): string[] {
  const replaced = changes.filter(({ kind }) => kind === "replace").map(({ path }) => path);
  const deleted = changes.filter(({ kind }) => kind !== "replace").map(({ path }) => path);
  const sent = new Set(send);
  const moved = replaced.filter((path) => !sent.has(path));
  return [
    ...counted("to send with it", send, "+").concat(fileLines("+", send, detail)),
    ...counted("to move into place", moved, "~").concat(fileLines("~", moved, detail)),
    ...counted("to delete", deleted, "-").concat(fileLines("-", deleted, detail)),
  ];
}

function counted(what: string, paths: readonly string[], mark: string): string[] {
  return paths.length === 0 ? [] : [`${countText(paths.length, "file")} ${what} (${mark})`];
}

const firstFiles = 10;

function fileLines(mark: string, paths: readonly string[], detail: PlanDetail): string[] {
  const shown = detail === "full" ? paths : paths.slice(0, firstFiles);
  const more = paths.length - shown.length;
  return [
    ...shown.map((path) => `  ${mark} ${printable(path.replaceAll("\n", "␤"))}`),
    ...(more > 0 ? [`  ${mark} and ${more} more (--verbose shows all)`] : []),
  ];
}

/** What the plan rests on: the host decides whether it still holds what igor last put there. */
function conditionLines(host: string, steps: readonly Step[]): string[] {
  const frame = steps.find((step) => step.kind === "frame" && "in_accept" in step.inputs);
  if (frame?.kind !== "frame") return [];
  const accepted = (frame.inputs["in_accept"] ?? "").split(" ").filter((word) => word !== "");
  const known = accepted.filter((generation) => generation !== "-").map(printable);
  const otherwise = "otherwise igor reconciles: it compares all files and sends what differs";
  if (accepted.length === 0) {
    return [
      `  The host is asked first; then igor reconciles: it compares all files and sends what differs.`,
    ];
  }
  if (known.length === 0) {
    return [`  This is what is sent if nothing was pushed to ${host} before; ${otherwise}.`];
  }
  return [
    `  This is what is sent if ${host} still holds generation ${known.join(" or ")}; ${otherwise}.`,
  ];
}

function handoffLines({ kind, sessions }: Handoff): string[] {
  return ["", `then ${kind}:`, ...sessions.flatMap(sessionLines)];
}

function sessionLines({ host, container, words, inputs, tty }: Session): string[] {
  const terminal = tty ? "with a terminal" : "with pipes";
  return [
    `  ${printable(host.host)}, in container ${printable(container)}, ${terminal}:`,
    `    ${words.map(shownWord).join(" ")}`,
    ...inputLines(inputs, "short").map((line) => `    ${line}`),
  ];
}
