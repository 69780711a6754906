import type { ActionSummary, RecordedAction } from "../model/journal.ts";
import { countText, durationText, listText } from "./amount-text.ts";
import { span } from "./line.ts";
import type { Line, Span } from "./line.ts";
import { printable } from "./printable.ts";
import { padded, widthOf } from "./text-width.ts";

/**
 * A line for each action, e.g.
 * `20261122-060258.123-8483  2026-11-22 07:02:58   0.2 s  done    docker setup  toy on apollo`
 */
export function logLines(actions: readonly ActionSummary[]): Line[] {
  const rows = actions.map((action) => ({
    id: printable(action.id),
    at: timeText(action.started.at),
    spent: spentText(action),
    end: endSpan(action),
    request: requestText(action),
    where: whereText(action),
  }));
  const widest = (column: "spent" | "request" | "id") =>
    Math.max(0, ...rows.map((row) => widthOf(row[column])));
  const ends = Math.max(0, ...rows.map(({ end }) => widthOf(end.text)));
  return rows.map(({ id, at, spent, end, request, where }) => [
    span(padded(id, widest("id")), "dim"),
    span(`  ${at}  ${spent.padStart(widest("spent"))}  `),
    { ...end, text: padded(end.text, ends) },
    span(`  ${padded(request, widest("request"))}`, "strong"),
    span(`  ${where}`),
  ]);
}

/** What an action was, above what it told: `docker setup: toy on apollo` and the circumstances. */
export function actionHead(action: ActionSummary): Line[] {
  const { started, id } = action;
  const system = [`igor ${started.igor}`, `node ${started.node}`, started.platform].join(", ");
  return [
    [span(`igor ${requestText(action)}`, "strong"), span(`  ${whereText(action)}`)],
    [span(printable(`${timeText(started.at)}  ${id}  ${system}`), "dim")],
  ];
}

/** What the events of an action did not tell of its end, below them. */
export function actionEnd(action: RecordedAction): Line[] {
  const { ended, events } = action;
  const isTold = events.some(({ type }) => type === "plan-ended");
  const spent = ended === undefined ? "" : ` after ${spentText(action)}`;
  const end = endSpan(action);
  const { leftOut = 0 } = ended ?? {};
  const kept = `${countText(leftOut, "event")} more, most of them lines of output, not kept`;
  return [
    ...(isTold ? [] : [[{ ...end, text: end.text + spent }]]),
    ...(leftOut === 0 ? [] : [[span(kept, "dim")]]),
  ];
}

/** e.g. `done`, `exit 3`, `cancelled` */
function endSpan({ ended, isRunning }: ActionSummary): Span {
  if (ended === undefined) return isRunning ? span("running", "running") : span("killed", "bad");
  const { outcome, exitCode = 0 } = ended;
  if (outcome === "cancelled") return span("cancelled", "warning");
  if (outcome === "done") return span("done", "good");
  return span(exitCode === 0 ? "failed" : `exit ${exitCode}`, "bad");
}

function spentText({ started, ended }: ActionSummary): string {
  return ended === undefined ? "" : durationText(ended.at - started.at);
}

function requestText({ started }: ActionSummary): string {
  return printable(started.request.join(" "));
}

function whereText({ started: { project, hosts } }: ActionSummary): string {
  return printable(`${project} on ${listText(hosts, 4)}`);
}

/** In the user's own time zone, e.g. `2026-11-22 07:02:58`. */
function timeText(at: number): string {
  const time = new Date(at);
  const two = (amount: number) => String(amount).padStart(2, "0");
  const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join("-");
  return `${day} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(":")}`;
}
