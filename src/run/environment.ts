import { AsyncLocalStorage } from "node:async_hooks";

/** Variables that programs see; undefined: there is no such variable. */
type Variables = Readonly<Record<string, string | undefined>>;

const given = new AsyncLocalStorage<Variables>();

/** Does something whose programs, e.g. ssh, see this environment in place of igor's own. */
export function inEnvironment<T>(environment: Variables, act: () => T): T {
  return given.run(environment, act);
}

/** What programs that are started now see. */
export function environmentNow(): Variables {
  return given.getStore() ?? process.env;
}
