import type { Settings } from "../model/config-key.ts";
import type { ConfigFailure } from "../model/failure-config.ts";
import { ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { loadProject } from "../project/config-load.ts";
import { loadSettings } from "../project/config-settings.ts";
import { selectHosts } from "../project/select-hosts.ts";

/** What counts in the project that a directory belongs to; of the host groups only one, when it is named. */
export async function showConfig(
  directory: string,
  hostGroup: string | undefined,
): Promise<Result<Settings, ConfigFailure>> {
  const loaded = await loadSettings(directory);
  if (!loaded.ok || hostGroup === undefined) return loaded;
  const project = await loadProject(directory);
  if (!project.ok) return project;
  const selected = selectHosts(project.value, { hostGroup, host: undefined });
  if (!selected.ok) return selected;
  const others = project.value.hostGroups
    .filter(({ name }) => name !== hostGroup)
    .flatMap(({ name }) => [`host_groups.${name}.`, `host_groups["${name}"].`]);
  const settings = loaded.value.settings.filter(
    ({ key }) => !others.some((other) => key.startsWith(other)),
  );
  return ok({ ...loaded.value, settings });
}
