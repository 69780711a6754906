import type { Asked } from "../model/asked.ts";
import type { HostGroup, Project } from "../model/project.ts";
import { variablesNamedBy } from "./environment.ts";
import { hashOf } from "./image.ts";

/** What a configuration asks for beyond the project's own container; undefined for nothing. */
export function askedBy(project: Project, { hosts }: HostGroup): Asked | undefined {
  const { container } = project;
  const { mounts, dockerArgs } = container;
  const network = isOfOthers(container.network) ? container.network : undefined;
  const env = variablesNamedBy(project).toSorted();
  const isNothing = [mounts, dockerArgs, env].every(({ length }) => length === 0);
  if (isNothing && network === undefined) return undefined;
  const asked = hosts.map(({ host, dir, user, port }) => ({ host, dir, user, port }));
  return { hosts: asked, mounts, dockerArgs, network, env };
}

/** Changes with everything that is asked for. */
export function digestOf({ hosts, mounts, dockerArgs, network, env }: Asked): string {
  return hashOf([
    hosts.map(({ host, dir, user, port }) => [host, dir, user ?? null, port ?? null]),
    mounts.map(({ source, target, readonly }) => [source, target, readonly]),
    dockerArgs,
    network ?? null,
    env,
  ]);
}

/** The network of the host, or of another container. */
function isOfOthers(network: string | undefined): boolean {
  return network !== undefined && /^(?:host$|container:)/.test(network);
}
