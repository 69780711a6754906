import type { Command } from "./commands.ts";

/** The verbs about debuggers, as part of the table in `commands.ts`. */
export const debugVerbs = {
  dap: {
    words: ["dap"],
    summary: "be the debug adapter of an editor",
    description: [
      "Speaks the Debug Adapter Protocol on standard input and output, as editors start it: vimspector, nvim-dap and others. At launch it pushes, builds if needed, makes sure that the container runs, and starts Python's debugger there; the editor shows meanwhile what it waits for. No port is opened, on the host or here.",
    ],
    options: ["hostGroup", "host"],
    examples: [{ line: "igor dap", does: "Waits for an editor. You need not call it yourself." }],
  },
} as const satisfies Record<string, Command>;
