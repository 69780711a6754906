import type { ConfigReport, ConfigWarning } from "../model/config-report.ts";
import type { Tree } from "../model/manifest.ts";
import type { Host, HostGroup, Project } from "../model/project.ts";
import { ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { variablesNamedBy } from "../plan/environment.ts";
import type { Environment } from "../plan/environment.ts";
import { buildSourcesOf, filesNamedBy } from "../plan/image.ts";
import { loadProject } from "../project/config-load.ts";
import { settingsArgv } from "../remote/ssh.ts";
import { options } from "../request/options.ts";
import { runToEnd } from "../run/spawn.ts";
import { dockerfileReads } from "./build-facts.ts";
import { scan } from "./scan.ts";

/** Checks the configuration of the project that a directory belongs to, and looks for what it names. No host is asked. */
export async function checkConfig(
  directory: string,
  environment: Environment,
): Promise<Result<ConfigReport>> {
  const loaded = await loadProject(directory);
  if (!loaded.ok) return loaded;
  const project = loaded.value;
  const { dockerfile, rebuildFiles } = project.image;
  const reads = await dockerfileReads(project);
  const scanned = await scan({
    project,
    named: reads.ok ? filesNamedBy(reads.value) : [],
    known: () => new Map(),
    inThread: "nothing",
    ready: Promise.resolve(),
    now: Date.now,
  });
  if (!scanned.ok) return scanned;
  const sameDirectories = await Promise.all(project.hostGroups.map(sameDirectoriesOf));
  return ok({
    project: project.name,
    file: project.configFile,
    hostGroups: Object.fromEntries(
      project.hostGroups.map(({ name, hosts }) => [name, hosts.length]),
    ),
    dockerfile,
    rebuildFiles: rebuildFiles.length,
    warnings: [
      ...(reads.ok ? [] : [{ kind: "dockerfile-missing", dockerfile } as const]),
      ...missingRebuildFiles(project, scanned.value.tree),
      ...variablesNamedBy(project)
        .filter((name) => environment[name] === undefined)
        .map((name) => ({ kind: "env-not-set", name }) as const),
      ...sameDirectories.flat(),
      ...missingDefaultGroup(project),
    ],
  });
}

function missingRebuildFiles({ image, container }: Project, tree: Tree): readonly ConfigWarning[] {
  const facts = { dockerfile: image.dockerfile, reads: { copies: [] }, tree };
  return image.rebuildFiles.flatMap((pattern) => {
    const alone = { image: { ...image, rebuildFiles: [pattern] }, workspace: container.workspace };
    const found = buildSourcesOf(alone, { ...facts, dockerignore: undefined });
    return found.ok ? [] : [{ kind: "rebuild-file-missing", pattern }];
  });
}

function missingDefaultGroup({ hostGroups }: Project): readonly ConfigWarning[] {
  const known = hostGroups.map(({ name }) => name);
  const group = options.hostGroup.default;
  return known.includes(group) ? [] : [{ kind: "no-default-group", group, known }];
}

/** Pairs of hosts of a group that get the project in one directory of one machine. */
async function sameDirectoriesOf({ name, hosts }: HostGroup): Promise<readonly ConfigWarning[]> {
  const pairs = hosts.flatMap((one, index) =>
    hosts
      .slice(index + 1)
      .filter(({ dir }) => dir === one.dir)
      .map((other) => [one, other] as const),
  );
  const machines = new Map<Host, string | undefined>();
  for (const host of new Set(pairs.flat())) machines.set(host, await machineOf(host));
  return pairs
    .filter(([one, other]) => {
      const machine = machines.get(one);
      return machine !== undefined && machine === machines.get(other);
    })
    .map(([one, other]) => ({
      kind: "same-directory",
      group: name,
      hosts: [one.host, other.host],
      dir: one.dir,
    }));
}

/**
 * What tells machines apart: all that the user's ssh configuration says about the way there; of the login too, where the
 * directory is below its home. Undefined when it cannot be known without going there. Names are not looked up.
 */
async function machineOf(host: Host): Promise<string | undefined> {
  const [ssh, ...words] = settingsArgv(host);
  const asked = await runToEnd([ssh, "-o", "CanonicalizeHostname=no", ...words]);
  if (asked.exitCode !== 0) return undefined;
  const lines = asked.stdout.toString("utf8").split("\n");
  // A command or a jump may depend on the name that was typed.
  if (lines.some((line) => /^proxycommand |^proxyjump .*%/.test(line))) return undefined;
  const ofName = host.dir.startsWith("~") ? /^host / : /^(?:host|user) /;
  return lines.filter((line) => !ofName.test(line)).join("\n");
}
