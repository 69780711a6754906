import { createInterface } from "node:readline/promises";

/** Asks at the terminal; an empty answer, or none because the terminal is gone, is `otherwise`. */
export async function ask(question: string, otherwise: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const closed = new Promise<string>((resolve) => terminal.once("close", () => resolve("")));
    return (await Promise.race([terminal.question(question), closed])).trim() || otherwise;
  } finally {
    terminal.close();
  }
}
