/** What an editor puts in the place of a file or a directory when a debugger begins, as it spells that. */
export interface Places<P> {
  /** The file that is open, absolute. */
  readonly file: P;
  /** The same from the project's directory on, as it is right in the container, too. */
  readonly relativeFile: P;
  /** The project's directory. */
  readonly root: P;
}

/** One way to begin a debugger, as the editor offers it. */
export interface DebugEntry<P> {
  /** Begins with `igor: `. */
  readonly name: string;
  readonly request: "launch" | "attach";
  /** What `igor dap` is given with it, see `launch.ts`. */
  readonly given: Readonly<Record<string, string | P | readonly (string | P)[]>>;
}

/** What the names of all entries begin with: whatever is called so is igor's. */
export const ownPrefix = "igor: ";

/** How long an editor may wait for an answer: images are built while it does. */
export const mostWaitSeconds = 300;

/**
 * The debug entries of a project, the usual one first. They hold nothing that could go stale: hosts, ports, containers
 * and paths are those of the configuration when the debugger begins.
 */
export function debugEntries<P>({ file, relativeFile, root }: Places<P>): readonly DebugEntry<P>[] {
  return [
    {
      name: `${ownPrefix}current file`,
      request: "launch",
      given: { program: file, console: "internalConsole" },
    },
    {
      name: `${ownPrefix}current file in a terminal`,
      request: "launch",
      given: { program: file, console: "integratedTerminal" },
    },
    {
      name: `${ownPrefix}tests of the current file`,
      request: "launch",
      given: { module: "pytest", args: [relativeFile], cwd: root, console: "internalConsole" },
    },
    // Nothing else tells which project is meant.
    { name: `${ownPrefix}attach`, request: "attach", given: { cwd: root } },
  ];
}
