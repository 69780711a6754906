import { relative } from "node:path";

/** What is to be debugged from an editor. */
export interface DebugWish {
  /** The project's directory. */
  readonly root: string;
  readonly hostGroup: string;
  readonly host: string;
  /** Of a program whose processes have ranks, the one that is debugged, and what the others do meanwhile. */
  readonly rank: { readonly rank: number; readonly others: "run" | "wait" } | undefined;
  readonly what:
    | { readonly kind: "program"; readonly file: string }
    | { readonly kind: "module"; readonly module: string }
    /** Tests of a file: all of them, or one as pytest names it behind the file. */
    | { readonly kind: "test"; readonly file: string; readonly test: string | undefined }
    | { readonly kind: "attach"; readonly port: number | undefined };
  readonly args: readonly string[];
}

/** What a client of `igor dap` says at `launch` or `attach`; editors hand it on as it is. */
export interface DebugConfiguration extends Readonly<Record<string, unknown>> {
  readonly type: "igor";
  readonly request: "launch" | "attach";
  readonly name: string;
}

/** The configuration of an editor's debugger for what its user asks for now. */
export function configurationOf(wish: DebugWish): DebugConfiguration {
  const { root, what, args } = wish;
  const igor = { host_group: wish.hostGroup, host: wish.host, ...wish.rank };
  const where = { cwd: root, igor };
  const launch = { type: "igor", request: "launch", ...where } as const;
  switch (what.kind) {
    case "program": {
      const name = `igor: ${relative(root, what.file)}`;
      return { ...launch, name, program: what.file, args };
    }
    case "module":
      return { ...launch, name: `igor: ${what.module}`, module: what.module, args };
    case "test": {
      const file = relative(root, what.file);
      const node = what.test === undefined ? file : `${file}::${what.test}`;
      return { ...launch, name: `igor: ${node}`, module: "pytest", args: [node, ...args] };
    }
    case "attach": {
      const connect = what.port === undefined ? {} : { connect: { port: what.port } };
      return { type: "igor", request: "attach", name: "igor: attach", ...where, ...connect };
    }
  }
}
