/** The columns of a help file of Vim. */
export const helpWidth = 78;

/** How far text below a heading is indented. */
export const helpMargin = 4;

/** A ruler between sections, with `=`, or between entries, with `-`. */
export function ruler(of: "=" | "-"): string {
  return of.repeat(helpWidth);
}

/**
 * A text with tags at the right edge, above it where there is no room beside it. e.g.
 * `host_groups                                       *igor-config-host_groups*`
 */
export function tagged(text: string, tags: readonly string[]): readonly string[] {
  const right = tags.map((tag) => `*${tag}*`).join(" ");
  const room = helpWidth - right.length;
  if (text.length + 2 <= room) return [text.padEnd(room) + right];
  if (tags.length > 1 && right.length > helpWidth)
    return [
      ...tags.slice(0, -1).flatMap((tag) => tagged("", [tag])),
      ...tagged(text, tags.slice(-1)),
    ];
  return [right.padStart(helpWidth), text];
}

/** A text in lines, each behind a margin; words are never cut. */
export function filled(text: string, margin: number): readonly string[] {
  const lines: string[] = [];
  for (const word of plain(text).split(" ")) {
    const last = lines.at(-1);
    const longer = last === undefined ? undefined : `${last} ${word}`;
    if (longer === undefined || longer.length > helpWidth) lines.push(" ".repeat(margin) + word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** Where the meaning of a term begins. */
const column = 18;

/** A term, with its meaning beside it, or below it where the term or its tags take the room. */
export function explained(
  { term, text }: { readonly term: string; readonly text: string },
  tags: readonly string[] = [],
): readonly string[] {
  const head = " ".repeat(helpMargin) + plain(term);
  const meaning = filled(text, column);
  if (tags.length > 0) return [...tagged(head, tags), ...meaning];
  if (head.length + 2 > column) return [head, ...meaning];
  const [first = "", ...others] = meaning;
  return [head + first.slice(head.length), ...others];
}

/** Lines that are shown as they are. */
export function verbatim(lines: readonly string[], language = ""): readonly string[] {
  return [`>${language}`, ...lines.map((line) => `    ${line}`), "<"];
}

/** Paragraphs with an empty line between them. */
export function spaced(blocks: readonly (readonly string[])[]): readonly string[] {
  return blocks.flatMap((block, index) => (index === 0 ? block : ["", ...block]));
}

/** Bars around a word would make it a link, e.g. `bash|zsh|fish`. */
function plain(text: string): string {
  return text.replace(/(?<=\w)\|(?=\w)/g, " or ");
}
