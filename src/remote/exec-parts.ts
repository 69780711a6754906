import endPart from "./programs/exec-end.sh";
import killPart from "./programs/exec-kill.sh";
import keptPart from "./programs/look-kept.sh";
import lookPart from "./programs/look-inside.sh";
import sessionPart from "./programs/exec-session.sh";
import wrapperPart from "./programs/exec-words.sh";
import enginePart from "./programs/exec-engine.sh";
import keptExecPart from "./programs/exec-kept.sh";
import execPart from "./programs/exec.sh";
import findPart from "./programs/repl-find.sh";
import guardPart from "./programs/guard.sh";
import mountedPart from "./programs/mounted.sh";
import outcomePart from "./programs/outcome.sh";
import replPart from "./programs/repl.sh";
import releaseMain from "./programs/release-main.sh";
import releasePart from "./programs/release.sh";
import sayPart from "./programs/say.sh";

/** The remote programs of a session, part by part. */
export const sessionPrograms = {
  exec: [sayPart, mountedPart, enginePart, sessionPart, execPart],
  repl: [sayPart, mountedPart, enginePart, replPart],
  guard: [sayPart, enginePart, sessionPart, guardPart],
  outcome: [sayPart, sessionPart, outcomePart],
  release: [sayPart, releasePart, releaseMain],
} as const satisfies Record<string, readonly string[]>;

/** Programs that those start in turn: they travel as inputs. */
export const startedPrograms = {
  /** On the host, detached: ends the session. */
  kill: [sayPart, enginePart, sessionPart, killPart],
  /** In the container, and on the host: finds the processes and signals them. */
  end: [endPart],
  /** In the container: becomes the user's command. */
  wrapper: [wrapperPart],
  /** In the container: lists the processes, and the REPLs that are kept. */
  look: [lookPart, keptPart],
  /** In the container, or on the host: lists the REPLs that are kept. */
  kept: [keptPart],
  /** On the host, by whoever keeps a REPL there: `exec`. */
  exec: [sayPart, mountedPart, enginePart, sessionPart, keptExecPart, execPart],
  /** In the container, or on the host: finds a Python for the programs of the REPL. */
  find: [findPart],
} as const satisfies Record<string, readonly string[]>;
