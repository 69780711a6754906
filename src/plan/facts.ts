import type { Host } from "../model/project.ts";
import type { PushFacts } from "./push.ts";

/** What was observed and not configured, for one host. */
export interface HostFacts {
  readonly host: Host;
  /** The login name there: the configured one, or what ssh says. */
  readonly user: string;
  /** Undefined for requests that push nothing. */
  readonly push: PushFacts | undefined;
}
