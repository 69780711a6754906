import type { Host, Mount } from "./project.ts";

/** What a configuration asks for beyond the project's own container: of the hosts of a group, and of this machine. */
export interface Asked {
  readonly hosts: readonly Pick<Host, "host" | "dir" | "user" | "port">[];
  readonly mounts: readonly Mount[];
  readonly dockerArgs: readonly string[];
  /** Only one that is not the container's own. */
  readonly network: string | undefined;
  /** Variables whose values leave this machine, sorted. */
  readonly env: readonly string[];
}
