/** A directory with `.igor/config.json`: what the file says, validated, with every default filled in. */
export interface Project {
  readonly name: string;
  /** The local directory that holds `.igor/`, absolute. */
  readonly root: string;
  /** The file this was read from, absolute. */
  readonly configFile: string;
  /** First part of container names; the login name when undefined. */
  readonly user: string | undefined;
  /** Ordered as in the file; never empty. */
  readonly hostGroups: readonly HostGroup[];
  readonly image: ImageSettings;
  readonly container: ContainerSettings;
  readonly sync: SyncSettings;
  /** The command line of `docker repl`, read by the container's `sh`. */
  readonly replCommand: string;
  readonly debug: DebugSettings;
}

/** A named list of hosts; `dev` is the one that is meant when none is named. */
export interface HostGroup {
  readonly name: string;
  /** Ordered as in the file; never empty; no host twice. */
  readonly hosts: readonly Host[];
}

/** An ssh destination and the directory that holds projects there. */
export interface Host {
  /** Any name `ssh` takes: an alias, a DNS name, an address. Never starts with a dash. */
  readonly host: string;
  /** Absolute, or `~`, or starts with `~/`; no trailing slash. The project lives in `<dir>/<project>`. */
  readonly dir: string;
  readonly tag: string | undefined;
  /** The login name there; ssh decides when undefined. */
  readonly user: string | undefined;
  readonly port: number | undefined;
  /** The address other hosts of the group reach it by; found out when undefined. */
  readonly ip: string | undefined;
}

/** How the image is built. */
export interface ImageSettings {
  /** Relative to the root, e.g. `docker/Dockerfile`; by default `Dockerfile` or `dockerfile`, whichever is there. */
  readonly dockerfile: string;
  /** Paths or globs relative to the root; a change in one of them rebuilds the image. */
  readonly rebuildFiles: readonly string[];
  readonly buildArgs: Readonly<Record<string, string>>;
}

/** How the container is run. */
export interface ContainerSettings {
  readonly engine: "docker" | "podman";
  /** Where the code is in the container, absolute. */
  readonly workspace: string;
  readonly python: string;
  readonly gpus: Gpus;
  /** As `--shm-size` takes it, e.g. `8g`. */
  readonly shmSize: string;
  /** null: the value that the variable has in the environment igor is called in. */
  readonly env: Readonly<Record<string, string | null>>;
  readonly mounts: readonly Mount[];
  /** No host port twice; the debug port is among them. */
  readonly ports: readonly PublishedPort[];
  /** `host`: runs as the user of the host, so files it makes belong to that user. `image`: as the image says. */
  readonly user: "host" | "image";
  readonly network: string | undefined;
  /** Further words for `docker run`, given as they are. */
  readonly dockerArgs: readonly string[];
}

/** `auto`: all GPUs where the host has some. `all`: all, and no GPU is an error. Or the named devices. */
export type Gpus = "auto" | "all" | "none" | { readonly devices: readonly string[] };

/** A directory of the host that the container sees. */
export interface Mount {
  /** On the host: absolute, or starts with `~/`. */
  readonly source: string;
  /** In the container, absolute. */
  readonly target: string;
  readonly readonly: boolean;
}

/** A port of the container, bound to 127.0.0.1 of the host. */
export interface PublishedPort {
  readonly host: number;
  readonly container: number;
}

/** What the debugger is told. */
export interface DebugSettings {
  /** For debuggers that listen in the container. */
  readonly port: number | undefined;
  /** Where files outside the workspace have their sources. */
  readonly pathMappings: readonly { readonly local: string; readonly remote: string }[];
}

/** What is pushed, beside what git says. All relative to the root. */
export interface SyncSettings {
  /** Patterns as in `.gitignore`. */
  readonly exclude: readonly string[];
  /** Directories that only runs write. */
  readonly outputs: readonly string[];
  /** Directories made on the host that every run sees. */
  readonly shared: readonly string[];
}
