import { login } from "../app/login.ts";
import type { RequestOf } from "../request/commands.ts";
import { loginLines } from "../view/login-text.ts";
import { cancelled, endBySignals, exitCodeOfSignal } from "./end-by-signals.ts";
import { exitCodeOfFailure, failed } from "./exit-code.ts";
import { ownColors } from "./screen-choice.ts";
import { paint } from "./screen-paint.ts";
import { showFailure } from "./show-failure.ts";

/** Lets ssh ask at this terminal what the other verbs never ask; the value is igor's exit code. */
export async function runLogin(request: RequestOf<"login">): Promise<number> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY || !stderr.isTTY) {
    const failure = { reason: "no-terminal", verb: "login" } as const;
    showFailure(failure);
    return exitCodeOfFailure(failure);
  }
  const { signal, stop } = endBySignals();
  try {
    const done = await login({
      request,
      directory: process.cwd(),
      tell: (news) => {
        stderr.write(paint(loginLines(news, stderr.columns || 80), ownColors().stderr));
      },
      signal,
    });
    if (done.ok) return done.value ? 0 : failed;
    showFailure(done.failure);
    if (done.failure.reason !== "cancelled") return exitCodeOfFailure(done.failure);
    return signal.aborted ? exitCodeOfSignal(signal) : cancelled;
  } finally {
    stop();
  }
}
