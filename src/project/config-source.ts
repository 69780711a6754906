import { createScanner, findNodeAtLocation, getNodeValue, parseTree } from "jsonc-parser";
import type { Node, ParseError } from "jsonc-parser";
import type { ConfigProblem } from "../model/failure-config.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import { syntaxMessageOf } from "./config-syntax.ts";

/** The way to a value in the file. e.g. `["host_groups", "dev", "hosts", 0, "dir"]` */
export type Path = readonly (string | number)[];

/** A configuration file as text and as the tree its text means. */
export interface Source {
  readonly text: string;
  readonly tree: Node;
}

/** Where a mistake is: offset and length in the text. */
export type Spot = Pick<Node, "offset" | "length">;

/** Whether a comma may stand behind the last item of a list or an object: not all who read JSON with comments take it. */
export type TrailingCommas = "allowed" | "refused";

/** Reads JSON with comments, and mostly trailing commas. Fails with at most one problem per line. */
export function parseSource(
  fileText: string,
  trailingCommas: TrailingCommas = "allowed",
): Result<Source, readonly ConfigProblem[]> {
  const text = fileText.replace(/^\uFEFF/, "");
  const tooDeep = spotNestedTooDeep(text);
  if (tooDeep !== undefined) {
    return fail([problemAt(text, tooDeep, { key: "", message: "is nested too deeply" })]);
  }
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true });
  if (tree !== undefined && errors.length === 0) {
    const commas = trailingCommas === "allowed" ? [] : trailingCommasIn(text);
    return commas.length === 0 ? ok({ text, tree }) : fail(commas);
  }
  const problems = errors.map((error) =>
    problemAt(text, error, { key: "", message: syntaxMessageOf(error.error) }),
  );
  const ofEachLine = problems.filter(
    ({ line }, index) => problems.findIndex((other) => other.line === line) === index,
  );
  const empty = problemAt(
    text,
    { offset: 0, length: 1 },
    { key: "", message: "the file is empty" },
  );
  return fail(text.trim() === "" || ofEachLine.length === 0 ? [empty] : ofEachLine);
}

/** What the file says, as plain values. */
export function valueOf({ tree }: Source): unknown {
  return getNodeValue(tree);
}

/** Where a value is; where the nearest value around it is when it is missing. */
export function spotOf({ tree }: Source, path: Path): Spot & { readonly isMissing: boolean } {
  const node = findNodeAtLocation(tree, [...path]);
  if (node !== undefined) return { offset: node.offset, length: node.length, isMissing: false };
  const around = path.length === 0 ? tree : spotOf({ text: "", tree }, path.slice(0, -1));
  return { offset: around.offset, length: 1, isMissing: true };
}

/** Where a key is written. */
export function spotOfKey(source: Source, path: Path): Spot {
  const property = propertiesOf(findNodeAtLocation(source.tree, path.slice(0, -1))).findLast(
    ({ name }) => name === path.at(-1),
  );
  return property?.key ?? spotOf(source, path);
}

/** Every key with its path, in the order of the file; also those that a later one hides. */
export function keysOf({ tree }: Source): readonly { readonly path: Path; readonly spot: Spot }[] {
  return keysBelow(tree, []);
}

function keysBelow(node: Node, path: Path): { readonly path: Path; readonly spot: Spot }[] {
  const items = node.type === "array" ? (node.children ?? []) : [];
  return [
    ...items.flatMap((item, index) => keysBelow(item, [...path, index])),
    ...propertiesOf(node).flatMap(({ name, key, value }) => [
      { path: [...path, name], spot: key },
      ...keysBelow(value, [...path, name]),
    ]),
  ];
}

function propertiesOf(node: Node | undefined): readonly { name: string; key: Node; value: Node }[] {
  if (node?.type !== "object") return [];
  return (node.children ?? []).flatMap(({ children: [key, value] = [] }) =>
    key === undefined || value === undefined ? [] : [{ name: String(key.value), key, value }],
  );
}

/** A problem with the place it is at. */
export function problemAt(
  text: string,
  spot: Spot,
  problem: Pick<ConfigProblem, "key" | "message"> & { readonly hint?: string | undefined },
): ConfigProblem {
  const before = text.slice(0, spot.offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  const sourceLine = text.slice(lineStart).split(/\r?\n/, 1)[0] ?? "";
  const column = spot.offset - lineStart + 1;
  const length = Math.max(1, Math.min(spot.length, sourceLine.length - column + 1));
  const line = lineAt(text, spot.offset);
  return {
    key: problem.key,
    message: problem.message,
    hint: problem.hint,
    line,
    column,
    length,
    sourceLine,
  };
}

/** The line of an offset, 1-based. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

function trailingCommasIn(text: string): readonly ConfigProblem[] {
  const scanner = createScanner(text, true);
  const problems: ConfigProblem[] = [];
  let comma: Spot | undefined;
  while (scanner.getPosition() < text.length) {
    scanner.scan();
    const spot = { offset: scanner.getTokenOffset(), length: scanner.getTokenLength() };
    const token = text.slice(spot.offset, spot.offset + spot.length);
    if (comma !== undefined && (token === "}" || token === "]")) {
      const message = `no comma may stand before the closing ${token} here`;
      problems.push(problemAt(text, comma, { key: "", message }));
    }
    comma = token === "," ? spot : undefined;
  }
  return problems;
}

/** A configuration is a few levels deep; what is much deeper would exhaust the parser's stack. */
function spotNestedTooDeep(text: string): Spot | undefined {
  const scanner = createScanner(text);
  let depth = 0;
  while (scanner.getPosition() < text.length) {
    scanner.scan();
    const spot = { offset: scanner.getTokenOffset(), length: scanner.getTokenLength() };
    const token = text.slice(spot.offset, spot.offset + spot.length);
    if (token === "{" || token === "[") depth += 1;
    if (token === "}" || token === "]") depth -= 1;
    if (depth > deepest) return spot;
  }
  return undefined;
}

const deepest = 50;
