import { fail, ok } from "../model/result.ts";
import type { Result } from "../model/result.ts";
import type { DebugFileMistake } from "../model/failure-debug.ts";
import { debugEntries, mostWaitSeconds, ownPrefix } from "./entries.ts";
import { itemNamed, objectAt, treeOf, valueAt } from "./json-nodes.ts";
import type { Json } from "./json-text.ts";
import { withOwnEntries } from "./own-entries.ts";
import { vimspectorMistakes } from "./vimspector-schema.ts";

/** The name of the adapter that vimspector's configurations name. */
const adapterName = "igor";

/** What igor writes to `.vimspector.json`; vimspector takes the same from `g:vimspector_configurations` and `_adapters`. */
export interface VimspectorConfiguration {
  readonly adapters: ReadonlyMap<string, Json>;
  readonly configurations: ReadonlyMap<string, Json>;
}

/** What vimspector is told about igor, so that it asks nothing: one entry is the default, unless the user has one. */
export function vimspectorConfiguration(
  wish: "with-default" | "without-default" = "with-default",
): VimspectorConfiguration {
  const entries = debugEntries({
    file: "${file}",
    relativeFile: "${relativeFile}",
    root: "${workspaceRoot}",
  });
  const configurations = entries.map(({ name, request, given }, index): [string, Json] => {
    const isDefault = index === 0 && wish === "with-default";
    const configuration = { request, ...given };
    return [
      name,
      {
        adapter: adapterName,
        filetypes: ["python"],
        ...(isDefault ? { default: true } : {}),
        configuration,
        breakpoints: { exception },
      },
    ];
  });
  const adapter = { command: ["igor", "dap"], async_timeout: mostWaitSeconds * 1000 };
  return {
    adapters: new Map([[adapterName, adapter]]),
    configurations: new Map(configurations),
  };
}

/** The answers to what vimspector would ask about each filter of debugpy. */
const exception = { raised: "N", uncaught: "Y", userUnhandled: "" };

/** The text of a `.vimspector.json` with igor's entries as they are to be; the text has no mistakes of syntax. */
export function mergedVimspector(text: string): Result<string, DebugFileMistake> {
  const withAdapters = withOwnEntries(text, {
    key: "adapters",
    kind: "object",
    isOurs: (name) => name === adapterName,
    entries: vimspectorConfiguration().adapters,
  });
  if (!withAdapters.ok) return withAdapters;
  const wish = hasDefault(withAdapters.value) ? "without-default" : "with-default";
  const merged = withOwnEntries(withAdapters.value, {
    key: "configurations",
    kind: "object",
    isOurs: isOwnName,
    entries: vimspectorConfiguration(wish).configurations,
  });
  if (!merged.ok) return fail(merged.failure);
  const mistakes = vimspectorMistakes(ownIn(merged.value));
  if (mistakes.length > 0)
    throw new Error(`igor would write a wrong .vimspector.json: ${mistakes.join("; ")}`);
  return ok(merged.value);
}

/** Whether an entry of the user is what F5 begins in a Python file: with two of them, vimspector asks. */
function hasDefault(text: string): boolean {
  const configurations = itemNamed(objectAt(treeOf(text)), "configurations")?.value;
  if (configurations?.type !== "object") return false;
  return objectAt(configurations).items.some(({ name = "", value }) => {
    const entry = valueAt(value);
    if (isOwnName(name) || typeof entry !== "object" || entry === null || !("default" in entry))
      return false;
    const { default: isDefault, autoselect, filetypes } = entry;
    const isOfPython = filetypes === undefined || JSON.stringify(filetypes).includes('"python"');
    return isDefault === true && autoselect !== false && isOfPython;
  });
}

/** What is igor's in such a file. */
function ownIn(text: string): Json {
  const top = objectAt(treeOf(text));
  const ours = (key: string, isOurs: (name: string) => boolean): Json => {
    const value = itemNamed(top, key)?.value;
    const items = value === undefined ? [] : objectAt(value).items;
    return Object.fromEntries(
      items
        .filter(({ name = "" }) => isOurs(name))
        .map(({ name = "", value: one }) => [name, valueAt(one)]),
    );
  };
  return {
    adapters: ours("adapters", (name) => name === adapterName),
    configurations: ours("configurations", isOwnName),
  };
}

function isOwnName(name: string): boolean {
  return name.startsWith(ownPrefix);
}
