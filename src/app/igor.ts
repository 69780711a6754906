import type { Emit } from "../model/event.ts";
import type { Failure } from "../model/failure.ts";
import { fail } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import type { HostRequest } from "../plan/plan-for.ts";
import { loadProject } from "../project/config-load.ts";
import { selectHosts } from "../project/select-hosts.ts";
import { act } from "./act.ts";
import type { HostEnds } from "./act.ts";

/** What igor is called with, whoever calls: the command line or the editor. */
export interface Call {
  readonly request: HostRequest;
  /** Where the project is looked for, and upwards. */
  readonly directory: string;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  readonly now: () => number;
}

/**
 * Does what was asked: load -> select -> observe -> plan -> execute. Everything that happens is told by events;
 * the value says how each host ended. A failure means that nothing was begun.
 */
export async function igor({ request, directory, emit, signal, now }: Call): Promise<Result<HostEnds>> {
  const project = await loadProject(directory);
  if (!project.ok) return begunNothing(project.failure, { emit, now });
  const group = selectHosts(project.value, request);
  if (!group.ok) return begunNothing(group.failure, { emit, now });
  const done = await act({ request, project: project.value, hosts: group.value.hosts, emit, signal, now });
  return done.ok ? done : begunNothing(done.failure, { emit, now });
}

function begunNothing(failure: Failure, { emit, now }: Pick<Call, "emit" | "now">): { readonly ok: false; readonly failure: Failure } {
  emit({ type: "failed", failure, at: now() });
  return fail(failure);
}
