import type { Asked } from "../model/asked.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { askedBy, digestOf } from "../plan/asked.ts";
import { variablesNamedBy } from "../plan/environment.ts";
import type { Subject } from "../plan/facts.ts";
import { stateDir } from "../project/state-dir.ts";
import { systemErrorOf } from "../project/system-error.ts";
import { isTrusted, trust } from "../project/trust.ts";
import type { HostRequest } from "../request/commands.ts";
import type { Action } from "./action.ts";

/** Why a setup is not to begin: what it needs is not here, or nobody has agreed to what it asks for. */
export async function mayBegin({
  request,
  subject,
  environment,
}: Pick<Action, "subject" | "environment" | "request">): Promise<Result<undefined>> {
  const { project } = subject;
  const file = project.configFile;
  const unset = variablesNamedBy(project).filter((name) => !environment.has(name));
  if (unset.length > 0) {
    const { lineOf } = await import("../project/config-line.ts");
    const variables = unset.map((name) => ({ name, line: lineOf(file, ["env", name]) }));
    return fail({ reason: "env-not-set", file, variables });
  }
  const asked = askedOf(subject);
  if (asked === undefined || isTrusted(project.root, digestOf(asked))) return ok(undefined);
  if (!isMeant(asked, request)) return fail({ reason: "not-trusted", file, asked });
  try {
    trust(project.root, digestOf(asked));
    return ok(undefined);
  } catch (error) {
    const { detail } = systemErrorOf(error);
    return fail({ reason: "state-unwritable", directory: stateDir(project.root), detail });
  }
}

/** Whether the user has agreed to just that. */
function isMeant(asked: Asked, request: HostRequest): boolean {
  if (request.kind !== "setup") return false;
  const { trust: isTrusting, agreedTo } = request;
  return agreedTo === undefined ? isTrusting : digestOf(agreedTo) === digestOf(asked);
}

/** Whether a request may make a container. */
export function bringsContainer(request: HostRequest): boolean {
  return request.kind === "setup" || (request.kind === "dap" && request.brings);
}

/** Whether nothing is asked for that nobody has agreed to. */
export function isAgreed(subject: Subject): boolean {
  const asked = askedOf(subject);
  return asked === undefined || isTrusted(subject.project.root, digestOf(asked));
}

/** Of the whole group, so that its hosts are not asked about one by one. */
function askedOf({ project, group }: Subject): Asked | undefined {
  return askedBy(project, project.hostGroups.find(({ name }) => name === group.name) ?? group);
}
