import { setMaxListeners } from "node:events";
import { igor } from "../app/igor.ts";
import type { Emit } from "../model/event.ts";
import type { HostEnd, Outcome } from "../app/action.ts";
import { asking, proposalAfter } from "../app/question.ts";
import type { Proposal } from "../app/question.ts";
import type { HostRequest } from "../request/commands.ts";
import { questionText } from "../view/question-text.ts";
import { planJson, planText } from "../view/plan-text.ts";
import { agrees } from "./ask.ts";
import { cancelled, endBySignals, exitCodeOfSignal } from "./end-by-signals.ts";
import { exitCodeOfFailure, failed } from "./exit-code.ts";
import { chooseScreen } from "./screen-choice.ts";
import { openScreen } from "./screen.ts";
import type { Sink } from "./screen.ts";

/** The exit code of a command that could not be started, as the help lists it. */
const notStarted = 125;

/**
 * Does what was asked on the hosts, with the screen that fits, until it is done or nobody reads it any more; the value
 * is igor's exit code. What the screen is told, `alsoTell` is told, too.
 */
export async function runRequest(
  request: HostRequest,
  unread: AbortSignal,
  alsoTell: Emit = () => undefined,
): Promise<number> {
  const { exitCode, proposal } = await runOnce(request, unread, alsoTell);
  if (proposal === undefined) return exitCode;
  const answer = await agrees(questionText(proposal.question));
  if (answer === "cancelled") return cancelled;
  if (answer === "no") return exitCode;
  return runRequest(proposal.ifYes, unread, alsoTell);
}

/** The exit code, and what a person at the terminal may be asked about before it counts. */
interface Ran {
  readonly exitCode: number;
  readonly proposal?: Proposal | undefined;
}

async function runOnce(given: HostRequest, unread: AbortSignal, alsoTell: Emit): Promise<Ran> {
  const { stdin, stdout, stderr, env } = process;
  const { json, verbosity } = given;
  const canAsk = stdin.isTTY && stderr.isTTY && !json && verbosity !== "quiet";
  const request = canAsk ? asking(given) : given;
  const chosen = chooseScreen({ json, verbosity, env, stdout, stderr });
  const screen = openScreen({
    ...chosen,
    ...(request.kind === "repl" ? { stderr: sinkBeside(chosen.stderr) } : {}),
    now: Date.now,
  });
  const { signal: ended, stop } = endBySignals();
  const signal = AbortSignal.any([ended, unread]);
  // Every host listens to it, and Node warns of more than ten listeners in the middle of the screen.
  setMaxListeners(0, signal);
  const terminal =
    stdin.isTTY && stdout.isTTY ? { term: env["TERM"], colorTerm: env["COLORTERM"] } : undefined;
  try {
    const outcome = await igor({
      request,
      directory: process.cwd(),
      terminal,
      environment: env,
      emit: (event) => {
        alsoTell(event);
        screen.emit(event);
      },
      signal,
      now: Date.now,
    });
    if (ended.aborted) return { exitCode: exitCodeOfSignal(ended) };
    const proposal = canAsk ? proposalAfter(request, outcome) : undefined;
    if (!outcome.ok) {
      const exitCode = exitCodeOfFailure(outcome.failure);
      const isOfCommand = exitCode === failed && runsCommand(request);
      return { exitCode: isOfCommand ? notStarted : exitCode, proposal };
    }
    if (outcome.value.kind === "plan") {
      stdout.write(
        json
          ? planJson(outcome.value.plan)
          : planText(outcome.value.plan, verbosity === "verbose" ? "full" : "short")
              .map((line) => `${line}\n`)
              .join(""),
      );
      return { exitCode: 0 };
    }
    if (outcome.value.kind === "pull-plan") {
      const { pullPlanJson, pullPlanText } = await import("../view/pull-text.ts");
      const { plan } = outcome.value;
      const lines = pullPlanText(plan, verbosity === "verbose" ? "full" : "short");
      stdout.write(json ? pullPlanJson(plan) : lines.map((line) => `${line}\n`).join(""));
      return { exitCode: 0 };
    }
    return { exitCode: exitCodeOf(outcome.value), proposal };
  } finally {
    stop();
    screen.close();
  }
}

/** While a REPL has the terminal a line feed alone does not lead to the begin of a line. */
function sinkBeside(terminal: Sink): Sink {
  const write = (text: string): boolean => terminal.write(text.replaceAll("\n", "\r\n"));
  return Object.create(terminal, { write: { value: write } }) as Sink;
}

/** Whether 1 may be the exit code of the user's own command. */
function runsCommand({ kind }: HostRequest): boolean {
  return kind === "exec" || kind === "repl";
}

/** One command on one host gives its own code; on several hosts any failure is 1. */
function exitCodeOf({ hosts, passesThrough }: Outcome & { kind: "ended" }): number {
  const ends = [...hosts.values()];
  const [only] = ends;
  if (passesThrough && only !== undefined)
    return only.failure === undefined ? (only.exitCode ?? 0) : notStarted;
  return ends.every(isFine) ? 0 : failed;
}

function isFine({ failure, exitCode }: HostEnd): boolean {
  return failure === undefined && (exitCode ?? 0) === 0;
}
