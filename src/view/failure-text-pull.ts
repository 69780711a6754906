import type { HostFailure } from "../model/failure.ts";
import { unreachable } from "../model/unreachable.ts";
import { byteText, countText } from "./amount-text.ts";
import type { FailureText } from "./failure-text.ts";
import { leftDetails, shownPath } from "./pull-text.ts";
import { shownWord } from "./shown-word.ts";

type NotAllPulled = Extract<HostFailure, { reason: "not-all-pulled" }>;
type OfPull = Extract<HostFailure, { reason: "not-all-pulled" | "nothing-matches" }>;

/** The words for why a pull is not what was asked for. */
export function pullFailureText(failure: OfPull): FailureText {
  const { host } = failure;
  switch (failure.reason) {
    case "not-all-pulled": {
      const { files, bytes, left } = failure;
      const pulled = files === 0 ? "" : `${countText(files, "file")} pulled (${byteText(bytes)}), `;
      return {
        headline: `${host}: ${pulled}${countText(left.length, "file")} left as ${left.length === 1 ? "it is" : "they are"}`,
        details: leftDetails(left, host),
        hint: hintFor(failure),
      };
    }
    case "nothing-matches": {
      const paths = failure.paths.map(shownPath).join(", ");
      return {
        headline: `${host}: nothing there matches ${paths}`,
        details: failure.lastWords,
        hint: "paths are relative to where you are; `igor pull --plan .` shows what there is",
      };
    }
    default:
      return unreachable(failure);
  }
}

/** What to do about what comes first. */
function hintFor(failure: NotAllPulled): string {
  const { left, host } = failure;
  const reasons = new Set(left.map(({ because }) => because));
  if (reasons.has("changed-here"))
    return `${pullWith("--overwrite", failure)} takes those of ${host}; yours are first moved to .igor/pull/conflicts/`;
  if (reasons.has("differs"))
    return `${pullWith(`--host ${host}`, failure)} takes those of ${host}`;
  if (reasons.has("link-here")) return "make it a directory, or bring the files there yourself";
  return `make them readable there, e.g. \`ssh ${host} chmod -R u+rX ...\`; \`container_user\` says who owns what is made in the container`;
}

/** More words than these nobody types again. */
const mostPaths = 3;

/** The same command with one more option. e.g. `igor pull --overwrite notes/` */
function pullWith(option: string, { paths = [] }: NotAllPulled): string {
  if (paths.length > mostPaths) return `the same command with ${option}`;
  return `\`${["igor pull", option, ...paths.map(shownWord)].join(" ")}\``;
}
