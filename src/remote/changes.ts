import type { Change, Expected } from "../model/plan.ts";
import { escapePath } from "./frame.ts";

/** The two lists that `commit` reads: what must go first, and then the rest. See the first lines of commit.sh. */
export function changeLists(changes: readonly Change[]): {
  readonly first: string;
  readonly then: string;
} {
  const first = changes.filter(({ kind }) => kind === "unblock");
  return {
    first: first.map(linesOf).join(""),
    then: changes
      .filter(({ kind }) => kind !== "unblock")
      .map(linesOf)
      .join(""),
  };
}

/** Paths alone, one to a line. */
export function pathList(paths: readonly string[]): string {
  return paths.map((path) => `${escapePath(path)}\n`).join("");
}

function linesOf({ kind, path, expected }: Change): string {
  const verb = kind === "replace" ? "r" : "d";
  return `${expected.map(expectation).join("")}${verb} ${escapePath(path)}\n`;
}

function expectation(expected: Expected): string {
  return expected.kind === "file"
    ? `e ${expected.size} ${expected.mtime}\n`
    : `t ${escapePath(expected.target)}\n`;
}
