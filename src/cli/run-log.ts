import { lastActions, recordedAction } from "../app/log.ts";
import type { ActionSummary, RecordedAction } from "../model/journal.ts";
import type { RequestOf } from "../request/commands.ts";
import { actionEnd, actionHead, logLines } from "../view/log-text.ts";
import { printableJson } from "../view/printable.ts";
import { exitCodeOfFailure } from "./exit-code.ts";
import { jsonLine } from "./json-screen.ts";
import { chooseScreen, ownColors } from "./screen-choice.ts";
import { paint } from "./screen-paint.ts";
import { openScreen } from "./screen.ts";
import { showFailure } from "./show-failure.ts";

/** Lists actions, or shows one again. */
export async function runLog(request: RequestOf<"log">): Promise<number> {
  const { action, last, json } = request;
  const [name] = action;
  if (name === undefined && !last) {
    list(await lastActions(process.cwd()), json);
    return 0;
  }
  const recorded = await recordedAction(process.cwd(), name);
  if (!recorded.ok) {
    showFailure(recorded.failure, json ? "json" : "text");
    return exitCodeOfFailure(recorded.failure);
  }
  if (json) printJournal(recorded.value);
  else replay(recorded.value, request);
  return 0;
}

function list(actions: readonly ActionSummary[], json: boolean): void {
  const { stdout, stderr } = process;
  if (json)
    for (const action of actions) stdout.write(`${printableJson({ version: 1, ...action })}\n`);
  else if (actions.length === 0) stderr.write("igor has done nothing here yet.\n");
  else stdout.write(paint(logLines(actions), ownColors().stdout));
}

function printJournal({ started, events, ended }: RecordedAction): void {
  const lines = [started, ...events, ...(ended === undefined ? [] : [ended])];
  process.stdout.write(lines.map(jsonLine).join(""));
}

/** Shows the events on the screen that would show them now, all on standard output: they are what was asked for. */
function replay(action: RecordedAction, { verbosity }: RequestOf<"log">): void {
  const { stdout, env } = process;
  const streams = { stdout, stderr: stdout };
  stdout.write(paint([...actionHead(action), []], ownColors().stdout));
  const screen = openScreen({
    ...chooseScreen({ json: false, verbosity, env, ...streams }),
    now: () => action.ended?.at ?? action.started.at,
  });
  let unknown = 0;
  for (const event of action.events) {
    try {
      screen.emit(event);
    } catch {
      // An event of another igor.
      unknown += 1;
    }
  }
  screen.close();
  if (unknown > 0) stdout.write(`${unknown} of the events are of another igor and not shown\n`);
  stdout.write(paint(actionEnd(action), ownColors().stdout));
}
