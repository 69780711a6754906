import type { ContainerSettings, Gpus, Mount } from "../model/project.ts";
import { linesOf } from "../remote/words.ts";
import { hashOf } from "./image.ts";

/** Whose container it is, and of what: the labels by which igor knows its own. */
export interface ContainerIdentity {
  /** `user` of the configuration, else the login name. */
  readonly owner: string;
  readonly project: string;
  readonly group: string;
}

/** What is asked of the container of one host. */
export interface ContainerRequest {
  readonly identity: ContainerIdentity;
  readonly settings: ContainerSettings;
  /** The directory of the project on the host, as configured. */
  readonly dir: string;
  readonly imageHash: string;
  /** Digests of values that come from the environment igor is called in, by name; those that are not known are missing. */
  readonly envDigests?: ReadonlyMap<string, string>;
  /** Replace a container even when something runs in it. */
  readonly replace: boolean;
}

/** Counts up when the flags of `container-run.sh` change in a way that old containers must not keep. */
const shape = 2;

/** e.g. `dino-toy-dev` */
export function containerNameOf({ owner, project, group }: ContainerIdentity): string {
  return nameOf([owner, project, group]);
}

/** e.g. `dino-toy:igor`. The tag keeps it apart from images that the user makes under the same name. */
export function imageNameOf({ owner, project }: Omit<ContainerIdentity, "group">): string {
  return `${nameOf([owner, project])}:igor`;
}

/** Lower-cased, and only what is legal in names of containers and of images. e.g. `Dino`, `My..App` become `dino-my-app` */
function nameOf(parts: readonly string[]): string {
  return parts
    .join("-")
    .toLowerCase()
    .replace(/[^a-z0-9_.-]/g, "-")
    .replace(/[_.-]+/g, (run) => (/^(?:\.|__?|-+)$/.test(run) ? run : "-"))
    .replace(/^[_.-]+|[_.-]+$/g, "");
}

/** The inputs that say whose container and jobs are meant; all programs of this kind take them. */
export function identityInputs(identity: ContainerIdentity): Readonly<Record<string, string>> {
  return {
    in_owner: identity.owner,
    in_project: identity.project,
    in_group: identity.group,
    in_container: containerNameOf(identity),
    in_image: imageNameOf(identity),
  };
}

/**
 * The inputs of the remote program for the container. Two requests with one `in_config_hash` are the same container;
 * what a host adds by itself (GPUs it has, a port it could not give) is in none of it. A variable whose value comes from
 * the environment igor is called in is only named in `in_env`, and `in_config_hash` is `-` where its digest is not known.
 */
export function containerInputs(request: ContainerRequest): Readonly<Record<string, string>> {
  const { settings } = request;
  const keys = Object.entries(requested(request)).map(
    ([key, value]) => `${key}=${hashOf(value).slice(0, 12)}`,
  );
  return {
    ...identityInputs(request.identity),
    in_engine: settings.engine,
    in_config_hash: isKnown(request) ? hashOf(keys).slice(0, 32) : "-",
    in_config_keys: keys.join(" "),
    in_workspace: settings.workspace,
    in_container_user: settings.user,
    in_gpus: gpusInput(settings.gpus),
    in_shm: sharesMemory(settings) ? "" : settings.shmSize,
    in_network: settings.network ?? "",
    in_ports: publishes(settings)
      ? settings.ports.map(({ host, container }) => `${host}:${container}`).join(" ")
      : "",
    in_mounts: linesOf(settings.mounts.flatMap(mountLines)),
    in_env: linesOf(
      Object.entries(settings.env).map(([name, value]) =>
        value === null ? name : `${name}=${value}`,
      ),
    ),
    in_docker_args: linesOf(settings.dockerArgs),
    in_replace: request.replace ? "1" : "",
  };
}

/** What was asked for, by the key of the configuration that a user knows it by. */
function requested({
  settings,
  dir,
  envDigests,
}: ContainerRequest): Readonly<Record<string, unknown>> {
  return {
    igor: shape,
    dir,
    workspace: settings.workspace,
    container_user: settings.user,
    gpus: settings.gpus,
    shm_size: settings.shmSize,
    network: settings.network ?? null,
    ports: settings.ports.map(({ host, container }) => [host, container]),
    mounts: settings.mounts.map(mountLines),
    env: Object.entries(settings.env)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) =>
        value === null ? [name, null, envDigests?.get(name)] : [name, value],
      ),
    docker_args: settings.dockerArgs,
  };
}

/** Whether every value of the container is one that can be compared. */
function isKnown({ settings, envDigests }: ContainerRequest): boolean {
  return Object.entries(settings.env).every(
    ([name, value]) => value !== null || envDigests?.has(name) === true,
  );
}

function mountLines(mount: Mount): readonly string[] {
  return [mount.readonly ? "ro" : "rw", mount.source, mount.target];
}

function gpusInput(gpus: Gpus): string {
  return typeof gpus === "string" ? gpus : `device=${gpus.devices.join(",")}`;
}

/** A container in the host's own network, or in none, has no ports to publish. */
function publishes({ network }: ContainerSettings): boolean {
  return network === undefined || !/^(?:host|none|container:.*)$/.test(network);
}

/** With another IPC namespace the size of its shared memory is not ours to say; podman refuses it. */
function sharesMemory({ dockerArgs }: ContainerSettings): boolean {
  const ipc = dockerArgs.flatMap((word, index) =>
    word === "--ipc"
      ? [dockerArgs[index + 1] ?? ""]
      : word.startsWith("--ipc=")
        ? [word.slice(6)]
        : [],
  );
  return ipc.some((mode) => mode === "host" || mode.startsWith("container:"));
}
