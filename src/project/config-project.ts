import { posix } from "node:path";
import type { Gpus, Host, Project, PublishedPort } from "../model/project.ts";
import { portPairOf } from "./config-container.ts";
import type { Config } from "./config-schema.ts";

/** What the file does not say about a project. */
export interface Surroundings {
  /** The directory that holds `.igor/`, absolute. */
  readonly root: string;
  readonly configFile: string;
  /** The project's name when the file gives none. */
  readonly defaultName: string;
  /** The dockerfile when the file names none. */
  readonly defaultDockerfile: string;
}

/** The project that a valid configuration describes. */
export function projectOf(config: Config, surroundings: Surroundings): Project {
  const { root, configFile, defaultName, defaultDockerfile } = surroundings;
  return {
    name: config.project ?? defaultName,
    root,
    configFile,
    user: config.user,
    hostGroups: Object.entries(config.host_groups).map(([name, { hosts }]) => ({
      name,
      hosts: hosts.map((host) => hostOf(host, config.user)),
    })),
    image: {
      dockerfile: projectPathOf(config.dockerfile ?? defaultDockerfile),
      rebuildFiles: config.docker_rebuild_files.map(projectPathOf),
      buildArgs: config.build_args,
    },
    container: {
      engine: config.engine,
      workspace: posix.normalize(config.workspace).replace(/\/$/, ""),
      python: config.python,
      gpus: gpusOf(config.gpus),
      shmSize: config.shm_size,
      env: config.env,
      mounts: config.mounts,
      ports: portsOf(config),
      user: config.container_user,
      network: config.network,
      dockerArgs: config.docker_args,
    },
    sync: {
      exclude: config.exclude,
      outputs: config.outputs.map(projectPathOf),
      shared: config.shared.map(projectPathOf),
    },
    replCommand: config.repl_cmd ?? config.python,
    debug: {
      port: config.debug_port,
      pathMappings: config.debug.path_mappings,
    },
  };
}

function hostOf(
  host: Config["host_groups"][string]["hosts"][number],
  user: string | undefined,
): Host {
  return {
    host: host.host,
    dir: hostPathOf(host.dir),
    tag: host.tag,
    user: host.user ?? user,
    port: host.port,
    ip: host.ip,
  };
}

/** e.g. `~/` becomes `~`, `/data//dino/` becomes `/data/dino` */
function hostPathOf(path: string): string {
  const normal = posix.normalize(path);
  return normal === "/" ? normal : normal.replace(/\/$/, "");
}

/** e.g. `./docker/` becomes `docker` */
function projectPathOf(path: string): string {
  return posix.normalize(path).replace(/\/$/, "");
}

function gpusOf(gpus: Config["gpus"]): Gpus {
  return typeof gpus === "string" ? gpus : { devices: gpus };
}

/** The published ports in the order of the file, the debug port last unless it is among them. */
function portsOf({ ports, debug_port: debugPort }: Config): readonly PublishedPort[] {
  const published = ports.map(portPairOf);
  const isPublished = debugPort === undefined || published.some(({ host }) => host === debugPort);
  return isPublished ? published : [...published, { host: debugPort, container: debugPort }];
}
