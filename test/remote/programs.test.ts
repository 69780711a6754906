import { describe, expect, test } from "vitest";
import type { ProgramName } from "../../src/model/plan.ts";
import { programNames, programText } from "../../src/remote/programs.ts";

describe.each(programNames)("the remote program %s", (name: ProgramName) => {
  test("defines no function twice, so no part takes another's name", () => {
    // Inputs hold programs of their own.
    const text = programText(name, {}).replace(/^in_\w+='(?:[^']|'\\'')*'$/gm, "");
    const functions = [...text.matchAll(/^([a-z_]+)\(\) /gm)].map(([, word]) => word);
    const repeated = functions.filter((word, index) => functions.indexOf(word) !== index);
    // A job says its events into its log, a look that fails says so in its answer: they redefine `ev` on purpose.
    expect(repeated.filter((word) => word !== "ev")).toEqual([]);
  });
});
