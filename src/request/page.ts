/** A help page as data. */
export interface Page {
  /** e.g. `igor docker setup` */
  readonly title: string;
  /** One line, without a full stop. */
  readonly summary: string;
  readonly sections: readonly Section[];
}

/** A headed part of a page. A section without blocks is not shown. */
export interface Section {
  readonly heading: string;
  readonly blocks: readonly Block[];
}

/** A paragraph, a line that is never wrapped, such a line with its meaning, or terms side by side with theirs. */
export type Block =
  | { readonly kind: "paragraph"; readonly text: string }
  | { readonly kind: "line"; readonly text: string }
  | { readonly kind: "example"; readonly line: string; readonly text: string }
  | { readonly kind: "terms"; readonly terms: readonly Term[] };

/** e.g. `--host NAME` and what it is for */
export interface Term {
  readonly term: string;
  readonly text: string;
}

/** How a page is shown: columns of the terminal, and whether it takes escape sequences. */
export interface Layout {
  readonly width: number;
  readonly style: "plain" | "ansi";
}

/** The page as text, wrapped to the width; ends with a line break. */
export function textOf(page: Page, layout: Layout): string {
  const width = Math.min(Math.max(layout.width, narrowest), widest);
  const head = (text: string) => (layout.style === "ansi" ? `\x1b[1m${text}\x1b[22m` : text);
  const title = wrap(`${page.title} - ${page.summary}`, width, "");
  const sections = page.sections
    .filter(({ blocks }) => blocks.length > 0)
    .map(({ heading, blocks }) => [
      head(heading),
      ...blocks.flatMap((block, index) => [
        ...(needsGap(blocks[index - 1], block) ? [""] : []),
        ...linesOf(block, width),
      ]),
    ]);
  return [title, ...sections].map((lines) => `${lines.join("\n")}\n`).join("\n");
}

const narrowest = 40;
/** Longer lines are hard to read. */
const widest = 100;
const indent = "  ";
/** A term that is longer stands on a line of its own. */
const longestTerm = 26;

function linesOf(block: Block, width: number): readonly string[] {
  switch (block.kind) {
    case "paragraph":
      return wrap(block.text, width, indent);
    case "line":
      return [indent + block.text];
    case "example":
      return [indent + block.line, ...wrap(block.text, width, indent.repeat(3))];
    case "terms":
      return linesOfTerms(block.terms, width);
  }
}

function needsGap(previous: Block | undefined, block: Block): boolean {
  return previous !== undefined && !(previous.kind === "line" && block.kind === "line");
}

function linesOfTerms(terms: readonly Term[], width: number): readonly string[] {
  const fitting = terms.map(({ term }) => term.length).filter((length) => length <= longestTerm);
  const column = indent.length + Math.max(0, ...fitting) + 2;
  if (fitting.length === 0 || column > width / 2) {
    return terms.flatMap(({ term, text }) => [
      indent + term,
      ...wrap(text, width, indent.repeat(3)),
    ]);
  }
  return terms.flatMap(({ term, text }) => {
    const [first = "", ...others] = wrap(text, width, " ".repeat(column));
    if (term.length > longestTerm) return [indent + term, first, ...others];
    return [(indent + term).padEnd(column) + first.slice(column), ...others];
  });
}

function wrap(text: string, width: number, margin: string): readonly string[] {
  const lines: string[] = [];
  let line = margin;
  for (const word of text.split(" ")) {
    const longer = line.length === margin.length ? margin + word : `${line} ${word}`;
    if (longer.length > width && line.length > margin.length) {
      lines.push(line);
      line = margin + word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}
