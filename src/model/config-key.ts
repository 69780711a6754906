/** One key of `.igor/config.json`, for help pages. */
export interface ConfigKey {
  /** e.g. `host_groups.<group>.hosts[].dir` */
  readonly key: string;
  readonly description: string;
  /** As written in JSON; undefined when there is none. */
  readonly default: string | undefined;
  readonly isRequired: boolean;
}
