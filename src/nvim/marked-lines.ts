import { Buffer } from "node:buffer";
import type { Line, Style } from "../view/line.ts";
import { editorText } from "./editor-text.ts";
import type { Mark } from "./messages.ts";

/** The highlight group of each style; `lua/igor/highlights.lua` links them to standard ones. */
const groups: Readonly<Record<Style, string | undefined>> = {
  plain: undefined,
  dim: "IgorDim",
  strong: "IgorStrong",
  good: "IgorGood",
  bad: "IgorBad",
  warning: "IgorWarning",
  running: "IgorRunning",
  "host-0": "IgorHost1",
  "host-1": "IgorHost2",
  "host-2": "IgorHost3",
  "host-3": "IgorHost4",
  "host-4": "IgorHost5",
  "host-5": "IgorHost6",
};

/** Every highlight group there is, for the help. */
export const highlightGroups = Object.values(groups).filter((group) => group !== undefined);

/** Lines as a buffer of Neovim takes them: texts of the editor, and which bytes of them have which highlight group. */
export function markedLines(lines: readonly Line[]): {
  readonly texts: readonly string[];
  readonly marks: readonly Mark[];
} {
  const marks: Mark[] = [];
  const texts = lines.map((line, index) => {
    let at = 0;
    const isQuoted = /^\s*\| /.test(line.map(({ text }) => text).join(""));
    const spans = line.map(({ text, style }) => ({
      text: isQuoted ? text : editorText(text),
      style,
    }));
    for (const { text, style } of spans) {
      const group = groups[style];
      const end = at + Buffer.byteLength(text);
      if (group !== undefined && end > at) marks.push([index, at, end, group]);
      at = end;
    }
    return spans.map(({ text }) => text).join("");
  });
  return { texts, marks };
}
