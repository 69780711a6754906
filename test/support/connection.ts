import type { Host } from "../../src/model/project.ts";
import { plainLogin } from "../../src/remote/boot.ts";
import type { Connection } from "../../src/remote/ssh.ts";

const apollo: Host = {
  host: "apollo",
  dir: "~/igor",
  tag: undefined,
  user: undefined,
  port: undefined,
  ip: undefined,
};

/** A connection as ssh's own defaults have it, to a host that nobody is asked about. */
export function aConnection(more: Partial<Connection> = {}): Connection {
  const settings = {
    user: "dino",
    hostname: "apollo",
    multiplexes: false,
    controlPath: undefined,
    stays: "no",
    hostKey: { names: [], files: [], isChecked: true, isStrict: false },
  } as const;
  const plain = { host: apollo, settings, controlPath: undefined, login: plainLogin };
  return { ...plain, note: undefined, ...more };
}
