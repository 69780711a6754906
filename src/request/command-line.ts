/** A word of a line, and where in the line it begins. */
export interface LineWord {
  readonly text: string;
  readonly start: number;
}

/**
 * The words of a line as a shell would split it, e.g. `exec python -c 'print(1)'`: quotes and backslashes mean what they
 * mean in sh; nothing is expanded. Undefined when a quote is never closed.
 */
export function wordsOfLine(line: string): readonly LineWord[] | undefined {
  const words: LineWord[] = [];
  let start: number | undefined;
  let text = "";
  let quote: '"' | "'" | undefined;
  for (let i = 0; i < line.length; i += 1) {
    const char = line.charAt(i);
    if (quote === undefined && /\s/.test(char)) {
      if (start !== undefined) words.push({ text, start });
      start = undefined;
      text = "";
      continue;
    }
    start ??= i;
    const next = line.charAt(i + 1);
    if (quote === undefined && (char === '"' || char === "'")) quote = char;
    else if (char === quote) quote = undefined;
    else if (char === "\\" && next !== "" && isEscaped(next, quote)) {
      text += next;
      i += 1;
    } else text += char;
  }
  if (quote !== undefined) return undefined;
  if (start !== undefined) words.push({ text, start });
  return words;
}

/** A backslash is one of its own in single quotes, and before most characters in double quotes. */
function isEscaped(next: string, quote: '"' | "'" | undefined): boolean {
  if (quote === undefined) return true;
  return quote === '"' && ['"', "\\", "$", "`"].includes(next);
}
