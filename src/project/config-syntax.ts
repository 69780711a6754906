import { printParseErrorCode } from "jsonc-parser";
import type { ParseError } from "jsonc-parser";

/** What a parse error means, in one clause. */
export function syntaxMessageOf(code: ParseError["error"]): string {
  return messages[printParseErrorCode(code)];
}

const messages: Readonly<Record<ReturnType<typeof printParseErrorCode>, string>> = {
  InvalidSymbol: "is not JSON: text needs double quotes",
  InvalidNumberFormat: "is not a number",
  PropertyNameExpected: "a key in double quotes must stand here",
  ValueExpected: "a value must stand here",
  ColonExpected: "a colon must stand here",
  CommaExpected: "a comma must stand before this",
  CloseBraceExpected: "a closing } must stand here",
  CloseBracketExpected: "a closing ] must stand here",
  EndOfFileExpected: "nothing may follow the closing }",
  InvalidCommentToken: "is not a comment: those start with //",
  UnexpectedEndOfComment: "the comment has no end: */ is missing",
  UnexpectedEndOfString: "the text has no end: a double quote is missing",
  UnexpectedEndOfNumber: "the number has no end",
  InvalidUnicode: "is not a character: \\u needs four hexadecimal digits",
  InvalidEscapeCharacter: "a backslash must be written as \\\\",
  InvalidCharacter: "control characters must be written as \\n, \\t or \\u0000",
  "<unknown ParseErrorCode>": "is not JSON",
};
