import { doctor } from "../app/doctor.ts";
import type { Check, Examined } from "../model/check.ts";
import type { RequestOf } from "../request/commands.ts";
import { checksJson, checksLines, diagnosisLine } from "../view/check-lines.ts";
import { endBySignals, exitCodeOfSignal } from "./end-by-signals.ts";
import { exitCodeOfFailure, failed } from "./exit-code.ts";
import { ownColors } from "./screen-choice.ts";
import { paint } from "./screen-paint.ts";
import { showFailure } from "./show-failure.ts";

/** Looks at the whole way into the container, and prints what it finds as soon as a machine is through. */
export async function runDoctor({ hostGroup, host, json }: RequestOf<"doctor">): Promise<number> {
  const { stdout } = process;
  const { signal, stop } = endBySignals();
  const width = stdout.isTTY ? stdout.columns || 80 : Infinity;
  const all: Check[] = [];
  const tell = (examined: Examined): void => {
    all.push(...examined.checks);
    if (json) stdout.write(checksJson(examined));
    else stdout.write(paint([...checksLines(examined, width), []], ownColors().stdout));
  };
  try {
    const directory = process.cwd();
    const done = await doctor({ directory, hostGroup, host, tell, signal, now: Date.now });
    if (signal.aborted) return exitCodeOfSignal(signal);
    if (!done.ok) {
      showFailure(done.failure, json ? "json" : "text");
      return exitCodeOfFailure(done.failure);
    }
    if (!json) stdout.write(paint([diagnosisLine(all)], ownColors().stdout));
    return done.value ? 0 : failed;
  } finally {
    stop();
  }
}
