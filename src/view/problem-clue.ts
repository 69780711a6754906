import type { Problem } from "../model/problem.ts";

/** A problem, or a frame on the way to one, as the tool tells it: its path is one of the container. */
export interface Clue {
  readonly type: Problem["type"];
  readonly text: string;
  /** undefined: the text is all there is. */
  readonly path?: string;
  readonly line?: number;
  readonly column?: number;
  readonly behindIndent?: true;
  readonly endLine?: number;
  readonly endColumn?: number;
  readonly search?: string;
}

/** Clues that are told together. */
export interface Report {
  readonly clues: readonly Clue[];
  /** What happened at the innermost of the clues that is of the project. */
  readonly message?: string;
  readonly isInnermostFirst?: boolean;
}
