import type { Emit } from "../model/event.ts";
import type { Failure } from "../model/failure.ts";
import { fail } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import type { HostRequest } from "../request/commands.ts";
import { valuesNamedBy } from "../plan/environment.ts";
import type { Environment } from "../plan/environment.ts";
import type { Subject } from "../plan/facts.ts";
import { loadProject } from "../project/config-load.ts";
import { selectHosts } from "../project/select-hosts.ts";
import type { Talk } from "../run/session-lines.ts";
import { act } from "./act.ts";
import type { Open, Outcome } from "./action.ts";
import { HostShells } from "./host-shells.ts";
import { withJournal } from "./journal.ts";
import type { Terminal } from "./observe.ts";

export type { Environment };

/** What igor is called with, whoever calls: the command line or the editor. */
export interface Call {
  readonly request: HostRequest;
  /** Where the project is looked for, and upwards. */
  readonly directory: string;
  /** Of the caller, when its streams are one. */
  readonly terminal: Terminal | undefined;
  readonly environment: Environment;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** Who talks with the command of a session, when that is not the user. */
  readonly talk?: Talk;
}

/**
 * Does what was asked: load -> select -> observe -> plan -> execute. Everything that happens is told by events;
 * the value says how it came out. A failure means that nothing was begun.
 */
export async function igor(call: Call): Promise<Result<Outcome>> {
  await using shells = new HostShells(call.now);
  return await igorOver(call, () => ({ shells, tree: undefined }));
}

/** The same over what is open for a project. */
export async function igorOver(
  call: Call,
  openFor: (subject: Subject) => Open,
): Promise<Result<Outcome>> {
  const project = await loadProject(call.directory);
  if (!project.ok) return begunNothing(project.failure, call);
  const selected = selectHosts(project.value, call.request);
  if (!selected.ok) return begunNothing(selected.failure, call);
  // A session needs one host; the first of the group is the one that is meant.
  const group =
    call.request.kind === "repl"
      ? { ...selected.value, hosts: selected.value.hosts.slice(0, 1) }
      : selected.value;
  const subject = { project: project.value, group };
  const open = openFor(subject);
  const environment = valuesNamedBy(project.value, call.environment);
  return withJournal({ ...call, subject, environment }, async (emit) => {
    const told = { ...call, emit };
    const done = await act({ ...told, subject, environment, open });
    return done.ok ? done : begunNothing(done.failure, told);
  });
}

function begunNothing(
  failure: Failure,
  { emit, now }: Call,
): { readonly ok: false; readonly failure: Failure } {
  emit({ type: "failed", failure, at: now() });
  return fail(failure);
}
