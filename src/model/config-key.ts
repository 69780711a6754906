/** One key of `.igor/config.json`, for help pages. */
export interface ConfigKey {
  /** e.g. `host_groups.<group>.hosts[].dir` */
  readonly key: string;
  readonly description: string;
  /** As written in JSON; undefined when there is none. */
  readonly default: string | undefined;
  readonly isRequired: boolean;
}

/** One key of a project's configuration with the value that counts. */
export interface Setting {
  /** e.g. `host_groups.dev.hosts[0].dir` */
  readonly key: string;
  /** As in JSON; undefined when there is none. */
  readonly value: unknown;
  readonly from: SettingSource;
}

/**
 * Where a value comes from: a line of the file (1-based), the environment igor is called in, as such a line says, igor's
 * own default, or the value of another key.
 */
export type SettingSource =
  | { readonly kind: "file" | "environment"; readonly line: number }
  | { readonly kind: "default" }
  | { readonly kind: "key"; readonly key: string }
  | { readonly kind: "not-set" };

/** All that counts for a project. */
export interface Settings {
  readonly project: string;
  readonly file: string;
  /** In the order of the schema. */
  readonly settings: readonly Setting[];
}
