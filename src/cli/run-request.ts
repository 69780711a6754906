import { setMaxListeners } from "node:events";
import { igor } from "../app/igor.ts";
import type { Emit } from "../model/event.ts";
import type { HostEnd, Outcome } from "../app/action.ts";
import type { Failure } from "../model/failure.ts";
import type { HostRequest } from "../request/commands.ts";
import { planJson, planText } from "../view/plan-text.ts";
import type { Agreed } from "./ask.ts";
import { cancelled, endBySignals, exitCodeOfSignal } from "./end-by-signals.ts";
import { exitCodeOfFailure, failed } from "./exit-code.ts";
import { chooseScreen } from "./screen-choice.ts";
import { openScreen } from "./screen.ts";

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
  const { exitCode, question } = await runOnce(request, unread, alsoTell);
  if (question === undefined) return exitCode;
  const answer = await question.ask();
  if (answer === "cancelled") return cancelled;
  if (answer === "no") return exitCode;
  return runRequest(question.ifYes, unread, alsoTell);
}

/** The exit code, and what a person at the terminal may be asked about before it counts. */
interface Ran {
  readonly exitCode: number;
  readonly question?: Question;
}

/** What a request may be repeated for: it then says what was agreed to, so that nothing is asked twice. */
interface Question {
  readonly ask: () => Promise<Agreed>;
  readonly ifYes: HostRequest;
}

async function runOnce(request: HostRequest, unread: AbortSignal, alsoTell: Emit): Promise<Ran> {
  const { stdin, stdout, stderr, env } = process;
  const { json, verbosity } = request;
  const screen = openScreen({
    ...chooseScreen({ json, verbosity, env, stdout, stderr }),
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
    const canAsk = stdin.isTTY && stderr.isTTY && !json && verbosity !== "quiet";
    if (!outcome.ok) {
      const exitCode = exitCodeOfFailure(outcome.failure);
      const question = canAsk ? trustQuestion(request, outcome.failure) : undefined;
      const isOfCommand = exitCode === failed && runsCommand(request);
      return withQuestion(isOfCommand ? notStarted : exitCode, question);
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
    const question = canAsk ? questionOf(request, outcome.value) : undefined;
    return withQuestion(exitCodeOf(outcome.value), question);
  } finally {
    stop();
    screen.close();
  }
}

function withQuestion(exitCode: number, question: Question | undefined): Ran {
  return question === undefined ? { exitCode } : { exitCode, question };
}

function trustQuestion(request: HostRequest, failure: Failure): Question | undefined {
  if (request.kind !== "setup" || failure.reason !== "not-trusted") return undefined;
  const ask = async () => (await import("./ask-trust.ts")).askTrust(failure);
  return { ask, ifYes: { ...request, agreedTo: failure.asked } };
}

function questionOf(
  request: HostRequest,
  { hosts }: Outcome & { kind: "ended" },
): Question | undefined {
  const failures = [...hosts.values()].map(({ failure }) => failure);
  if (request.kind === "setup" && !request.replace) {
    const inUse = failures.filter((failure) => failure?.reason === "container-in-use");
    const ask = async () => (await import("./ask-replace.ts")).askReplace(inUse);
    return inUse.length === 0 ? undefined : { ask, ifYes: { ...request, replace: true } };
  }
  if (request.kind === "pull" && !request.overwrite) {
    const changed = failures
      .filter((failure) => failure?.reason === "not-all-pulled")
      .flatMap(({ host, left }) =>
        left
          .filter(({ because }) => because === "changed-here")
          .map(({ path }) => ({ host, path })),
      );
    const ask = async () => (await import("./ask-overwrite.ts")).askOverwrite(changed);
    return changed.length === 0 ? undefined : { ask, ifYes: { ...request, overwrite: true } };
  }
  return undefined;
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
