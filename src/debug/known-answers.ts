import { isObject } from "./message.ts";
import type { Request } from "./message.ts";

/** Requests that change nothing that a program shows. Evaluating for a hover or a watch is one of them, too. */
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

/** Events after which nothing is as it was. */
const endings = new Set(["continued", "terminated", "exited", "invalidated"]);

type Body = Readonly<Record<string, unknown>>;

/**
 * Answers that the far side got before anybody asked, which hold as long as a program stands still. Everything that may
 * change what it shows forgets them, and carries a number to the far side; what was asked there before that is refused.
 */
export class KnownAnswers {
  #change = 0;
  readonly #answers = new Map<string, Body>();

  /** What the far side asked when a program stopped: command, arguments and body of each. */
  take(body: Body): void {
    const { change, answers } = body;
    if (change !== this.#change || !Array.isArray(answers)) return;
    this.#answers.clear();
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
    if (body === undefined || command !== "stackTrace") return body;
    const { startFrame, levels } = given;
    const { stackFrames, totalFrames } = body;
    if (!Array.isArray(stackFrames)) return undefined;
    const start = typeof startFrame === "number" ? startFrame : 0;
    const count = typeof levels === "number" && levels > 0 ? levels : undefined;
    if (start === 0 && count === undefined) return body;
    if (typeof totalFrames === "number" && totalFrames > stackFrames.length) return undefined;
    const end = count === undefined ? undefined : start + count;
    return { ...body, stackFrames: (stackFrames as readonly unknown[]).slice(start, end) };
  }

  /** The number with which a request travels that may change what a program shows; undefined for one that only reads. */
  changeBy({ command, arguments: given }: Request): number | undefined {
    const { context } = given;
    if (
      reads.has(command) ||
      (command === "evaluate" && (context === "hover" || context === "watch"))
    )
      return undefined;
    this.#answers.clear();
    this.#change += 1;
    return this.#change;
  }
}

/** Requests with the same key have the same answer; of a stack a part may be asked for. */
function keyOf(command: string, given: Body): string {
  const { startFrame: _, levels: __, ...rest } = given;
  return (
    command + JSON.stringify(Object.entries(rest).sort(([one], [other]) => (one < other ? -1 : 1)))
  );
}
