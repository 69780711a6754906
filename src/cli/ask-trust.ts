import type { Failure } from "../model/failure.ts";
import { printable } from "../view/printable.ts";
import { agrees } from "./ask.ts";
import type { Agreed } from "./ask.ts";

/** Asks whether a configuration may have what it asks for; what that is was told before. */
export function askTrust({ file }: Extract<Failure, { reason: "not-trusted" }>): Promise<Agreed> {
  return agrees(`Do you trust ${printable(file)} with that?`);
}
