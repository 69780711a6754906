import type { Failure } from "../model/failure.ts";
import { printable } from "../view/printable.ts";
import { ask } from "./ask.ts";

/** Asks whether a configuration may have what it asks for; what that is was told before. */
export async function askTrust({
  file,
}: Extract<Failure, { reason: "not-trusted" }>): Promise<"yes" | "no" | "cancelled"> {
  const answer = await ask(`Do you trust ${printable(file)} with that? [y/N] `, "n");
  if (answer === undefined) return "cancelled";
  return /^y(es)?$/i.test(answer) ? "yes" : "no";
}
