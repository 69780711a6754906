import { createInterface } from "node:readline/promises";

/**
 * Asks at the terminal; an empty answer, or none because the terminal is gone, is `otherwise`. Undefined when the
 * user cancels with Ctrl-C.
 */
export async function ask(question: string, otherwise: string): Promise<string | undefined> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const cancelled = new Promise<undefined>((resolve) =>
    terminal.once("SIGINT", () => resolve(undefined)),
  );
  try {
    const closed = new Promise<string>((resolve) => terminal.once("close", () => resolve("")));
    const answer = await Promise.race([terminal.question(question), closed, cancelled]);
    if (answer === undefined) process.stderr.write("\n");
    return answer === undefined ? undefined : answer.trim() || otherwise;
  } finally {
    terminal.close();
  }
}

/** What a person says to a question that can only be agreed to. */
export type Agreed = "yes" | "no" | "cancelled";

/** Asks whether to do so; whatever is not yes is no. */
export async function agrees(question: string): Promise<Agreed> {
  const answer = await ask(`${question} [y/N] `, "n");
  if (answer === undefined) return "cancelled";
  return /^y(es)?$/i.test(answer) ? "yes" : "no";
}
