import * as z from "zod/mini";
import { hostPattern, namePattern } from "./config-code.ts";

// The rules for single values, each with the words that follow the key when it is broken,
// e.g. `host_groups.dev.hosts[0].dir must be absolute or start with ~/`. Patterns rather than functions,
// so that editors know them from the JSON schema. No value can be read as an option.

/** One line, not empty. */
export const line = z
  .string()
  .check(
    z.minLength(1, "must not be empty"),
    z.regex(/^[^\x00-\x1f\x7f-\x9f]*$/, "must be one line without control characters"),
  );

/** A project or a group: part of image, container and directory names. */
export const name = z
  .string()
  .check(
    z.regex(
      namePattern,
      "must consist of letters, digits and . _ - and start with a letter or digit",
    ),
  );

/** A login name, as after `ssh -l`. */
export const loginName = z
  .string()
  .check(
    z.regex(
      /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/,
      "must consist of letters, digits and . _ - and not start with a dash or dot",
    ),
  );

/** What `ssh` is called with. */
export const hostName = z.string().check(
  z.regex(/^[^@]*$/, {
    error: 'must not hold a login name: that is the key "user"',
    abort: true,
  }),
  z.regex(
    hostPattern,
    "must be a name that ssh takes: letters, digits and . _ - : % + and no dash at the start",
  ),
);

/** Part of the names of environment variables, e.g. `worker` in `worker_0_ip`. */
export const variableName = z
  .string()
  .check(
    z.regex(
      /^[A-Za-z_][A-Za-z0-9_]*$/,
      "must consist of letters, digits and _ and not start with a digit",
    ),
  );

const noStepsUp = z.regex(/^(?!(?:.*\/)?\.\.(?:\/|$))/, "must not contain ..");

/** A directory on the host. */
export const hostPath = line.check(
  z.regex(/^(?:\/|~\/|~$)/, "must be absolute or start with ~/"),
  noStepsUp,
);

/** A path in the container. */
export const containerPath = line.check(
  z.regex(/^\/+[^/]/, "must be absolute, and not /"),
  noStepsUp,
);

/** A path in the project. */
export const projectPath = line.check(
  z.regex(/^(?![/~])/, "must be relative to the project"),
  z.regex(/^(?!-|\.\/+-)/, "must not start with a dash"),
  noStepsUp,
);

/** The name or the path of a program in the container. */
export const program = line.check(z.regex(/^(?!-)/, "must not start with a dash"));

/** A value in an environment, or of a build argument; may be empty. */
export const variableValue = z.string().check(z.regex(/^[^\x00\r\n]*$/, "must be one line"));

/** A TCP port. */
export const port = z
  .int("must be a whole number")
  .check(z.gte(1, "must be at least 1"), z.lte(65535, "must be at most 65535"));

/** Refuses a list in which two items have the same value for a key; the later one is the mistake. */
export function eachOnce<K extends string>(key: K, message: string) {
  return z.superRefine<readonly Readonly<Record<K, string>>[]>((items, context) => {
    items.forEach((item, index) => {
      const first = items.findIndex((other) => other[key] === item[key]);
      if (first < index) context.addIssue({ code: "custom", path: [index, key], message });
    });
  });
}
