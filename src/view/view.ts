import type { Decision, Event } from "../model/event.ts";
import type { Failure } from "../model/failure.ts";
import type { Finding } from "../model/finding.ts";
import { unreachable } from "../model/unreachable.ts";

/** What there is to see of one plan, folded from its events. */
export interface View {
  /** e.g. `docker setup`; empty before the plan begins. */
  readonly title: string;
  /** Nothing is done: what is found is the result, and a good end needs no words. */
  readonly asks: boolean;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  /** In the order of the plan. */
  readonly hosts: readonly HostView[];
  /** Why nothing was begun. */
  readonly failure: Failure | undefined;
}

/** What there is to see of one host. */
export interface HostView {
  readonly host: string;
  readonly state: HostState;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  /** The title of the running step, or of the last one. */
  readonly step: string | undefined;
  readonly stepStartedAt: number | undefined;
  /** How far that step is. */
  readonly progress: Progress | undefined;
  readonly decisions: readonly Decision[];
  readonly findings: readonly Finding[];
  /** The last lines of the tools' output. */
  readonly tail: readonly string[];
  readonly failure: Failure | undefined;
  readonly exitCode: number | undefined;
}

/** `failed` is also a command of the user that ended with another exit code than 0. */
type HostState = "waiting" | "running" | "done" | "failed" | "cancelled";

/** How far a step is, and since when that is known, for its rate. */
export interface Progress {
  readonly unit: "files" | "bytes" | "steps";
  readonly done: number;
  readonly total: number | undefined;
  readonly note: string | undefined;
  readonly at: number;
  readonly first: { readonly done: number; readonly at: number };
}

const tailLength = 12;

/** The view before the first event. */
export const startView: View = {
  title: "",
  asks: false,
  startedAt: undefined,
  endedAt: undefined,
  hosts: [],
  failure: undefined,
};

/** The view after one more event. */
export function advance(view: View, event: Event): View {
  switch (event.type) {
    case "plan-started":
      return {
        ...startView,
        title: event.title,
        asks: event.asks === true,
        startedAt: event.at,
        hosts: event.hosts.map(waiting),
      };
    case "plan-ended":
      return { ...view, endedAt: event.at };
    case "failed":
      return { ...view, failure: event.failure, endedAt: event.at };
    case "step-started":
    case "progress":
    case "decided":
    case "found":
    case "output":
    case "step-ended":
    case "host-ended":
      return withHost(view, event);
    default:
      return unreachable(event);
  }
}

type HostEvent = Extract<Event, { host: string }>;

function waiting(host: string): HostView {
  return {
    host,
    state: "waiting",
    startedAt: undefined,
    endedAt: undefined,
    step: undefined,
    stepStartedAt: undefined,
    progress: undefined,
    decisions: [],
    findings: [],
    tail: [],
    failure: undefined,
    exitCode: undefined,
  };
}

function withHost(view: View, event: HostEvent): View {
  const known = view.hosts.some(({ host }) => host === event.host);
  const hosts = known ? view.hosts : [...view.hosts, waiting(event.host)];
  return {
    ...view,
    hosts: hosts.map((host) =>
      host.host === event.host ? advanceHost(begun(host, view, event), event) : host,
    ),
  };
}

/** All lanes begin with the plan; one that is not heard of yet waits. */
function begun(host: HostView, { startedAt }: View, { at }: Event): HostView {
  return host.state === "waiting"
    ? { ...host, state: "running", startedAt: startedAt ?? at }
    : host;
}

function advanceHost(host: HostView, event: HostEvent): HostView {
  switch (event.type) {
    case "step-started":
      return { ...host, step: event.step, stepStartedAt: event.at, progress: undefined };
    case "progress":
      return { ...host, progress: progressAfter(host.progress, event) };
    case "decided":
      return {
        ...host,
        decisions: [...host.decisions.filter(({ kind }) => kind !== "synced"), event.decision],
        // What the build said explains nothing that comes after it.
        tail: event.decision.kind === "built" ? [] : host.tail,
      };
    case "found":
      return { ...host, findings: [...host.findings, event.finding] };
    case "output":
      return event.of === "command" || event.of === "log"
        ? host
        : { ...host, tail: [...host.tail, event.line].slice(-tailLength) };
    case "step-ended":
      return { ...host, progress: undefined };
    case "host-ended":
      return {
        ...host,
        state: endStateOf(event),
        progress: undefined,
        failure: event.failure,
        exitCode: event.exitCode,
        endedAt: event.at,
      };
    default:
      return unreachable(event);
  }
}

function progressAfter(
  before: Progress | undefined,
  { unit, done, total, note, at }: Extract<Event, { type: "progress" }>,
): Progress {
  const goesOn = before?.unit === unit && before.done <= done;
  return { unit, done, total, note, at, first: goesOn ? before.first : { done, at } };
}

function endStateOf({ failure, exitCode }: Extract<Event, { type: "host-ended" }>): HostState {
  if (failure?.reason === "cancelled") return "cancelled";
  return failure !== undefined || (exitCode ?? 0) !== 0 ? "failed" : "done";
}
