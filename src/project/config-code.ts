declare const IGOR_CONFIG_CODE: string;

/**
 * Tells how this igor reads a configuration from how another one does: a digest of the code, put in by the build.
 * Undefined where igor runs from its sources, and nothing is noted then.
 */
export const configCode: string | undefined =
  typeof IGOR_CONFIG_CODE === "undefined" ? undefined : IGOR_CONFIG_CODE;

/** Legal names of projects and groups. */
export const namePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/** Legal names of hosts: no dash at the start, nothing that a shell would read. */
export const hostPattern = /^[A-Za-z0-9_:][A-Za-z0-9_.:%+-]*$/;
