import { areas, checkNames } from "../model/check.ts";
import type { Area, Check, CheckName, Verdict } from "../model/check.ts";
import { decodeWord } from "./frame.ts";

/** Reads the answer of the program `doctor`: lines `check NAME VERDICT FIELD...`, tabs between, fields encoded. */
export function readChecks(stdout: string): readonly Check[] {
  return stdout.split("\n").flatMap((line) => {
    const [mark, word, second, ...fields] = line.split("\t");
    const found = placeOf(word);
    const verdict = verdicts.find((known) => known === second);
    if (mark !== "check" || found === undefined || verdict === undefined) return [];
    return [{ ...found, verdict, values: fields.map(decodeWord) }];
  });
}

/** The clock of the host in that answer, in milliseconds. */
export function clockOf(stdout: string): number | undefined {
  const seconds = /^clock\t(\d+)$/m.exec(stdout)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}

const verdicts = ["ok", "warn", "fail", "not-checked"] as const satisfies readonly Verdict[];

function placeOf(
  word: string | undefined,
): { readonly area: Area; readonly name: CheckName } | undefined {
  for (const area of areas) {
    const name = checkNames[area].find((known) => known === word);
    if (name !== undefined) return { area, name };
  }
  return undefined;
}
