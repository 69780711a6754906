import type { ConfigFailure } from "../model/failure-config.ts";
import type { HostGroup, Project } from "../model/project.ts";
import type { Result } from "../model/result.ts";
import { selectHosts } from "../project/select-hosts.ts";
import { options } from "../request/options.ts";

/**
 * The hosts that are meant. One that is named without its group is looked for in all of them, the default group first:
 * an advice need not know the group.
 */
export function selectMeant(
  project: Project,
  {
    hostGroup,
    host,
  }: { readonly hostGroup: string | undefined; readonly host: string | undefined },
): Result<HostGroup, ConfigFailure> {
  const standard = options.hostGroup.default;
  const holder = project.hostGroups
    .toSorted((a, b) => Number(b.name === standard) - Number(a.name === standard))
    .find(({ hosts }) => hosts.some((one) => one.host === host));
  return selectHosts(project, { hostGroup: hostGroup ?? holder?.name ?? standard, host });
}
