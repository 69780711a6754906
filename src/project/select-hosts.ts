import type { ConfigFailure } from "../model/failure-config.ts";
import { nearest } from "../model/nearest.ts";
import type { HostGroup, Project } from "../model/project.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";

/** The group that is meant, with only the host that was named, if one was. */
export function selectHosts(
  project: Project,
  { hostGroup, host }: { readonly hostGroup: string; readonly host: string | undefined },
): Result<HostGroup, ConfigFailure> {
  const file = project.configFile;
  const group = project.hostGroups.find(({ name }) => name === hostGroup);
  if (group === undefined) {
    const known = project.hostGroups.map(({ name }) => name);
    const suggestion = nearest(hostGroup, known);
    return fail({ reason: "unknown-group", name: hostGroup, known, suggestion, file });
  }
  if (host === undefined) return ok(group);
  const chosen = group.hosts.filter((candidate) => candidate.host === host);
  if (chosen.length > 0) return ok({ ...group, hosts: chosen });
  const known = group.hosts.map((candidate) => candidate.host);
  const suggestion = nearest(host, known);
  return fail({ reason: "unknown-host", name: host, group: hostGroup, known, suggestion, file });
}
