/** What a look at a valid configuration found. */
export interface ConfigReport {
  readonly project: string;
  readonly file: string;
  /** By name, with how many hosts each has. */
  readonly hostGroups: Readonly<Record<string, number>>;
  readonly dockerfile: string;
  /** How many entries `docker_rebuild_files` has. */
  readonly rebuildFiles: number;
  readonly warnings: readonly ConfigWarning[];
}

/** Something that is valid and will not work. */
export type ConfigWarning =
  | { readonly kind: "dockerfile-missing"; readonly dockerfile: string }
  | {
      /** An entry of `docker_rebuild_files` that no pushed file matches. */
      readonly kind: "rebuild-file-missing";
      readonly pattern: string;
    }
  | {
      /** A variable that is to have the value it has here, and has none. */
      readonly kind: "env-not-set";
      readonly name: string;
    }
  | {
      /** Two hosts of a group are one machine for ssh, and get the project in one directory. */
      readonly kind: "same-directory";
      readonly group: string;
      readonly hosts: readonly [string, string];
      readonly dir: string;
    }
  | {
      /** There is no group of the name that is meant when none is named. */
      readonly kind: "no-default-group";
      readonly group: string;
      readonly known: readonly string[];
    };
