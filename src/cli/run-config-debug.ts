import { keepDebugFile } from "../app/debug-file.ts";
import type { KeptDebugFile } from "../app/debug-file.ts";
import { nvimDapLua } from "../debug/nvim-dap.ts";
import { mergedVimspector, vimspectorConfiguration } from "../debug/vimspector.ts";
import { launchConfigurations, mergedLaunchJson } from "../debug/vscode.ts";
import type { RequestOf } from "../request/commands.ts";
import { exitCodeOfFailure } from "./exit-code.ts";
import { showFailure } from "./show-failure.ts";

/** Writes what vimspector is told about igor, or says whether that is up to date. */
export function runConfigVimspector({ check }: RequestOf<"config vimspector">): Promise<number> {
  const file = {
    path: ".vimspector.json",
    verb: ["config", "vimspector"],
    // Python's json reads it, after its comments are taken out.
    dialect: { trailingCommas: "refused", mark: "refused" },
    merged: mergedVimspector,
    entries: vimspectorConfiguration().configurations.size,
  } as const;
  return keep(file, check ? "check" : "write");
}

/** Writes what VS Code is told about igor, or says whether that is up to date. */
export function runConfigVscode({ check }: RequestOf<"config vscode">): Promise<number> {
  const file = {
    path: ".vscode/launch.json",
    verb: ["config", "vscode"],
    dialect: { trailingCommas: "allowed", mark: "allowed" },
    merged: mergedLaunchJson,
    entries: launchConfigurations().size,
  } as const;
  return keep(file, check ? "check" : "write");
}

/** Prints what tells nvim-dap about igor. */
export function runConfigDap(): number {
  process.stdout.write(nvimDapLua());
  return 0;
}

async function keep(
  file: KeptDebugFile & { readonly entries: number },
  mode: "write" | "check",
): Promise<number> {
  const kept = await keepDebugFile(process.cwd(), file, mode);
  if (!kept.ok) {
    showFailure(kept.failure);
    return exitCodeOfFailure(kept.failure);
  }
  const what =
    kept.value === "written"
      ? `wrote ${file.path}: ${file.entries} entries`
      : `${file.path}: up to date`;
  process.stdout.write(`${what}\n`);
  return 0;
}
