import { createInterface } from "node:readline/promises";

/** What came of a question: a line, the end of the input (Ctrl-D, or a terminal that is gone), or Ctrl-C. */
type Answer = { readonly line: string } | "ended" | "cancelled";

async function answerTo(question: string): Promise<Answer> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const when = (event: "SIGINT" | "close", answer: Answer): Promise<Answer> =>
    new Promise((resolve) => terminal.once(event, () => resolve(answer)));
  try {
    const line = terminal.question(question).then((text) => ({ line: text }));
    const ends = [when("close", "ended"), when("SIGINT", "cancelled")];
    const answer = await Promise.race([line, ...ends]);
    if (typeof answer === "string") process.stderr.write("\n");
    return answer;
  } finally {
    terminal.close();
  }
}

/** Asks at the terminal; an empty line is `otherwise`. Undefined when the user gives no answer: Ctrl-C, Ctrl-D. */
export async function ask(question: string, otherwise: string): Promise<string | undefined> {
  const answer = await answerTo(question);
  return typeof answer === "string" ? undefined : answer.line.trim() || otherwise;
}

/** What a person says to a question that can only be agreed to. */
export type Agreed = "yes" | "no" | "cancelled";

/** Asks whether to do so; whatever is not yes is no. */
export async function agrees(question: string): Promise<Agreed> {
  const answer = await answerTo(`${question} [y/N] `);
  if (answer === "cancelled") return answer;
  return answer !== "ended" && /^y(es)?$/i.test(answer.line.trim()) ? "yes" : "no";
}
