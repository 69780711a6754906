import type { Finding } from "../model/finding.ts";
import { readProjectFindings } from "./found-project.ts";

/** One line of what a remote program found. */
export interface FoundLine {
  /** e.g. `process` */
  readonly kind: string;
  readonly fields: readonly string[];
}
import { statusFindingOf } from "./read-status.ts";

/**
 * What a remote program found, from its stdout: lines `found KIND FIELD...` with a tab between the fields, which hold
 * no tab and no line break. Lines of another kind are left out: what is foreign may say anything. Where an answer is more
 * than its lines, as that of `docker ps`, it has a reader of its own.
 * e.g. `found<TAB>process<TAB>812<TAB>...<TAB>python train.py`
 */
export function readFindings(stdout: string): readonly Finding[] {
  const lines = stdout.split("\n").flatMap((line): FoundLine[] => {
    const [found, kind = "", ...fields] = line.split("\t");
    return found === "found" ? [{ kind, fields }] : [];
  });
  return lines.some(({ kind }) => kind === "asked")
    ? readProjectFindings(lines)
    : lines.flatMap(({ kind, fields }) => statusFindingOf(kind, fields) ?? []);
}
