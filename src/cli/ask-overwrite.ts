import { listText } from "../view/amount-text.ts";
import { shownPath } from "../view/pull-text.ts";
import { agrees } from "./ask.ts";
import type { Agreed } from "./ask.ts";

/** A file that somebody changed here, and the host that has another one. */
export interface ChangedHere {
  readonly host: string;
  readonly path: string;
}

/** Asks whether what was changed here makes way. */
export function askOverwrite(changed: readonly ChangedHere[]): Promise<Agreed> {
  const paths = [...new Set(changed.map(({ path }) => shownPath(path)))];
  const hosts = [...new Set(changed.map(({ host }) => host))].join(" and ");
  const those = paths.length === 1 ? "that" : "those";
  return agrees(
    `Move your ${listText(paths, 5)} to .igor/pull/conflicts/, and take ${those} of ${hosts}?`,
  );
}
