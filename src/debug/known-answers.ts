import { isObject } from "./message.ts";
import type { Request } from "./message.ts";

/** Requests that change nothing that a program shows. */
const reads = new Set([
  "threads",
  "stackTrace",
  "scopes",
  "variables",
  "source",
  "modules",
  "exceptionInfo",
  "completions",
  "loadedSources",
  "stepInTargets",
  "gotoTargets",
  "setBreakpoints",
  "setFunctionBreakpoints",
  "setExceptionBreakpoints",
  "setDebuggerProperty",
  "configurationDone",
]);

/** An expression that calls nothing and assigns nothing, e.g. `rows[0].name`. */
const plainExpression = /^[\p{L}\p{N}_.[\]'"-]+$/u;

/** Events after which nothing is as it was. */
const endings = new Set(["continued", "terminated", "exited", "invalidated"]);

type Body = Readonly<Record<string, unknown>>;

/** What the far side is told with a request: see debug.py. */
export interface Change {
  readonly igorChange: number;
  readonly igorUsed: readonly number[];
}

/**
 * Answers that the far side got before anybody asked, which hold as long as a program stands still. Everything that may
 * change what it shows forgets them, and carries a number to the far side; what was asked there before that is refused.
 */
export class KnownAnswers {
  #change = 0;
  readonly #answers = new Map<string, Body>();
  /** Variables whose children were told from here since the program stopped. */
  readonly #used = new Set<number>();

  /** What the far side asked when a program stopped: command, arguments and body of each. */
  take(body: Body): void {
    const { change, answers } = body;
    if (change !== this.#change || !Array.isArray(answers)) return;
    this.#answers.clear();
    this.#used.clear();
    for (const each of answers as readonly unknown[]) {
      if (!Array.isArray(each)) continue;
      const [command, given, answer] = each as readonly unknown[];
      if (typeof command === "string" && isObject(given) && isObject(answer))
        this.#answers.set(keyOf(command, given), answer);
    }
  }

  /** What was told by the adapter. */
  told(event: string): void {
    if (endings.has(event)) this.#answers.clear();
    else if (event === "thread") this.#answers.delete(keyOf("threads", {}));
  }

  /** The answer to a request, if it is known. */
  answerTo({ command, arguments: given }: Request): Body | undefined {
    const body = this.#answers.get(keyOf(command, given));
    const { variablesReference } = given;
    if (body !== undefined && typeof variablesReference === "number")
      this.#used.add(variablesReference);
    if (body === undefined || command !== "stackTrace") return body;
    const { startFrame, levels } = given;
    const { stackFrames, totalFrames } = body;
    if (!Array.isArray(stackFrames)) return undefined;
    const start = typeof startFrame === "number" ? startFrame : 0;
    // Without a number of them debugpy gives all, wherever they are to start.
    if (typeof levels !== "number" || levels <= 0) return body;
    if (typeof totalFrames === "number" && totalFrames > stackFrames.length) return undefined;
    return {
      ...body,
      stackFrames: (stackFrames as readonly unknown[]).slice(start, start + levels),
    };
  }

  /** With what a request travels that may change what a program shows; undefined for one that only reads. */
  changeBy(request: Request): Change | undefined {
    if (reads.has(request.command) || isGlance(request)) return undefined;
    this.#answers.clear();
    this.#change += 1;
    const igorUsed = [...this.#used];
    this.#used.clear();
    return { igorChange: this.#change, igorUsed };
  }
}

/** Whether something is evaluated only to be shown, e.g. under the mouse; a call may change what it likes. */
function isGlance({ command, arguments: { context, expression } }: Request): boolean {
  return (
    command === "evaluate" &&
    (context === "hover" || context === "watch") &&
    typeof expression === "string" &&
    plainExpression.test(expression)
  );
}

/** Requests with the same key have the same answer; of a stack a part may be asked for. */
function keyOf(command: string, given: Body): string {
  const { startFrame: _, levels: __, ...rest } = given;
  return (
    command + JSON.stringify(Object.entries(rest).sort(([one], [other]) => (one < other ? -1 : 1)))
  );
}
