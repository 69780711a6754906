import type { Action, HostEnd } from "./action.ts";

/** How a host ended, with what its advice must name: the group, and the host where only that was asked for. */
export function endInGroup(
  end: HostEnd,
  { request, subject }: Pick<Action, "request" | "subject">,
): HostEnd {
  const { failure } = end;
  if (failure === undefined || !("host" in failure)) return end;
  const named = request.host === undefined ? {} : { isNamed: true as const };
  return { ...end, failure: { ...failure, group: subject.group.name, ...named } };
}
