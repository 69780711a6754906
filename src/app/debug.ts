import type { Failure } from "../model/failure.ts";
import type { Host, HostGroup, Project } from "../model/project.ts";
import { ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { loadProject } from "../project/config-load.ts";
import { selectHosts } from "../project/select-hosts.ts";
import {
  adapterText,
  debugProgramBytes,
  debugWords,
  suppliedDebugpy,
  tooOld,
} from "../remote/debug.ts";
import type { Far } from "../run/session-lines.ts";
import type { HostEnd, Outcome } from "./action.ts";
import { igor } from "./igor.ts";
import type { Call } from "./igor.ts";

export { debugpyWheel } from "../run/debugpy-wheel.ts";
export type { Far };

/** Which project is debugged, and where. */
export interface DebugGround {
  readonly project: Project;
  readonly host: Host;
  readonly group: HostGroup;
}

/** What the far end needs to hear first of all. */
export interface Introduction {
  /** The program that starts debugpy's adapter. */
  readonly adapter: string;
  /** The version of debugpy that igor can bring. */
  readonly supplied: string;
}

/** Finds the project that a directory belongs to, and the host to debug on: the first of the group, or the one that is named. */
export async function debugGround(
  directory: string,
  wanted: { readonly hostGroup: string; readonly host: string | undefined },
): Promise<Result<DebugGround>> {
  const project = await loadProject(directory);
  if (!project.ok) return project;
  const group = selectHosts(project.value, wanted);
  if (!group.ok) return group;
  const [host] = group.value.hosts;
  if (host === undefined) throw new Error("a group without hosts");
  return ok({ project: project.value, group: group.value, host });
}

/** A debugger that is to begin in the container. */
export interface DebugCall extends Pick<Call, "environment" | "emit" | "signal" | "now"> {
  readonly ground: DebugGround;
  /** Files, image and container are brought up to date before; not for a child of what runs there. */
  readonly brings: boolean;
  /** See `Talk`; it says the introduction first. */
  readonly begin: (far: Far, introduction: Introduction) => Promise<void>;
}

/** Runs the far end of a debugger until it ends, or nobody wants it any more; it begins when the container is ready. */
export async function debug(call: DebugCall): Promise<Result<Outcome>> {
  const { ground, brings, begin, ...rest } = call;
  const program = debugProgramBytes();
  const introduction = { adapter: adapterText, supplied: suppliedDebugpy.version };
  return igor({
    ...rest,
    request: {
      kind: "dap",
      hostGroup: ground.group.name,
      host: ground.host.host,
      plan: false,
      json: false,
      verbosity: "normal",
      words: debugWords(ground.project.container.python, program),
      brings,
    },
    directory: ground.project.root,
    terminal: undefined,
    talk: {
      begin: (far) => {
        far.stdin?.write(program);
        return begin(far, introduction);
      },
    },
  });
}

/** Why a debugger that never said a word has ended. */
export function debugFailure(
  { failure, exitCode }: HostEnd,
  { ground, lastWords }: { readonly ground: DebugGround; readonly lastWords: readonly string[] },
): Failure {
  if (failure !== undefined) return failure;
  const cause = exitCode === tooOld ? "too-old" : exitCode === 127 ? "not-found" : "adapter";
  return debuggerFailed(cause, { ground, lastWords });
}

/** What the far end says of why it does not begin, as a failure. */
export function debuggerFailed(
  cause: Extract<Failure, { reason: "debugger-failed" }>["cause"],
  { ground, lastWords }: { readonly ground: DebugGround; readonly lastWords: readonly string[] },
): Failure {
  return {
    reason: "debugger-failed",
    cause,
    python: ground.project.container.python,
    host: ground.host.host,
    group: ground.group.name,
    lastWords,
  };
}
