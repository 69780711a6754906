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
