import type { Told } from "./messages.ts";

/** The width for lines that are yet to be put in the words of the editor, which are a little longer. */
export function widthForAdvice(width: number): number {
  return Math.max(1, width - 2);
}

/** Advice for a shell as one follows it in the editor, e.g. `` `:Igor login` `` for `` `igor login` ``. */
export function editorText(text: string): string {
  return text.replace(/`igor(?= |$)/g, "`:Igor");
}

/** A message without the name of igor, which the editor says before each. */
function messageOf(message: string): string {
  return editorText(message.replace(/^igor(?:: | (?=[a-z]+(?: [a-z]+)?: ))/, ""));
}

/** What the editor is told, in the words of the editor; what commands wrote stays as it is. */
export function inEditorWords(told: Told): Told {
  switch (told.kind) {
    case "ended":
      return { ...told, message: messageOf(told.message) };
    case "ask":
      return { ...told, question: editorText(told.question) };
    case "report":
      return { ...told, lines: told.lines.map(editorText) };
    default:
      return told;
  }
}
