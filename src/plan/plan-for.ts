import type { PendingPush } from "../model/manifest.ts";
import type { Lane, Plan } from "../model/plan.ts";
import type { Project } from "../model/project.ts";
import { ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { unreachable } from "../model/unreachable.ts";
import type { Request } from "../request/commands.ts";
import type { HostFacts } from "./facts.ts";
import { planPush } from "./push.ts";

/** The requests that are carried out on hosts. */
export type HostRequest = Extract<Request, { readonly hostGroup: string }>;

/** A plan, and what becomes of the manifests when its hosts confirm. */
export interface Planned {
  readonly plan: Plan;
  /** By the name of the host; only hosts on which something changes. */
  readonly pending: ReadonlyMap<string, PendingPush>;
}

/** What is to be done for a request, on each host it names. Pure: the same facts give the same plan. */
export function planFor(request: HostRequest, project: Project, hosts: readonly HostFacts[]): Result<Planned> {
  switch (request.kind) {
    case "push":
      return ok(planPushes({ project, adopt: request.adopt, hosts }));
    case "build":
    case "setup":
    case "exec":
    case "repl":
    case "clean":
      throw new Error("not yet");
    default:
      return unreachable(request);
  }
}

function planPushes({ project, adopt, hosts }: { readonly project: Project; readonly adopt: boolean; readonly hosts: readonly HostFacts[] }): Planned {
  const pending = new Map<string, PendingPush>();
  const lanes = hosts.map(({ host, push }): Lane => {
    if (push === undefined) throw new Error(`nothing was observed for a push to ${host.host}`);
    const planned = planPush({ project, host, adopt }, push, { program: "push", title: "push", inputs: {} });
    if (planned.pending !== undefined) pending.set(host.host, planned.pending);
    return { host, steps: planned.steps };
  });
  return { plan: { version: 1, title: `push ${project.name}`, lanes }, pending };
}
