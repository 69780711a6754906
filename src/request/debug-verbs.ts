import type { Command } from "./commands.ts";

const ownEntriesText =
  "The file names neither hosts nor ports nor paths, so that everybody who works on the project can share it. What is in it already stays byte for byte, comments too, but for entries whose names begin with igor: and a space: those are replaced, and go where igor has no such entry any more. A file with a mistake is not touched, and where the mistake is, is said.";

const checkExitCodes = [
  { code: "1", means: "The file cannot be read or written; or, with --check, is not up to date." },
] as const;

/** The verbs about debuggers, as part of the table in `commands.ts`. */
export const debugVerbs = {
  dap: {
    words: ["dap"],
    summary: "be the debug adapter of an editor",
    description: [
      "Speaks the Debug Adapter Protocol on standard input and output, as editors start it: vimspector, nvim-dap and others. At launch it pushes, builds if needed, makes sure that the container runs, and starts debugpy there; the editor shows meanwhile what it waits for. No port is opened, on the host or here; whatever ends the editor or the connection ends the program.",
      "It takes the configurations of debugpy: launch with program (a file of the project here), module or code, args, cwd, env, console, stopOnEntry and justMyCode; attach with connect: {port}, for a program in the container that waits for a debugger, by default at debug_port. igor: {host_group, host} in one of them says where; igor: {rank: N}, which of the processes of a launcher like torchrun is debugged, by its variable RANK: the others run on, or, with others: wait, stand still while that one does. The project is that of the program, of cwd, or of where the editor is.",
    ],
    options: ["hostGroup", "host"],
    examples: [{ line: "igor dap", does: "Waits for an editor. You need not call it yourself." }],
  },
} as const satisfies Record<string, Command>;

/** The verbs that tell editors about igor's debug adapter; they stand among the others about configurations. */
export const debugConfigVerbs = {
  "config vimspector": {
    words: ["config", "vimspector"],
    summary: "write what vimspector needs to debug in the container",
    description: [
      "Writes .vimspector.json beside .igor/: the adapter igor, and entries for the current file, with the editor's console or a terminal, for its tests, and for a program that waits for a debugger at debug_port. Then vimspector's F5 in a Python file debugs it in the container, and asks nothing. igor must be in PATH.",
      ownEntriesText,
      "An entry of your own that is the default of Python files stays it; otherwise the current file is.",
    ],
    options: ["check"],
    examples: [
      { line: "igor config vimspector", does: "Writes it, or brings it up to date." },
      {
        line: "igor config vimspector --check",
        does: "Fails where it is not up to date, e.g. in continuous integration.",
      },
    ],
    exitCodes: checkExitCodes,
    files: ["config", "vimspector"],
    environment: ["colors"],
  },
  "config dap": {
    words: ["config", "dap"],
    summary: "print what nvim-dap needs to debug in the container",
    description: [
      "Prints a piece of Lua for your configuration of Neovim: the adapter igor, and entries for Python files as igor config vimspector writes them. It is the same for every project: igor finds that of the file.",
    ],
    options: [],
    examples: [
      {
        line: "igor config dap >~/.config/nvim/after/plugin/igor-dap.lua",
        does: "Tells nvim-dap about igor in every Neovim from now on.",
      },
    ],
  },
  "config vscode": {
    words: ["config", "vscode"],
    summary: "write what VS Code needs to debug in the container",
    description: [
      "Writes .vscode/launch.json beside .igor/, with entries of the type igor like those of igor config vimspector. The extension in editors/vscode/ of igor's sources tells VS Code what that type is; its README.md says how to install it.",
      ownEntriesText,
    ],
    options: ["check"],
    examples: [{ line: "igor config vscode", does: "Writes it, or brings it up to date." }],
    exitCodes: checkExitCodes,
    files: ["config", "launch"],
    environment: ["colors"],
  },
} as const satisfies Record<string, Command>;
