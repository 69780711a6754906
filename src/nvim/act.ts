import { setTimeout as pause } from "node:timers/promises";
import type { Outcome } from "../app/action.ts";
import type { Environment } from "../app/igor.ts";
import { asking, proposalAfter } from "../app/question.ts";
import { settledAfterMs } from "../app/workbench.ts";
import type { Workbench } from "../app/workbench.ts";
import type { Failure } from "../model/failure.ts";
import type { Event } from "../model/event.ts";
import type { Result } from "../model/result.ts";
import type { HostRequest } from "../request/commands.ts";
import { failureText } from "../view/failure-text.ts";
import { messageText } from "../view/message-text.ts";
import { questionText } from "../view/question-text.ts";
import type { View } from "../view/view.ts";
import type { Editor } from "./editor.ts";
import type { Room, Told } from "./messages.ts";
import type { Pace } from "./pace.ts";
import { mistakesIn, Outputs } from "./quickfix.ts";
import { FloatScreen } from "./screen.ts";

/** One action in the editor, and what it is done with. */
export interface ActionInEditor {
  readonly id: number;
  /** What the user typed, e.g. `docker setup --replace`. */
  readonly title: string;
  readonly request: HostRequest;
  readonly directory: string;
  /** Of the editor. */
  readonly environment: Environment;
  /** Nobody typed it: only what goes wrong is shown. */
  readonly quiet: boolean;
  readonly room: Room;
  readonly workbench: Workbench;
  readonly editor: Editor;
  readonly signal: AbortSignal;
  /** Milliseconds of the epoch. */
  readonly now: () => number;
  /** Of all that draw in this editor. */
  readonly pace: Pace;
  /** The screen of the action, while it has one. */
  readonly onScreen: (screen: FloatScreen) => void;
  /** Whether the user says yes. */
  readonly agrees: (question: string) => Promise<boolean>;
}

/** How an action came out. */
export type EndKind = Extract<Told, { kind: "ended" }>["outcome"];

/** Does what was asked, shows it, and asks what only the user can decide. */
export async function actInEditor(action: ActionInEditor): Promise<EndKind> {
  const { editor, id } = action;
  const request = asking(action.request);
  const screen = new FloatScreen(action);
  action.onScreen(screen);
  const outputs = new Outputs();
  // A file that was written just now would be sent once more by the next igor. Nobody waits for this one.
  if (action.quiet) await pause(settledAfterMs);
  const outcome = await action.workbench.igor({
    request,
    directory: action.directory,
    terminal: undefined,
    environment: action.environment,
    emit: (event) => {
      screen.emit(event);
      outputs.note(event);
      announce(event, screen.view, editor);
    },
    signal: action.signal,
  });
  const { kind, message, stays } = endOf(request, { outcome, view: screen.view });
  const proposal = action.signal.aborted ? undefined : proposalAfter(request, outcome);
  await screen.end(stays || proposal !== undefined);
  // While it asks, and after a yes, it is still the same action, which can be cancelled.
  if (proposal !== undefined && (await action.agrees(questionText(proposal.question))))
    return actInEditor({ ...action, request: proposal.ifYes });
  const isUnsaid = action.quiet && kind === "done";
  await editor.tell({ kind: "ended", id, outcome: kind, message: isUnsaid ? "" : message, stays });
  // What nobody typed leaves the list as it is.
  const mistakes = outcome.ok || action.quiet ? [] : mistakesIn(outcome.failure);
  const items = [...mistakes, ...(await outputs.items(action.directory))];
  if (items.length > 0)
    await editor.tell({ kind: "quickfix", id, title: `igor ${action.title}`, items });
  return kind;
}

/** How an action came out, for the message at its end. */
function endOf(
  request: HostRequest,
  { outcome, view }: { readonly outcome: Result<Outcome>; readonly view: View },
): Pick<Extract<Told, { kind: "ended" }>, "message" | "stays"> & {
  readonly kind: EndKind;
} {
  if (!outcome.ok) return failedBy(outcome.failure);
  if (outcome.value.kind !== "ended") return { kind: "done", message: "", stays: true };
  const ends = [...outcome.value.hosts.values()];
  const failures = ends.flatMap(({ failure }) => failure ?? []);
  const isFine = failures.length === 0 && ends.every(({ exitCode }) => (exitCode ?? 0) === 0);
  const wasCancelled = failures.some(({ reason }) => reason === "cancelled");
  const kind = isFine ? "done" : wasCancelled ? "cancelled" : "failed";
  const message = view.asks && isFine ? "" : messageText(request.kind, view);
  return { kind, message, stays: kind === "failed" || isResult(request, view) };
}

function failedBy(failure: Failure): ReturnType<typeof endOf> {
  const isCancelled = failure.reason === "cancelled";
  return {
    kind: isCancelled ? "cancelled" : "failed",
    message: failureText(failure).headline,
    stays: !isCancelled,
  };
}

/** What was asked for is to be read: output of a command, a list, a log. */
function isResult({ kind }: HostRequest, { asks }: View): boolean {
  return asks || kind === "exec" || kind === "logs";
}

/** Tells those who listen, as `User` autocommands. */
function announce(event: Event, { title, hosts }: View, editor: Editor): void {
  switch (event.type) {
    case "plan-started":
      void editor.tell({
        kind: "autocommand",
        pattern: "IgorPlanPre",
        data: { title: event.title, hosts: event.hosts },
      });
      return;
    case "step-started":
    case "step-ended": {
      const state = event.type === "step-started" ? "started" : "ended";
      const data = { title, host: event.host, step: event.step, state };
      void editor.tell({ kind: "autocommand", pattern: "IgorStep", data });
      return;
    }
    case "plan-ended": {
      const states = Object.fromEntries(hosts.map(({ host, state }) => [host, state]));
      const data = { title, hosts: states };
      void editor.tell({ kind: "autocommand", pattern: "IgorPlanPost", data });
      return;
    }
    case "failed":
    case "host-ended":
    case "decided":
    case "found":
    case "output":
    case "progress":
      return;
  }
}
