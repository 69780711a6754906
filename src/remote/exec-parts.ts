import endPart from "./programs/exec-end.sh";
import killPart from "./programs/exec-kill.sh";
import lookPart from "./programs/look-inside.sh";
import sessionPart from "./programs/exec-session.sh";
import wrapperPart from "./programs/exec-words.sh";
import execPart from "./programs/exec.sh";
import guardPart from "./programs/guard.sh";
import outcomePart from "./programs/outcome.sh";
import sayPart from "./programs/say.sh";

/** The remote programs of a session, part by part. */
export const sessionPrograms = {
  exec: [sayPart, sessionPart, execPart],
  guard: [sayPart, sessionPart, guardPart],
  outcome: [sayPart, sessionPart, outcomePart],
} as const satisfies Record<string, readonly string[]>;

/** Programs that those start in turn: they travel as inputs. */
export const startedPrograms = {
  /** On the host, detached: ends the session. */
  kill: [sayPart, sessionPart, killPart],
  /** In the container, and on the host: finds the processes and signals them. */
  end: [endPart],
  /** In the container: becomes the user's command. */
  wrapper: [wrapperPart],
  /** In the container: lists the processes. */
  look: [lookPart],
} as const satisfies Record<string, readonly string[]>;
