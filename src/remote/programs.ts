import type { ProgramName } from "../model/plan.ts";
import { containerPrograms } from "./container-programs.ts";
import { sessionPrograms, startedPrograms } from "./exec-parts.ts";
import commitPart from "./programs/commit.sh";
import hostShellProgram from "./programs/host-shell.sh";
import lockPart from "./programs/lock.sh";
import pullMain from "./programs/pull.sh";
import pushMain from "./programs/push-main.sh";
import pushPart from "./programs/push.sh";
import releasePart from "./programs/release.sh";
import sayPart from "./programs/say.sh";
import targetPart from "./programs/target.sh";
import { assignments } from "./quote.ts";

/** The loop at the far end of a channel; see its first lines for the protocol. */
export const hostShell: string = compact(hostShellProgram);

const parts: Readonly<Record<ProgramName, readonly string[]>> = {
  push: [sayPart, lockPart, targetPart, commitPart, pushPart, releasePart, pushMain],
  pull: [sayPart, pullMain],
  ...containerPrograms,
  ...sessionPrograms,
};

/** Programs that a remote program starts in turn, by the name of its input. */
const started: Readonly<Partial<Record<ProgramName, Readonly<Record<string, readonly string[]>>>>> =
  {
    ps: { in_look: startedPrograms.look, in_kept: startedPrograms.kept },
    status: { in_kept: startedPrograms.kept },
    stop: {
      in_look: startedPrograms.look,
      in_kept: startedPrograms.kept,
      in_kill: startedPrograms.kill,
      in_end: startedPrograms.end,
    },
  };

/** Every remote program there is. */
export const programNames = Object.keys(parts) as readonly ProgramName[];

/** What runs again and again through one host shell: a watch pushes at every save. */
const repeated: readonly ProgramName[] = ["push"];

/** A remote program that a host shell keeps, and its inputs as one line; undefined for one that comes whole each time. */
export function keptProgram(
  program: ProgramName,
  inputs: Readonly<Record<string, string>>,
): { readonly text: () => string; readonly inputs: string } | undefined {
  if (!repeated.includes(program)) return undefined;
  const line = Object.entries(inputs)
    .map(([name, value]) => assignments({ [name]: value }).slice(0, -1))
    .join(" ");
  return line.includes("\n") ? undefined : { text: () => programText(program, {}), inputs: line };
}

/** The text of a remote program with its inputs, ready to be run by `/bin/sh`. */
export function programText(
  program: ProgramName,
  inputs: Readonly<Record<string, string>>,
): string {
  const texts = Object.entries(started[program] ?? {}).map(
    ([name, partsOfIt]) => [name, partsOfIt.map(compact).join("")] as const,
  );
  return (
    assignments({ ...inputs, ...Object.fromEntries(texts) }) + parts[program].map(compact).join("")
  );
}

/** Comments and the white space around lines stay at home, inside quoted texts too: none begins with `#` or needs it. */
export function compact(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => `${line}\n`)
    .join("");
}
