import type { Failure } from "../model/failure.ts";
import type { Question } from "../model/question.ts";
import type { Result } from "../model/result.ts";
import type { HostRequest } from "../request/commands.ts";
import type { Outcome } from "./action.ts";

/** A question, and the request of the one who says yes: it then says what was agreed to, so that nothing is asked twice. */
export interface Proposal {
  readonly question: Question;
  readonly ifYes: HostRequest;
}

/** A request as it is carried out where a person can be asked: nothing is ended before. */
export function asking(request: HostRequest): HostRequest {
  return request.kind === "clean" ? { spares: true, ...request } : request;
}

/** What a person may be asked about before what came of a request counts. */
export function proposalAfter(
  request: HostRequest,
  outcome: Result<Outcome>,
): Proposal | undefined {
  if (!outcome.ok) return trustProposal(request, outcome.failure);
  if (outcome.value.kind !== "ended") return undefined;
  const failures = [...outcome.value.hosts.values()].flatMap(({ failure }) => failure ?? []);
  const inUse = failures.filter((failure) => failure.reason === "container-in-use");
  if (inUse.length > 0 && request.kind === "setup" && !request.replace)
    return { question: { kind: "replace", inUse }, ifYes: { ...request, replace: true } };
  if (inUse.length > 0 && request.kind === "clean" && request.spares === true)
    return { question: { kind: "remove", inUse }, ifYes: { ...request, spares: false } };
  if (request.kind === "pull" && !request.overwrite) {
    const changed = failures
      .filter((failure) => failure.reason === "not-all-pulled")
      .flatMap(({ host, left }) =>
        left
          .filter(({ because }) => because === "changed-here")
          .map(({ path }) => ({ host, path })),
      );
    if (changed.length === 0) return undefined;
    return { question: { kind: "overwrite", changed }, ifYes: { ...request, overwrite: true } };
  }
  return undefined;
}

function trustProposal(request: HostRequest, failure: Failure): Proposal | undefined {
  if (request.kind !== "setup" || failure.reason !== "not-trusted") return undefined;
  const { file, asked } = failure;
  return { question: { kind: "trust", file }, ifYes: { ...request, agreedTo: asked } };
}
