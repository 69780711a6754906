import type { PendingPush } from "../model/manifest.ts";
import type { Lane, Plan } from "../model/plan.ts";
import type { Project } from "../model/project.ts";
import type { HostRequest } from "../request/commands.ts";
import { commandOf } from "../request/commands.ts";
import { replWords } from "../request/words.ts";
import { unreachable } from "../model/unreachable.ts";
import { planSessions } from "./exec.ts";
import type { HostFacts, LaptopFacts, Subject } from "./facts.ts";
import { planLogs, planPs, planStop } from "./look.ts";
import { planPush } from "./push.ts";
import type { PushPlan } from "./push.ts";
import { planClean, planSetup } from "./setup.ts";
import { planStatus } from "./status.ts";

/** A plan, and what becomes of the manifests when its hosts confirm. */
export interface Planned {
  readonly plan: Plan;
  /** By the name of the host; only hosts on which something changes. */
  readonly pending: ReadonlyMap<string, PendingPush>;
}

/** What is to be done for a request, on each host it names. Pure: the same facts give the same plan. */
export function planFor(
  request: HostRequest,
  subject: Subject,
  facts: { readonly hosts: readonly HostFacts[]; readonly laptop: LaptopFacts },
): Planned {
  const { project } = subject;
  const { hosts, laptop } = facts;
  const { words: verb, asks } = commandOf(request.kind);
  const title = `${verb.join(" ")} ${project.name}`;
  const plan = (lanes: readonly Lane[]): Plan => ({
    version: 1,
    title,
    ...(asks === undefined ? {} : { asks }),
    lanes,
  });
  switch (request.kind) {
    case "push":
      return eachHost(title, hosts, (host) => planOnlyPush(project, host, request.adopt));
    case "build":
    case "setup": {
      const { kind, adopt } = request;
      const wishes = { kind, adopt, replace: request.kind === "setup" && request.replace };
      return eachHost(title, hosts, (host) => planSetup(wishes, subject, { host, laptop }));
    }
    case "status":
      return {
        plan: plan(hosts.map((host) => planStatus(subject, { host, laptop }))),
        pending: new Map(),
      };
    case "clean":
      return {
        plan: plan(hosts.map((host) => planClean(request, subject, host))),
        pending: new Map(),
      };
    case "ps":
      return { plan: plan(hosts.map((host) => planPs(subject, host))), pending: new Map() };
    case "logs":
      return {
        plan: plan(hosts.map((host) => planLogs(request, subject, host))),
        pending: new Map(),
      };
    case "stop":
      return {
        plan: plan(hosts.map((host) => planStop(request, subject, host))),
        pending: new Map(),
      };
    case "exec":
    case "repl": {
      const words =
        request.kind === "repl" && request.words.length === 0
          ? replWords(project.replCommand)
          : request.words;
      const waits = request.kind === "exec" && request.push;
      const handoff = planSessions(
        {
          kind: request.kind,
          words,
          tty: wantsTerminal(request, facts),
          waits,
          keeps: keepsIt(request, facts.laptop),
        },
        subject,
        facts,
      );
      const { plan: pushes, pending } = waits
        ? eachHost(title, hosts, (host) => planOnlyPush(project, host, false))
        : { plan: plan([]), pending: new Map() };
      return { plan: { ...pushes, handoff }, pending };
    }
    case "dap": {
      const { kind, words, brings } = request;
      const handoff = planSessions(
        { kind, words, tty: false, waits: brings, keeps: "no" },
        subject,
        facts,
      );
      if (!brings) return { plan: { ...plan([]), handoff }, pending: new Map() };
      const wishes = { kind: "setup", adopt: false, replace: false } as const;
      const { plan: setups, pending } = eachHost(title, hosts, (host) =>
        planSetup(wishes, subject, { host, laptop }),
      );
      return { plan: { ...setups, handoff }, pending };
    }
    case "pull":
      throw new Error("what is pulled is planned when the hosts have said what they have");
    default:
      return unreachable(request);
  }
}

/** The session that waits for it, if there is one, is told when it is through. */
function planOnlyPush(
  project: Project,
  { host, push, sessionId }: HostFacts,
  adopt: boolean,
): PushPlan {
  if (push === undefined) throw new Error(`nothing was observed for a push to ${host.host}`);
  const inputs: Readonly<Record<string, string>> =
    sessionId === undefined ? {} : { in_session: sessionId };
  return planPush({ project, host, adopt }, push, { program: "push", title: "push", inputs });
}

function eachHost(
  title: string,
  hosts: readonly HostFacts[],
  planHost: (facts: HostFacts) => PushPlan,
): Planned {
  const pending = new Map<string, PendingPush>();
  const lanes = hosts.map((facts): Lane => {
    const planned = planHost(facts);
    if (planned.pending !== undefined) pending.set(facts.host.host, planned.pending);
    return { host: facts.host, steps: planned.steps };
  });
  return { plan: { version: 1, title, lanes }, pending };
}

/** A REPL is kept for the person who sits at it; where there is none it is a command as any other. */
function keepsIt(
  request: HostRequest & { kind: "exec" | "repl" },
  { terminal }: LaptopFacts,
): "no" | "yes" | "anew" {
  if (request.kind === "exec" || terminal === undefined) return "no";
  return request.new ? "anew" : "yes";
}

/** Several hosts have no one terminal between them, and events are no place for one. */
function wantsTerminal(
  request: HostRequest & { kind: "exec" | "repl" },
  { hosts, laptop }: { readonly hosts: readonly HostFacts[]; readonly laptop: LaptopFacts },
): boolean {
  if (hosts.length !== 1) return false;
  if (request.kind === "repl") return true;
  if (request.json) return false;
  return request.tty === "always" || (request.tty === "auto" && laptop.terminal !== undefined);
}
