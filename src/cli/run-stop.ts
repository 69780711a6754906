import type { Event } from "../model/event.ts";
import type { RequestOf } from "../request/commands.ts";
import { usageFailure } from "../request/parse.ts";
import { countText, listText } from "../view/amount-text.ts";
import { agrees } from "./ask.ts";
import { cancelled } from "./end-by-signals.ts";
import { exitCodeOfFailure, failed } from "./exit-code.ts";
import { runRequest } from "./run-request.ts";
import { showFailure } from "./show-failure.ts";

/** Ends what runs. Without any id, at a terminal, what would be ended is listed first, and the user agrees. */
export async function runStop(request: RequestOf<"stop">, unread: AbortSignal): Promise<number> {
  const { ids, all, plan, json, verbosity } = request;
  const { stdin, stderr } = process;
  const canAsk = stdin.isTTY && stderr.isTTY && !json;
  if (ids.length > 0 || all || plan || !canAsk) return runRequest(request, unread);
  if (verbosity === "quiet") {
    const failure = usageFailure(["stop"], { kind: "asks-first" });
    showFailure(failure);
    return exitCodeOfFailure(failure);
  }
  const sessions = new Map<string, string>();
  const { hostGroup, host } = request;
  const looked = await runRequest(
    { kind: "ps", hostGroup, host, plan, json, verbosity },
    unread,
    (event) => noteSession(event, sessions),
  );
  if (looked !== 0) return looked;
  if (sessions.size === 0) {
    stderr.write("There is no session to stop; `igor stop ID` ends a process or a build.\n");
    return 0;
  }
  const where = listText([...new Set(sessions.values())], 4);
  const what =
    sessions.size === 1 ? "this session" : `these ${countText(sessions.size, "session")}`;
  const answer = await agrees(`End ${what} on ${where}?`);
  if (answer === "cancelled") return cancelled;
  if (answer === "no") return failed;
  return runRequest({ ...request, ids: [...sessions.keys()], areListed: true }, unread);
}

function noteSession(event: Event, sessions: Map<string, string>): void {
  if (event.type !== "found" || event.finding.kind !== "session") return;
  if (event.finding.state !== "ending") sessions.set(event.finding.id, event.host);
}
