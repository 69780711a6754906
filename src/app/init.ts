import type { Result } from "../model/result.ts";
import { defaultHostDir, initProject } from "../project/config-init.ts";
import type { MadeProject } from "../project/config-init.ts";
import { sshHosts } from "../project/ssh-hosts.ts";

/** What `igor init` was told; what is missing has a default or was asked for. */
export interface InitWishes {
  readonly directory: string;
  readonly host: string;
  readonly dir: string | undefined;
}

/** Makes a directory a project. */
export function init({ directory, host, dir }: InitWishes): Promise<Result<MadeProject>> {
  return initProject(directory, { host, dir: dir ?? defaultHostDir });
}

/** The directory on the host that is suggested. */
export const suggestedDir: string = defaultHostDir;

/** Hosts that are suggested. */
export function suggestedHosts(): readonly string[] {
  return sshHosts();
}
