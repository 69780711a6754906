import type { Failure } from "../model/failure.ts";
import type { Session } from "../model/plan.ts";
import type { Result } from "../model/result.ts";
import { engineUnavailable, guardInputs } from "../remote/exec.ts";
import type { HostShell } from "./host-shell.ts";
import { within } from "./within.ts";

/** How long an orderly end may take before igor leaves the rest to the far side, which goes on by itself. */
const orderlyEndMs = 6000;

/** A session, and the host shell that carries its guard. */
interface Guarded {
  readonly session: Session;
  readonly shell: Promise<Result<HostShell>>;
}

/**
 * Resolves only when the guard cannot stand any more because the link is lost, or never could; or when it says that the
 * engine does not answer, and the command has not begun.
 */
export function guardLost(
  { session, shell }: Guarded,
  standDown: AbortSignal,
): Promise<{ readonly lost: Failure }> {
  return new Promise((resolve) => {
    const stand = async (): Promise<void> => {
      const opened = await shell;
      if (standDown.aborted) return;
      const guard = opened.ok
        ? await opened.value.run(
            { program: "guard", inputs: guardInputs(session) },
            {
              signal: standDown,
              onEvent: ([verb]) => {
                if (verb === "unanswered")
                  resolve({ lost: engineUnavailable(session, "not-answering") });
              },
            },
          )
        : opened;
      if (!guard.ok) resolve({ lost: opened.ok ? cutCommand(guard.failure) : guard.failure });
    };
    void stand();
  });
}

/** A link that died under a command took that with it. */
export function cutCommand(failure: Failure): Failure {
  return failure.reason === "unreachable" && failure.cause === "link-died"
    ? { ...failure, cause: "command-cut" }
    : failure;
}

/** Ends all that the session started, and waits for it within reason; the far side goes on without us. */
export async function endEverything(
  { session, shell }: Guarded,
  signal: "INT" | "TERM",
): Promise<void> {
  const first = session.tty ? "HUP" : signal;
  await within(orderlyEndMs, async () => {
    const opened = await shell;
    if (opened.ok)
      await opened.value.run({ program: "guard", inputs: guardInputs(session, first) });
  });
}
