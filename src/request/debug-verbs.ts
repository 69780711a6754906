import type { Command } from "./commands.ts";

/** The verbs about debuggers, as part of the table in `commands.ts`. */
export const debugVerbs = {
  dap: {
    words: ["dap"],
    summary: "be the debug adapter of an editor",
    description: [
      "Speaks the Debug Adapter Protocol on standard input and output, as editors start it: vimspector, nvim-dap and others. At launch it pushes, builds if needed, makes sure that the container runs, and starts debugpy there; the editor shows meanwhile what it waits for. No port is opened, on the host or here; whatever ends the editor or the connection ends the program.",
      "It takes the configurations of debugpy: launch with program (a file of the project here), module or code, args, cwd, env, console, stopOnEntry and justMyCode; attach with connect: {port}, for a program in the container that waits for a debugger, by default at debug_port. igor: {host_group, host} in one of them says where. The project is that of the program, of cwd, or of where the editor is.",
    ],
    options: ["hostGroup", "host"],
    examples: [{ line: "igor dap", does: "Waits for an editor. You need not call it yourself." }],
  },
} as const satisfies Record<string, Command>;
