import { createScanner, getNodeValue, parseTree } from "jsonc-parser";
import type { Node } from "jsonc-parser";
import type { Json } from "./json-text.ts";

/** An object or a list in a text of JSON with comments. */
export interface Container {
  /** Where its opening brace is. */
  readonly offset: number;
  /** Where its closing brace is. */
  readonly close: number;
  readonly items: readonly Item[];
}

/** What an object or a list holds, in the order of the text. */
export interface Item {
  /** Its key, or the `name` of an object in a list; undefined when it has none. */
  readonly name: string | undefined;
  readonly offset: number;
  readonly end: number;
  readonly value: Node;
}

/** The tree of a text that is known to have no mistakes. */
export function treeOf(text: string): Node {
  const tree = parseTree(text, [], { allowTrailingComma: true });
  if (tree === undefined) throw new Error("there is no JSON in this text");
  return tree;
}

/** What is in an object. */
export function objectAt({ offset, length, children = [] }: Node): Container {
  const items = children.flatMap((property) => {
    const [key, value] = property.children ?? [];
    if (key === undefined || value === undefined) return [];
    return [{ name: String(key.value), offset: key.offset, end: endOf(value), value }];
  });
  return { offset, close: offset + length - 1, items };
}

/** What is in a list. */
export function listAt({ offset, length, children = [] }: Node): Container {
  const items = children.map((value) => {
    const named = value.type === "object" ? itemNamed(objectAt(value), "name")?.value : undefined;
    const name = named?.type === "string" ? String(named.value) : undefined;
    return { name, offset: value.offset, end: endOf(value), value };
  });
  return { offset, close: offset + length - 1, items };
}

/** The item with this name that counts: the last one, as for every reader of JSON. */
export function itemNamed({ items }: Container, name: string): Item | undefined {
  return items.findLast((item) => item.name === name);
}

/** What a node means. */
export function valueAt(node: Node): Json {
  return getNodeValue(node) as Json;
}

/** Where the comma behind an item is; undefined when none is there. */
export function commaBehind(text: string, end: number): number | undefined {
  for (const token of tokensFrom(text, end))
    if (!isTrivia(token)) return token.text === "," ? token.offset : undefined;
  return undefined;
}

/** Where the last thing in an object or a list ends, a comment or a comma too; white space ends nothing. */
export function endOfLast(text: string, { offset, close, items }: Container): number {
  let end = items.at(-1)?.end ?? offset + 1;
  for (const token of tokensFrom(text, end)) {
    if (token.offset >= close) break;
    if (token.text.trim() !== "") end = token.offset + token.text.length;
  }
  return end;
}

interface Token {
  readonly offset: number;
  readonly text: string;
}

/** Every token from here on, white space and comments too. */
function* tokensFrom(text: string, start: number): Generator<Token, undefined> {
  const scanner = createScanner(text);
  scanner.setPosition(start);
  while (scanner.getPosition() < text.length) {
    scanner.scan();
    const offset = scanner.getTokenOffset();
    yield { offset, text: text.slice(offset, offset + scanner.getTokenLength()) };
  }
  return undefined;
}

function isTrivia({ text }: Token): boolean {
  return /^(?:\s*$|\/[/*])/.test(text);
}

function endOf({ offset, length }: Node): number {
  return offset + length;
}
