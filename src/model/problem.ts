/** What is wrong, and where, as the output of a command tells it: an entry of the editor's quickfix list. */
export interface Problem {
  readonly host: string;
  /** Error, warning, information, or a note: how it came to the error before or after it, e.g. a frame of a traceback. */
  readonly type: "E" | "W" | "I" | "N";
  readonly text: string;
  /** undefined: there is nothing to jump to on the laptop, e.g. a frame in a library of the container. */
  readonly spot: Spot | undefined;
}

/** Where to jump. Lines and columns count from 1, columns in characters. */
export interface Spot {
  /** Relative to the project's root, or as a path mapping says. */
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** The column counts from the first character behind the indentation, which the tool did not show. */
  readonly behindIndent?: true;
  readonly endLine?: number;
  readonly endColumn?: number;
  /** The text to look for where the line is not known, e.g. `def test_loss`. */
  readonly search?: string;
}
