import type { Emit, Event } from "../model/event.ts";
import type { Result } from "../model/result.ts";
import type { Subject } from "../plan/facts.ts";
import { openJournal } from "../project/journal.ts";
import type { Journal } from "../project/journal.ts";
import { secretsOf } from "../project/journal-secrets.ts";
import { commandOf } from "../request/commands.ts";
import type { HostRequest } from "../request/commands.ts";
import { wordsOf } from "../request/words.ts";
import packageJson from "../../package.json" with { type: "json" };
import type { Outcome } from "./action.ts";
import { bugOf } from "./bug.ts";

/** What a journal is about. */
interface Recorded {
  readonly request: HostRequest;
  readonly subject: Subject;
  readonly environment: ReadonlyMap<string, string>;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Does an action with a journal of what it tells. To look at the plan only, or to ask, is no action. */
export async function withJournal(
  recorded: Recorded & { readonly emit: Emit },
  act: (emit: Emit) => Promise<Result<Outcome>>,
): Promise<Result<Outcome>> {
  const { request, subject, environment, emit, now, signal } = recorded;
  if (request.plan || commandOf(request.kind).asks === true) return act(emit);
  const { project, group } = subject;
  const head = {
    igor: packageJson.version,
    request: wordsOf(withoutArguments(request)),
    project: project.name,
    hosts: group.hosts.map(({ host }) => host),
    at: now(),
  };
  const journal = openJournal(project.root, head, secretsOf(project, environment));
  // Whatever throws it and wherever it is told: what is reported is in the journal, too.
  const noteBug = (thrown: unknown): void => {
    journal.add({ type: "failed", failure: bugOf(thrown), at: now() });
    journal.end({ outcome: "failed", at: now() });
  };
  process.once("uncaughtExceptionMonitor", noteBug);
  const done = await act((event) => {
    journal.add(withoutCommand(event));
    emit(event);
  });
  process.off("uncaughtExceptionMonitor", noteBug);
  // Who watches ends it with a signal.
  const isWatch = request.kind === "push" && request.watch;
  journal.end({ ...endOf(done, signal.aborted && !isWatch), at: now() });
  return done;
}

/** What was ended is known by the name of its program. */
function withoutCommand(event: Event): Event {
  if (event.type !== "decided" || event.decision.kind !== "stopped") return event;
  const { command, ...decision } = event.decision;
  const [program = "", ...others] = command?.split(" ") ?? [];
  const shown = others.length > 0 ? `${program} …` : program;
  return { ...event, decision: command === undefined ? decision : { ...decision, command: shown } };
}

/** The arguments of the user's own command may be secrets; its name says what was run. */
function withoutArguments(request: HostRequest): HostRequest {
  if (!("words" in request)) return request;
  const [program = "", ...others] = request.words;
  const name = program.replace(/=.*/s, "=…");
  const words = program === "" ? [] : [name, ...(others.length > 0 ? ["…"] : [])];
  return { ...request, words };
}

function endOf(
  done: Result<Outcome>,
  isCancelled: boolean,
): Omit<Parameters<Journal["end"]>[0], "at"> {
  if (isCancelled) return { outcome: "cancelled" };
  if (!done.ok || done.value.kind !== "ended") return { outcome: "failed" };
  const ends = [...done.value.hosts.values()];
  const areFine = ends.every(
    ({ failure, exitCode = 0 }) => failure === undefined && exitCode === 0,
  );
  const exitCode = done.value.passesThrough ? ends[0]?.exitCode : undefined;
  return {
    outcome: areFine ? "done" : "failed",
    ...(exitCode === undefined ? {} : { exitCode }),
  };
}
