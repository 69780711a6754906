import type { Finding } from "../model/finding.ts";
import { statusFindingOf } from "./read-status.ts";

/**
 * What a remote program found, from its stdout: lines `found KIND FIELD...` with a tab between the fields, which hold
 * no tab and no line break. Lines of another kind are left out: what is foreign may say anything.
 * e.g. `found<TAB>gpu<TAB>0<TAB>NVIDIA A100<TAB>1073741824<TAB>42949672960`
 */
export function readFindings(stdout: string): readonly Finding[] {
  return stdout.split("\n").flatMap((line) => {
    const [found, kind = "", ...fields] = line.split("\t");
    const finding = found === "found" ? findingOf(kind, fields) : undefined;
    return finding === undefined ? [] : [finding];
  });
}

function findingOf(kind: string, fields: readonly string[]): Finding | undefined {
  switch (kind) {
    case "gpu": {
      const [index, name = "", used, total] = fields;
      return {
        kind,
        index: Number(index),
        name,
        usedBytes: Number(used),
        totalBytes: Number(total),
      };
    }
    default:
      return statusFindingOf(kind, fields);
  }
}
