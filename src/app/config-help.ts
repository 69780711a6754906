import type { ConfigKey } from "../model/config-key.ts";
import { configKeys } from "../project/config-keys.ts";

/** Every key of the configuration, for its help page. */
export function keysForHelp(): readonly ConfigKey[] {
  return configKeys();
}
