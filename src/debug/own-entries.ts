import type { DebugFileMistake } from "../model/failure-debug.ts";
import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import {
  commaBehind,
  endOfLast,
  itemNamed,
  listAt,
  objectAt,
  treeOf,
  valueAt,
} from "./json-nodes.ts";
import type { Container, Item } from "./json-nodes.ts";
import { isSameJson, jsonText } from "./json-text.ts";
import type { Json, Writing } from "./json-text.ts";

/** What igor writes below one key of a file that is otherwise the user's. */
export interface OwnEntries {
  /** The key of the file that holds them, e.g. `configurations`. */
  readonly key: string;
  /** They are below keys of their own, or in a list, where each has its name as `name`. */
  readonly kind: "object" | "array";
  /** Whether an entry of this name is igor's, also one that igor no longer writes. */
  readonly isOurs: (name: string) => boolean;
  /** By name, in the order of the file. */
  readonly entries: ReadonlyMap<string, Json>;
}

/**
 * A file with igor's own entries as they are to be. Everything else stays byte for byte, but for commas between the
 * user's entries and igor's. The text has no mistakes of syntax; it may be empty.
 */
export function withOwnEntries(text: string, own: OwnEntries): Result<string, DebugFileMistake> {
  let current = text.trim() === "" ? "{}\n" : text;
  for (;;) {
    const tree = treeOf(current);
    if (tree.type !== "object")
      return fail({ ...tree, key: "", message: "the file must hold an object, in { }" });
    const top = objectAt(tree);
    const found = itemNamed(top, own.key)?.value;
    if (found !== undefined && found.type !== own.kind) {
      const message =
        own.kind === "object" ? "must be an object, in { }" : "must be a list, in [ ]";
      return fail({ offset: found.offset, length: found.length, key: own.key, message });
    }
    const draft: Draft = { text: current, writing: writingOf(current, top) };
    if (found === undefined) return ok(withWhole(draft, top, own));
    const next = oneStep(draft, own.kind === "object" ? objectAt(found) : listAt(found), own);
    if (next === undefined) return ok(current);
    current = next;
  }
}

/** A file on its way. */
interface Draft {
  readonly text: string;
  readonly writing: Writing;
}

/** The next change that brings the entries nearer to how they are to be; undefined when they are so. */
function oneStep(draft: Draft, container: Container, own: OwnEntries): string | undefined {
  const { entries } = own;
  const ours = container.items.filter(({ name }) => name !== undefined && own.isOurs(name));
  for (const item of ours) {
    const wanted = entries.get(item.name ?? "");
    if (wanted === undefined || itemNamed(container, item.name ?? "") !== item)
      return without(draft, container, item);
    if (!isSameJson(valueAt(item.value), wanted)) return withValue(draft, item, wanted);
  }
  const missing = [...entries].find(([name]) => ours.every((item) => item.name !== name));
  if (missing === undefined) return undefined;
  const [name, value] = missing;
  const inList = own.kind === "array";
  return withItem(draft, container, inList ? { value } : { key: name, value });
}

function withWhole(draft: Draft, top: Container, { key, kind, entries }: OwnEntries): string {
  const value = kind === "object" ? Object.fromEntries(entries) : [...entries.values()];
  return withItem(draft, top, { key, value });
}

function withValue({ text, writing }: Draft, { value }: Item, wanted: Json): string {
  const written = jsonText(wanted, indentAt(text, value.offset), writing);
  return text.slice(0, value.offset) + written + text.slice(value.offset + value.length);
}

/** Behind all that is there, comments too, in lines of its own. */
function withItem(
  { text, writing }: Draft,
  container: Container,
  { key, value }: { readonly key?: string; readonly value: Json },
): string {
  const { eol, unit } = writing;
  const around = indentAt(text, container.offset);
  const indent = indentOfItems(text, container) ?? around + unit;
  const last = container.items.at(-1);
  const end = endOfLast(text, container);
  const needsComma = last !== undefined && commaBehind(text, last.end) === undefined;
  const lastEnd = last?.end ?? end;
  const before = text.slice(0, lastEnd) + (needsComma ? "," : "") + text.slice(lastEnd, end);
  const written = jsonText(value, indent, writing);
  const item = key === undefined ? written : `${JSON.stringify(key)}: ${written}`;
  const isOpen = /[\r\n]/.test(text.slice(end, container.close));
  return `${before}${eol}${indent}${item}${isOpen ? "" : eol + around}${text.slice(end)}`;
}

/** With the comma that is then too much, and the lines that are then empty. */
function without({ text }: Draft, { items }: Container, item: Item): string {
  const behind = commaBehind(text, item.end);
  const previous = items[items.indexOf(item) - 1];
  const before =
    behind === undefined && previous !== undefined ? commaBehind(text, previous.end) : undefined;
  const isNear = behind !== undefined && /^[ \t]*$/.test(text.slice(item.end, behind));
  let [from, to] = [item.offset, isNear ? behind + 1 : item.end];
  const [blank = "", lineEnd] = /^[ \t]*(\r\n|\n|\r)?/.exec(text.slice(to)) ?? [];
  if (isFirstInLine(text, from)) {
    if (lineEnd !== undefined) from = lineStartOf(text, from);
    to += blank.length;
  }
  const kept =
    behind === undefined || isNear
      ? text.slice(to)
      : text.slice(to, behind) + text.slice(behind + 1);
  const head = before === undefined ? text.slice(0, from) : withoutAt(text.slice(0, from), before);
  return head + kept;
}

function withoutAt(text: string, offset: number): string {
  return text.slice(0, offset) + text.slice(offset + 1);
}

/** What stands before the first item that has a line of its own. */
function indentOfItems(text: string, { items }: Container): string | undefined {
  const first = items.find(({ offset }) => isFirstInLine(text, offset));
  return first === undefined ? undefined : indentAt(text, first.offset);
}

/** Whether only blanks stand before an offset in its line. */
function isFirstInLine(text: string, offset: number): boolean {
  return lineStartOf(text, offset) + indentAt(text, offset).length === offset;
}

/** What the line begins with that an offset is in. */
function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStartOf(text, offset), offset))?.[0] ?? "";
}

function lineStartOf(text: string, offset: number): number {
  if (offset === 0) return 0;
  const before = offset - 1;
  return 1 + Math.max(text.lastIndexOf("\n", before), text.lastIndexOf("\r", before));
}

function writingOf(text: string, top: Container): Writing {
  const outer = indentAt(text, top.offset);
  const inner = indentOfItems(text, top) ?? "";
  return {
    unit: inner.length > outer.length && inner.startsWith(outer) ? inner.slice(outer.length) : "  ",
    eol: /\r\n|\n|\r/.exec(text)?.[0] ?? "\n",
  };
}
