import type { Result } from "../model/result.ts";
import type { DebugFileMistake } from "../model/failure-debug.ts";
import { debugEntries, ownPrefix } from "./entries.ts";
import type { Json } from "./json-text.ts";
import { withOwnEntries } from "./own-entries.ts";

/** What VS Code's launch.json is told about igor, by name; `editors/vscode/` explains the type to it. */
export function launchConfigurations(): ReadonlyMap<string, Json> {
  const entries = debugEntries({
    file: "${file}",
    relativeFile: "${relativeFile}",
    root: "${workspaceFolder}",
  });
  return new Map(
    entries.map(({ name, request, given }) => [name, { name, type: "igor", request, ...given }]),
  );
}

/** The text of a launch.json with igor's entries as they are to be; the text has no mistakes of syntax. */
export function mergedLaunchJson(text: string): Result<string, DebugFileMistake> {
  return withOwnEntries(text.trim() === "" ? emptyFile : text, {
    key: "configurations",
    kind: "array",
    isOurs: (name) => name.startsWith(ownPrefix),
    entries: launchConfigurations(),
  });
}

const emptyFile = '{\n  "version": "0.2.0"\n}\n';
